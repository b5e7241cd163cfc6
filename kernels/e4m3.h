// SPDX-License-Identifier: Apache-2.0
// The 8-bit floating point format e4m3 ("FP8 Formats for Deep Learning", 2022) on the host: sign,
// four bits of exponent (bias 7), three of mantissa. Largest 448, smallest normal 2^-6, subnormals
// in steps of 2^-9; no infinity; 0x7f and 0xff are NaN.
//
// What the device's conversion instructions do, bit by bit: rounding to nearest even, saturation to
// +-448 (of infinity, too), NaN becomes 0x7f.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace kernels {

inline float e4m3_to_float(uint8_t bits) {
  const int exponent = (bits >> 3) & 15, mantissa = bits & 7;
  if (exponent == 15 && mantissa == 7) return NAN;
  const float value = exponent == 0 ? std::ldexp(static_cast<float>(mantissa), -9)
                                    : std::ldexp(static_cast<float>(8 + mantissa), exponent - 10);
  return bits & 0x80 ? -value : value;
}

inline uint8_t float_to_e4m3(float value) {
  constexpr uint32_t kLargest = 0x43e00000;         // 448
  constexpr uint32_t kSmallestNormal = 0x3c800000;  // 2^-6
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t sign = (bits >> 24) & 0x80, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7f;
  if (magnitude >= kLargest) return static_cast<uint8_t>(sign | 0x7e);
  if (magnitude < kSmallestNormal) {
    // Let float addition do the rounding at 2^-9: the last place of numbers from 2^14 on.
    const float sum = std::fabs(value) + 16384.0f;
    uint32_t shifted;
    std::memcpy(&shifted, &sum, sizeof shifted);
    return static_cast<uint8_t>(sign | (shifted - 0x46800000));
  }
  const uint32_t rounded = magnitude + 0x7ffff + ((magnitude >> 20) & 1);
  return static_cast<uint8_t>(sign | ((rounded - 0x3c000000) >> 20));
}

}  // namespace kernels
