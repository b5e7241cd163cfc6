// SPDX-License-Identifier: Apache-2.0
// The few inner loops that are written for each instruction set. Private to the CPU ops.
//
// Order of every sum over n values, at every level: lane l of 16 takes the values l, l + 16, l +
// 32, ... one after another; then lanes l and l + 8 are added, then l and l + 4, l + 2, l + 1. Sums
// over keys (weighted_sum) are taken one key after another for each output element. So a result
// never depends on how many other rows or tokens a call works on.
#pragma once

#include <cstdint>

#include "kernels/cpu_context.h"
#include "kernels/dtype.h"

namespace kernels::cpu {

constexpr int64_t kMaxTileRows = 64;

// c[t * c_stride + r] = sum_k x[t * x_stride + k] * w[r * w_stride + k]
struct DotTile {
  float* c;
  const float* x;
  const void* w;     // dtype
  int64_t c_stride;  // strides in elements
  int64_t x_stride;
  int64_t w_stride;
  int64_t num_tokens, num_rows, num_k;  // num_rows <= kMaxTileRows
  DType dtype;                          // of w
  // [num_rows] rows of num_k that will be read soon: fetched while this works. Or null.
  const void* const* next = nullptr;
};

// out[r * out_stride + i] += sum_j p[r * p_stride + j] * v[j * v_stride + i]
struct WeightedSum {
  float* out;
  const float* p;
  const float* v;
  int64_t out_stride, p_stride, v_stride;
  int64_t num_rows, num_keys, num_columns;
  // [num_keys] rows of num_columns that will be read soon: fetched while this works. Or null.
  const void* const* next = nullptr;
};

struct Primitives {
  void (*dot_tile)(const DotTile& tile);
  void (*weighted_sum)(const WeightedSum& sum);
  // values[i] *= scale; returns the largest of them and `max`. NaN is passed over.
  float (*scale_max)(float* values, int64_t n, float scale, float max);
  // values[i] = exp(values[i] - max); returns their sum. max is not below any value.
  float (*exp_sum)(float* values, int64_t n, float max);
  // out[i] = silu(gate_up[2i]) * gate_up[2i + 1]
  void (*silu_multiply)(float* out, const float* gate_up, int64_t n);
};

extern const Primitives kPortablePrimitives;
#if defined(__x86_64__)
extern const Primitives kAvx2Primitives;
extern const Primitives kAvx512Primitives;
#endif

inline const Primitives& primitives(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::Avx512) return kAvx512Primitives;
  if (level == CpuLevel::Avx2) return kAvx2Primitives;
#else
  (void)level;
#endif
  return kPortablePrimitives;
}

}  // namespace kernels::cpu
