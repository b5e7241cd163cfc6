// SPDX-License-Identifier: Apache-2.0
// Fourth stage of a decoder layer: RMSNorm, gate and up in one interleaved matrix, SiLU(gate) * up.
//   n[t, i]   = hidden[t, i] / sqrt(mean_j(hidden[t, j]^2) + eps) * norm_weight[i]
//   gate      = sum_i weight[2r, i] * n[t, i]
//   up        = sum_i weight[2r + 1, i] * n[t, i]
//   out[t, r] = gate / (1 + exp(-gate)) * up
// Norm as in norm_qkv.h; sums and SiLU in float32. Threads: parallel over tokens and rows. out must
// not overlap hidden. CUDA: pointers 16-byte aligned, hidden_size a multiple of 8. CPU: dtype F32,
// any size, any weight dtype.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

struct NormGateUpArgs {
  void* out = nullptr;                 // [num_tokens, weight.rows / 2]  dtype
  const void* hidden = nullptr;        // [num_tokens, weight.cols]  dtype, unchanged
  const float* norm_weight = nullptr;  // [weight.cols]
  WeightMatrix weight;        // [2 * intermediate_size, hidden_size]  "gate_up" in weight_layout.h
  void* workspace = nullptr;  // CPU: [num_tokens, weight.cols] float32; not preserved
  int64_t num_tokens = 0;
  float eps = 1e-6f;
  DType dtype = DType::F32;
};

namespace cpu {
void norm_gate_up(const NormGateUpArgs& args, const CpuContext& context);
}

namespace cuda {
// weight.dtype = dtype, intermediate_size a multiple of 4. workspace:
// norm_gate_up_workspace_bytes().
CudaStatus norm_gate_up(const NormGateUpArgs& args, const CudaContext& context);
int64_t norm_gate_up_workspace_bytes(const WeightMatrix& weight, int64_t num_tokens);
}  // namespace cuda

}  // namespace kernels
