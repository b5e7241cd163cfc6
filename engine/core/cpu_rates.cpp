// SPDX-License-Identifier: Apache-2.0
#include "engine/core/cpu_rates.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <new>
#include <thread>
#include <vector>

#include "kernels/cpu/matmul.h"

namespace engine {
namespace {

constexpr size_t kBytes = 512u << 20;
constexpr int kPasses = 5;
// 2 MB of weights and 0.5 MB of inputs.
constexpr int64_t kMatrixSize = 1024, kMatrixTokens = 128;
constexpr int kMatrixPasses = 15;

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

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
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
  return median(rates);
}

double measure_matrix_rate(int num_threads) {
  kernels::ThreadPool pool(num_threads);
  const kernels::CpuContext context{&pool, kernels::best_cpu_level()};
  const auto size = static_cast<size_t>(kMatrixSize), tokens = static_cast<size_t>(kMatrixTokens);
  const std::vector<uint16_t> weight(size * size, 0x3c00);  // small bf16 numbers
  const std::vector<float> x(tokens * size, 0.5f);
  std::vector<float> out(tokens * size);
  kernels::cpu::MatmulArgs args;
  args.out = out.data();
  args.x = x.data();
  args.weight = {weight.data(), kMatrixSize, kMatrixSize, kernels::DType::BF16};
  args.num_tokens = kMatrixTokens;
  const double operations = 2.0 * kMatrixTokens * kMatrixSize * kMatrixSize;
  std::vector<double> rates;
  for (int pass = 0; pass < kMatrixPasses; ++pass) {
    const double seconds = seconds_of(1, [&](int) { kernels::cpu::matmul(args, context); });
    if (pass > 1) rates.push_back(operations / seconds);
  }
  return median(rates);
}

}  // namespace engine
