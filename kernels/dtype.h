// SPDX-License-Identifier: Apache-2.0
// Element types of tensors, and conversion of bf16 and fp16 on the host (round to nearest even, NaN
// kept). F8_E4M3 is a type of the CUDA key/value cache only (kv_cache.h); its conversion is in
// e4m3.h.
#pragma once

#include <cstdint>
#include <cstring>

namespace kernels {

enum class DType { F32, F16, BF16, F8_E4M3 };

inline int64_t dtype_size(DType dtype) {
  return dtype == DType::F32 ? 4 : dtype == DType::F8_E4M3 ? 1 : 2;
}
inline const char* dtype_name(DType dtype) {
  switch (dtype) {
    case DType::F32:
      return "F32";
    case DType::F16:
      return "F16";
    case DType::BF16:
      return "BF16";
    case DType::F8_E4M3:
      return "F8_E4M3";
  }
  return "";
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
