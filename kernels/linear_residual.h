// SPDX-License-Identifier: Apache-2.0
// A matrix whose result is added to the residual stream. Two stages of a layer: output_residual
// (attention output through o_proj) and down_residual (the feed-forward product through down_proj).
//   hidden[t, r] = hidden[t, r] + sum_i weight[r, i] * x[t, i]
// The sum is finished in float32 and added there, before the one rounding to dtype. Threads:
// parallel over tokens and rows. hidden must not overlap x. CUDA: pointers 16-byte aligned, both
// sizes multiples of 8. CPU: dtype F32, any size, any weight dtype.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

struct LinearResidualArgs {
  void* hidden = nullptr;   // [num_tokens, weight.rows]  dtype, updated in place
  const void* x = nullptr;  // [num_tokens, weight.cols]  dtype
  WeightMatrix weight;      // [hidden_size, q_size] or [hidden_size, intermediate_size]
  int64_t num_tokens = 0;
  DType dtype = DType::F32;
};

namespace cpu {
void linear_residual(const LinearResidualArgs& args, const CpuContext& context);
}

namespace cuda {
// weight.dtype = dtype.
CudaStatus linear_residual(const LinearResidualArgs& args, const CudaContext& context);
}  // namespace cuda

}  // namespace kernels
