// SPDX-License-Identifier: Apache-2.0
// Fresh random inputs for every run, from a seed that is printed: FIRESIDE_TEST_SEED=<seed> repeats
// a run.
#pragma once

#include <QtTest>
#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "tests/kernels/parallel.h"

inline uint64_t test_seed() {
  static const uint64_t seed = [] {
    bool given = false;
    const uint64_t wanted = qEnvironmentVariable("FIRESIDE_TEST_SEED").toULongLong(&given);
    const uint64_t chosen = given ? wanted : std::random_device()();
    qInfo("FIRESIDE_TEST_SEED=%llu", static_cast<unsigned long long>(chosen));
    return chosen;
  }();
  return seed;
}

class Random {
 public:
  // `stream` keeps the inputs of different tests apart.
  explicit Random(uint64_t stream = 0) : engine_(test_seed() * 1000003 + stream) {}

  double uniform(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(engine_);
  }
  int integer(int low, int high) { return std::uniform_int_distribution<int>(low, high)(engine_); }
  // In pieces with engines of their own: the same numbers on any number of cores.
  std::vector<double> normals(int64_t n, double scale = 1) {
    std::vector<double> values(static_cast<size_t>(n));
    const uint64_t seed = engine_();
    in_parallel(n, 1 << 13, [&](int64_t begin, int64_t end) {
      std::mt19937_64 engine(seed + static_cast<uint64_t>(begin));
      std::normal_distribution<double> normal(0, scale);
      for (int64_t i = begin; i < end; ++i) values[static_cast<size_t>(i)] = normal(engine);
    });
    return values;
  }
  template <typename T>
  void shuffle(std::vector<T>* values) {
    std::shuffle(values->begin(), values->end(), engine_);
  }

 private:
  std::mt19937_64 engine_;
};
