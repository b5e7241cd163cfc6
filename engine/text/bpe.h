// SPDX-License-Identifier: Apache-2.0
// Byte-pair merging of one word: the pair with the lowest rank first, the leftmost of equal ones.
//
// Time is O(n log n) in the bytes of the word, without recursion. Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace engine {

struct Merge {
  int32_t left, right, result;
};

class Bpe {
 public:
  // byte_ids: the token of each byte, -1 for bytes that never occur in UTF-8. merges: in the order
  // of their ranks; of a pair given twice the later rank counts. whole_words: words taken as they
  // are before any merging (by bytes).
  Bpe(const std::vector<int32_t>& byte_ids, const std::vector<Merge>& merges,
      std::unordered_map<std::string, int32_t> whole_words);

  // Appends the ids of a word of valid UTF-8.
  void encode_word(std::string_view word, std::vector<int32_t>& ids) const;

 private:
  struct Pair {
    uint64_t key;  // left << 32 | right
    uint32_t rank;
    int32_t result;
  };

  const Pair* find(int32_t left, int32_t right) const;
  void insert(const Pair& pair);
  void merge_short(std::string_view word, std::vector<int32_t>& ids) const;
  void merge_long(std::string_view word, std::vector<int32_t>& ids) const;

  std::vector<int32_t> byte_ids_;
  std::vector<Pair> pairs_;  // open addressing, a power of two, at most half full
  std::unordered_map<std::string, int32_t> whole_words_;
};

}  // namespace engine
