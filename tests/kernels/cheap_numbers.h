// SPDX-License-Identifier: Apache-2.0
// Random 16-bit numbers for matrices of many millions, as bits.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/dtype.h"
#include "tests/kernels/random.h"

// Random numbers of either sign between 2^-7 and 2^-5, cheap enough for large matrices.
inline std::vector<uint16_t> random_numbers(int64_t count, kernels::DType dtype, uint64_t seed) {
  using kernels::DType;
  std::vector<uint16_t> numbers(static_cast<size_t>(count));
  uint64_t state = (test_seed() + seed) * 2654435761u + 88172645463325252ull;
  const uint64_t keep = dtype == DType::BF16 ? 0x807f : 0x83ff;
  const uint64_t base = dtype == DType::BF16 ? 0x3c00 : 0x2000;
  const int exponent = dtype == DType::BF16 ? 7 : 10;
  for (uint16_t& number : numbers) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    number = static_cast<uint16_t>((state & keep) | (base + ((state >> 20 & 1) << exponent)));
  }
  return numbers;
}

inline double number(uint16_t bits, kernels::DType dtype) {
  return dtype == kernels::DType::BF16 ? kernels::bf16_to_float(bits) : kernels::f16_to_float(bits);
}
