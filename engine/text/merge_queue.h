// SPDX-License-Identifier: Apache-2.0
// The order of merges in a long word: lowest rank first, then leftmost.
//
// Made for what long words are: few ranks, each at very many places. Places are collected by rank
// and sorted once, when their rank's turn comes; only what arrives for a rank after that goes
// through a heap. O(n log n) at worst, close to O(n) on a million equal letters. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <unordered_map>
#include <vector>

namespace engine {

class MergeQueue {
 public:
  struct Entry {
    uint32_t rank;
    int32_t position;
  };

  void push(Entry entry);

  // False when nothing is left.
  bool pop(Entry& entry);

 private:
  void start_lowest_rank();

  std::unordered_map<uint32_t, std::vector<int32_t>> waiting_;  // of ranks whose turn has not come
  std::priority_queue<uint32_t, std::vector<uint32_t>, std::greater<>> waiting_ranks_;
  std::vector<int32_t> current_;  // sorted places of current_rank_
  size_t next_ = 0;               // in current_
  int64_t current_rank_ = -1;     // the highest rank whose turn has come
  // rank << 32 | position of what came too late for its turn.
  std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> late_;
};

}  // namespace engine
