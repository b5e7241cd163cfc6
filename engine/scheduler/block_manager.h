// SPDX-License-Identifier: Apache-2.0
// Who holds which block of the paged KV cache, and which blocks hold a prefix worth finding again.
//
// A block stores the keys and values of block_size consecutive tokens. Sequences share blocks by
// reference count. A full block can be published under a hash of everything up to its end
// (XXH3-128 of the parent's hash and its own tokens); it keeps that hash after its last holder lets
// go, until it is reused for something else. Blocks without a hash are reused first, then the least
// recently freed. Sequences free their last block first, so a published block always outlives the
// published blocks that continue it.
//
// A hash only proposes: a block matches when its tokens are equal and it continues the very block
// matched before it, so that no collision can ever serve wrong keys and values.
//
// Every operation on a block is O(1). One thread. Memory: 4 * block_size + about 100 bytes a block.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace engine {

struct BlockHash {
  uint64_t low = 0, high = 0;
  bool operator==(const BlockHash&) const = default;
};

using BlockHashFunction = BlockHash (*)(const BlockHash& parent, std::span<const int32_t> tokens);

// XXH3-128 over the parent's 16 bytes and the ids. The first block's parent is BlockHash{}.
BlockHash xxh3_block_hash(const BlockHash& parent, std::span<const int32_t> tokens);

class BlockManager {
 public:
  // `hash` is for tests that force collisions.
  BlockManager(int num_blocks, int block_size, bool enable_prefix_caching,
               BlockHashFunction hash = xxh3_block_hash);

  int num_blocks() const { return static_cast<int>(blocks_.size()) - 1; }
  int block_size() const { return block_size_; }
  int num_free_blocks() const { return num_free_; }  // those that still hold a prefix included
  int num_used_blocks() const { return num_blocks() - num_free_; }
  int num_cached_blocks() const { return num_cached_; }  // free, but still findable

  // Blocks needed for that many tokens.
  int blocks_for(int num_tokens) const { return (num_tokens + block_size_ - 1) / block_size_; }

  // Published blocks that hold the beginning of `tokens`, longest first match, whole blocks only.
  // Takes nothing. O(tokens found).
  std::vector<int32_t> match_prefix(std::span<const int32_t> tokens) const;

  bool is_free(int32_t block) const { return blocks_[static_cast<size_t>(block)].ref_count == 0; }

  // One more holder of a block that match_prefix() named.
  void take(int32_t block);

  // A block for new contents, held once; what it held is forgotten. Needs num_free_blocks() > 0.
  int32_t allocate();

  // One holder less of each block of a sequence; the table is emptied.
  void release(std::vector<int32_t>* block_table);

  // Makes a full, computed block findable. `parent` is the block before it in the sequence, -1 for
  // none. Returns the block to use from now on: `block`, or the one that already holds the same
  // prefix (then `block` is let go).
  int32_t publish(int32_t block, int32_t parent, std::span<const int32_t> tokens);

  // Aborts when reference counts, free list and hashes disagree with one another or with `tables`,
  // the block tables of every sequence. O(num_blocks * block_size).
  void check_integrity(std::span<const std::vector<int32_t>* const> tables) const;

 private:
  struct Block {
    int32_t ref_count = 0;
    int32_t previous = -1, next = -1;  // in the free list, while ref_count is 0
    bool published = false;
    BlockHash hash;
    uint64_t content = 0;         // unique for each publication; 0 means "nothing before"
    uint64_t parent_content = 0;  // content of the block it continues
  };
  struct HashOfHash {
    size_t operator()(const BlockHash& hash) const { return static_cast<size_t>(hash.low); }
  };

  Block& at(int32_t block) { return blocks_[static_cast<size_t>(block)]; }
  const Block& at(int32_t block) const { return blocks_[static_cast<size_t>(block)]; }
  int32_t end_of_list() const { return num_blocks(); }
  std::span<const int32_t> tokens_of(int32_t block) const;
  bool holds(int32_t block, uint64_t parent_content, std::span<const int32_t> tokens) const;
  void link_before(int32_t block, int32_t place);
  void unlink(int32_t block);
  void release_one(int32_t block);
  void check_free_list() const;
  void check_published() const;

  const int block_size_;
  const bool enable_prefix_caching_;
  const BlockHashFunction hash_;
  std::vector<Block> blocks_;    // [num_blocks + 1]; the last is head and tail of the free list
  std::vector<int32_t> tokens_;  // [num_blocks, block_size] of published blocks
  std::unordered_map<BlockHash, int32_t, HashOfHash> by_hash_;
  int num_free_ = 0;
  int num_cached_ = 0;
  uint64_t last_content_ = 0;
};

}  // namespace engine
