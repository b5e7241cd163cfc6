// SPDX-License-Identifier: Apache-2.0
// Element types of tensors, and conversion of bf16 and fp16 on the host (round to nearest even, NaN kept).
#pragma once

#include <cstdint>
#include <cstring>

namespace kernels {

enum class DType { F32, F16, BF16 };

inline int64_t dtype_size(DType dtype) { return dtype == DType::F32 ? 4 : 2; }
inline const char* dtype_name(DType dtype) {
  return dtype == DType::F32 ? "F32" : dtype == DType::F16 ? "F16" : "BF16";
}

inline float bf16_to_float(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

inline uint16_t float_to_bf16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<uint16_t>((bits >> 16) | 0x40u);
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

float f16_to_float(uint16_t bits);
uint16_t float_to_f16(float value);

}  // namespace kernels
