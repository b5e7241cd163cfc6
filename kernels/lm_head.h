// SPDX-License-Identifier: Apache-2.0
// Last op of a pass: final RMSNorm and the vocabulary matrix, for the rows somebody needs.
//   n[j, i]      = hidden[rows[j], i] / sqrt(mean_k(hidden[rows[j], k]^2) + eps) * norm_weight[i]
//   logits[j, v] = sum_i weight[v, i] * n[j, i]
// Norm as in norm_qkv.h. Logits are float32 on every device. Threads: parallel over rows and
// vocabulary. logits must not overlap hidden. CUDA: pointers 16-byte aligned, hidden_size a
// multiple of 8. CPU: dtype F32, any size, any weight dtype.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

struct LmHeadArgs {
  float* logits = nullptr;        // [num_rows, weight.rows]
  const void* hidden = nullptr;   // [num_tokens, weight.cols]  dtype, unchanged
  const int32_t* rows = nullptr;  // [num_rows]  each in [0, num_tokens); any order, repeats allowed
  const float* norm_weight = nullptr;  // [weight.cols]
  WeightMatrix weight;                 // [vocab_size, hidden_size]; the embedding table when tied
  void* workspace = nullptr;           // CPU: [num_rows, weight.cols] float32; not preserved
  int64_t num_rows = 0;
  float eps = 1e-6f;
  DType dtype = DType::F32;  // of hidden
};

namespace cpu {
void lm_head(const LmHeadArgs& args, const CpuContext& context);
}

namespace cuda {
// weight.dtype = dtype. workspace: lm_head_workspace_bytes().
CudaStatus lm_head(const LmHeadArgs& args, const CudaContext& context);
int64_t lm_head_workspace_bytes(const WeightMatrix& weight, int64_t num_rows);
}  // namespace cuda

}  // namespace kernels
