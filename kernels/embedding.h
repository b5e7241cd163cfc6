// SPDX-License-Identifier: Apache-2.0
// Row gather: the first op of a pass, with the rotary table of the same tokens in the same launch.
//   out[t, i] = table[token_ids[t], i]     (converted to dtype; exact on the CPU)
// Threads: parallel over tokens. out must not overlap table. CPU: dtype F32, any table dtype.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/rope.h"
#include "kernels/weight_layout.h"

namespace kernels {

struct EmbeddingArgs {
  void* out = nullptr;  // [num_tokens, table.cols]  dtype
  const int32_t* token_ids =
      nullptr;         // [num_tokens]  each in [0, table.rows), checked by the caller
  WeightMatrix table;  // [vocab_size, hidden_size]
  int64_t num_tokens = 0;
  DType dtype = DType::F32;
  const RopeCosSinArgs* rope = nullptr;  // as rope_cos_sin(), of as many tokens; null: no table
};

namespace cpu {
void embedding(const EmbeddingArgs& args, const CpuContext& context);
}

namespace cuda {
// table.dtype = dtype; cols a multiple of 8. An id outside the table gives a row of zeros.
CudaStatus embedding(const EmbeddingArgs& args, const CudaContext& context);
}  // namespace cuda

}  // namespace kernels
