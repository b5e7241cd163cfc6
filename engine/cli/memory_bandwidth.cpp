// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/memory_bandwidth.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace engine::cli {
namespace {

constexpr size_t kBytes = 512u << 20;
constexpr int kPasses = 5;

// Several independent sums, so that loads and not additions are the limit.
uint64_t sum(const uint64_t* data, size_t count) {
  uint64_t sums[16] = {};
  for (size_t i = 0; i + 16 <= count; i += 16)
    for (size_t lane = 0; lane < 16; ++lane) sums[lane] += data[i + lane];
  uint64_t total = 0;
  for (const uint64_t part : sums) total += part;
  return total;
}

template <typename Work>
double seconds_of(int num_threads, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::jthread> threads;
  for (int i = 1; i < num_threads; ++i) threads.emplace_back([&work, i] { work(i); });
  work(0);
  threads.clear();  // joins
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double measure_read_bandwidth(int num_threads) {
  const size_t count = kBytes / sizeof(uint64_t);
  const std::unique_ptr<uint64_t[]> data(new (std::nothrow) uint64_t[count]);
  if (!data) return 0;
  const size_t share = count / static_cast<size_t>(num_threads);
  std::vector<uint64_t> results(static_cast<size_t>(num_threads));
  seconds_of(num_threads, [&](int thread) {
    const size_t begin = share * static_cast<size_t>(thread);
    for (size_t i = begin; i < begin + share; ++i) data[i] = i * 0x9e3779b97f4a7c15u;
  });
  std::vector<double> rates;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double seconds = seconds_of(num_threads, [&](int thread) {
      const size_t index = static_cast<size_t>(thread);
      results[index] += sum(data.get() + share * index, share);
    });
    rates.push_back(
        static_cast<double>(share * static_cast<size_t>(num_threads) * sizeof(uint64_t)) / seconds);
  }
  // The sums are looked at, so that the compiler cannot leave the loads out.
  if (std::all_of(results.begin(), results.end(), [](uint64_t value) { return value == 0; }))
    return 0;
  std::nth_element(rates.begin(), rates.begin() + kPasses / 2, rates.end());
  return rates[kPasses / 2];
}

}  // namespace engine::cli
