// SPDX-License-Identifier: Apache-2.0
// Element type of the KV cache, as --kv-cache-dtype names it.
//
//   auto  on the GPU the model's own (bf16 or f16), on the CPU float32
//   bf16  the same as auto for a model in bf16; refused for one in f16
//   f16   the same as auto for a model in f16; refused for one in bf16
//   fp8   e4m3 without a scale, on the GPU: half the memory of a token, and half of what a step
//         reads of long contexts, for a loss of precision (kernels/kv_cache.h says what is rounded)
//
// The CPU knows auto only.
#pragma once

#include <string_view>

namespace engine {

enum class KvCacheDType { Auto, Bf16, F16, Fp8 };

constexpr const char* kv_cache_dtype_name(KvCacheDType dtype) {
  switch (dtype) {
    case KvCacheDType::Auto:
      return "auto";
    case KvCacheDType::Bf16:
      return "bf16";
    case KvCacheDType::F16:
      return "f16";
    case KvCacheDType::Fp8:
      return "fp8";
  }
  return "";
}

// Throws Error{InvalidArgument} that lists the names.
KvCacheDType parse_kv_cache_dtype(std::string_view name);

// Bytes of an element on the GPU.
constexpr int kv_cache_element_bytes(KvCacheDType dtype) {
  return dtype == KvCacheDType::Fp8 ? 1 : 2;
}

}  // namespace engine
