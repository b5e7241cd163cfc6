// SPDX-License-Identifier: Apache-2.0
// The matrix product under every CPU stage:
//   product[t, r] = sum_k x[t, k] * weight[r, k]     float32, order of summation in primitives.h
// and what becomes of it, while it is still in the cache.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/weight_layout.h"

namespace kernels::cpu {

enum class Finish {
  Store,         // out[t, r] = product[t, r]
  Add,           // out[t, r] += product[t, r]
  SiluMultiply,  // out[t, r / 2] = silu(product[t, r]) * product[t, r + 1], r even
};

struct MatmulArgs {
  float* out = nullptr;      // [num_tokens, weight.rows], or half the rows with SiluMultiply
  const float* x = nullptr;  // [num_tokens, weight.cols]
  WeightMatrix weight;
  int64_t num_tokens = 0;
  Finish finish = Finish::Store;
};

void matmul(const MatmulArgs& args, const CpuContext& context);

}  // namespace kernels::cpu
