// SPDX-License-Identifier: Apache-2.0
#include "engine/scheduler/block_manager.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "engine/base/check.h"

namespace engine {

namespace {

constexpr size_t kMaxBlockSize = 256;

}  // namespace

BlockHash xxh3_block_hash(const BlockHash& parent, std::span<const int32_t> tokens) {
  std::array<std::byte, sizeof(BlockHash) + kMaxBlockSize * sizeof(int32_t)> bytes;
  CHECK(tokens.size() <= kMaxBlockSize, "a block larger than EngineConfig allows");
  std::memcpy(bytes.data(), &parent, sizeof parent);
  std::memcpy(bytes.data() + sizeof parent, tokens.data(), tokens.size_bytes());
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), sizeof parent + tokens.size_bytes());
  return {hash.low64, hash.high64};
}

BlockManager::BlockManager(int num_blocks, int block_size, bool enable_prefix_caching,
                           BlockHashFunction hash)
    : block_size_(block_size),
      enable_prefix_caching_(enable_prefix_caching),
      hash_(hash),
      blocks_(static_cast<size_t>(num_blocks) + 1),
      tokens_(enable_prefix_caching
                  ? static_cast<size_t>(num_blocks) * static_cast<size_t>(block_size)
                  : 0) {
  CHECK(num_blocks > 0 && block_size > 0, "a cache without blocks");
  at(end_of_list()).previous = at(end_of_list()).next = end_of_list();
  for (int32_t block = 0; block < num_blocks; ++block) link_before(block, end_of_list());
}

std::span<const int32_t> BlockManager::tokens_of(int32_t block) const {
  const auto size = static_cast<size_t>(block_size_);
  return std::span(tokens_).subspan(static_cast<size_t>(block) * size, size);
}

bool BlockManager::holds(int32_t block, uint64_t parent_content,
                         std::span<const int32_t> tokens) const {
  return at(block).parent_content == parent_content && std::ranges::equal(tokens_of(block), tokens);
}

std::vector<int32_t> BlockManager::match_prefix(std::span<const int32_t> tokens) const {
  std::vector<int32_t> found;
  if (!enable_prefix_caching_) return found;
  BlockHash hash;
  uint64_t content = 0;
  const auto size = static_cast<size_t>(block_size_);
  for (size_t begin = 0; begin + size <= tokens.size(); begin += size) {
    const auto block_tokens = tokens.subspan(begin, size);
    hash = hash_(hash, block_tokens);
    const auto place = by_hash_.find(hash);
    if (place == by_hash_.end() || !holds(place->second, content, block_tokens)) break;
    content = at(place->second).content;
    found.push_back(place->second);
  }
  return found;
}

void BlockManager::take(int32_t block) {
  CHECK(at(block).published, "a block that holds no prefix cannot be shared");
  if (at(block).ref_count++ > 0) return;
  unlink(block);
  --num_cached_;
}

int32_t BlockManager::allocate() {
  CHECK(num_free_ > 0, "no free block");
  const int32_t block = at(end_of_list()).next;
  unlink(block);
  Block& reused = at(block);
  if (reused.published) {
    by_hash_.erase(reused.hash);
    reused.published = false;
    --num_cached_;
  }
  reused.ref_count = 1;
  return block;
}

void BlockManager::release_one(int32_t block) {
  CHECK(at(block).ref_count > 0, "a block was let go more often than taken");
  if (--at(block).ref_count > 0) return;
  if (at(block).published) {
    link_before(block, end_of_list());
    ++num_cached_;
  } else {
    link_before(block, at(end_of_list()).next);
  }
}

void BlockManager::release(std::vector<int32_t>* block_table) {
  for (auto block = block_table->rbegin(); block != block_table->rend(); ++block)
    release_one(*block);
  block_table->clear();
}

int32_t BlockManager::publish(int32_t block, int32_t parent, std::span<const int32_t> tokens) {
  if (!enable_prefix_caching_) return block;
  CHECK(tokens.size() == static_cast<size_t>(block_size_), "only full blocks can be published");
  CHECK(at(block).ref_count > 0 && !at(block).published,
        "a block is published once, by its holder");
  // Behind a block that lost a collision nothing can be found.
  if (parent >= 0 && !at(parent).published) return block;
  const uint64_t parent_content = parent < 0 ? 0 : at(parent).content;
  const BlockHash hash = hash_(parent < 0 ? BlockHash{} : at(parent).hash, tokens);
  const auto [place, is_new] = by_hash_.emplace(hash, block);
  if (!is_new) {
    const int32_t other = place->second;
    if (!holds(other, parent_content, tokens)) return block;  // a collision: the first one stays
    take(other);
    release_one(block);
    return other;
  }
  Block& published = at(block);
  published.published = true;
  published.hash = hash;
  published.content = ++last_content_;
  published.parent_content = parent_content;
  std::ranges::copy(tokens, tokens_.begin() + static_cast<ptrdiff_t>(block) * block_size_);
  return block;
}

void BlockManager::link_before(int32_t block, int32_t place) {
  const int32_t previous = at(place).previous;
  at(block).previous = previous;
  at(block).next = place;
  at(previous).next = block;
  at(place).previous = block;
  ++num_free_;
}

void BlockManager::unlink(int32_t block) {
  at(at(block).previous).next = at(block).next;
  at(at(block).next).previous = at(block).previous;
  at(block).previous = at(block).next = -1;
  --num_free_;
}

void BlockManager::check_free_list() const {
  int listed = 0, cached = 0;
  for (int32_t block = at(end_of_list()).next; block != end_of_list(); block = at(block).next) {
    CHECK(block >= 0 && block < num_blocks() && listed < num_blocks(), "the free list is torn");
    CHECK(at(at(block).next).previous == block, "the free list is torn");
    CHECK(at(block).ref_count == 0, "a held block is in the free list");
    ++listed;
    if (at(block).published) ++cached;
  }
  CHECK(listed == num_free_, "the free list lost blocks");
  CHECK(cached == num_cached_, "cached blocks are miscounted");
  int held = 0;
  for (int32_t block = 0; block < num_blocks(); ++block) held += at(block).ref_count > 0;
  CHECK(held + listed == num_blocks(), "a block is neither held nor free");
}

void BlockManager::check_published() const {
  std::unordered_map<uint64_t, int32_t> by_content;
  for (int32_t block = 0; block < num_blocks(); ++block) {
    if (!at(block).published) continue;
    const auto place = by_hash_.find(at(block).hash);
    CHECK(place != by_hash_.end() && place->second == block, "a published block cannot be found");
    CHECK(by_content.emplace(at(block).content, block).second, "two blocks claim one content");
  }
  CHECK(by_hash_.size() == by_content.size(), "the hash table names blocks that are not published");
  for (const auto& [content, block] : by_content) {
    BlockHash parent_hash;
    if (at(block).parent_content != 0) {
      const auto parent = by_content.find(at(block).parent_content);
      CHECK(parent != by_content.end(), "a published block outlived the one it continues");
      CHECK(at(block).ref_count <= at(parent->second).ref_count, "a holder lacks the block before");
      parent_hash = at(parent->second).hash;
    }
    CHECK(hash_(parent_hash, tokens_of(block)) == at(block).hash, "a hash does not fit its tokens");
  }
}

void BlockManager::check_integrity(std::span<const std::vector<int32_t>* const> tables) const {
  std::vector<int32_t> holders(static_cast<size_t>(num_blocks()));
  for (const auto* table : tables) {
    for (const int32_t block : *table) {
      CHECK(block >= 0 && block < num_blocks(), "a block table names no block");
      ++holders[static_cast<size_t>(block)];
    }
  }
  for (int32_t block = 0; block < num_blocks(); ++block)
    CHECK(at(block).ref_count == holders[static_cast<size_t>(block)],
          "a reference count differs from the block tables");
  check_free_list();
  check_published();
}

}  // namespace engine
