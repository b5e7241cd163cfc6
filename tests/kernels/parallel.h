// SPDX-License-Identifier: Apache-2.0
// Work of a test on all cores: what the ops are compared with takes longer than the ops.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

// body(begin, end) for pieces of [0, count), at least `piece` long but the last. Which thread takes
// a piece changes nothing as long as pieces do not share what they write.
template <typename Body>
void in_parallel(int64_t count, int64_t piece, const Body& body) {
  piece = std::max<int64_t>(piece, 1);
  const int64_t pieces = (count + piece - 1) / piece;
  const int64_t cores = std::max(1u, std::thread::hardware_concurrency());
  std::atomic<int64_t> next = 0;
  const auto work = [&] {
    for (int64_t i = next++; i < pieces; i = next++)
      body(i * piece, std::min(count, (i + 1) * piece));
  };
  std::vector<std::thread> threads;
  for (int64_t i = 1; i < std::min(cores, pieces); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
}
