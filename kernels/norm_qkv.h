// SPDX-License-Identifier: Apache-2.0
// First stage of a decoder layer: RMSNorm, then one matrix for q, k and v.
//   n[t, i]   = hidden[t, i] / sqrt(mean_j(hidden[t, j]^2) + eps) * norm_weight[i]
//   qkv[t, r] = sum_i weight[r, i] * n[t, i]
// As Hugging Face's Qwen3RMSNorm: mean in float32, the quotient rounded to dtype, then multiplied
// by the weight and rounded again (no difference on the CPU, where dtype is F32). Sums in float32.
// Threads: parallel over tokens and rows. qkv must not overlap hidden. CUDA: pointers 16-byte
// aligned, hidden_size a multiple of 8. CPU: dtype F32, any size, any weight dtype.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

struct NormQkvArgs {
  void* qkv = nullptr;           // [num_tokens, weight.rows]  dtype
  const void* hidden = nullptr;  // [num_tokens, weight.cols]  dtype: the residual stream, unchanged
  const float* norm_weight = nullptr;  // [weight.cols]
  WeightMatrix weight;        // [q_size + 2 * kv_size, hidden_size]  "qkv" in weight_layout.h
  void* workspace = nullptr;  // CPU: [num_tokens, weight.cols] float32; not preserved
  int64_t num_tokens = 0;
  float eps = 1e-6f;
  DType dtype = DType::F32;
};

namespace cpu {
void norm_qkv(const NormQkvArgs& args, const CpuContext& context);
}

namespace cuda {
// weight.dtype = dtype. workspace: norm_qkv_workspace_bytes().
CudaStatus norm_qkv(const NormQkvArgs& args, const CudaContext& context);
int64_t norm_qkv_workspace_bytes(const WeightMatrix& weight, int64_t num_tokens);
}  // namespace cuda

}  // namespace kernels
