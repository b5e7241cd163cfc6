// SPDX-License-Identifier: Apache-2.0
// y = W x for a few tokens or many, with what the stages of a layer do before and after it.
//
// The family is chosen by the number of tokens alone:
//   1, 2                     stream_gemv.cuh, the norm inside (compute capability 9.0 and up)
//   .. kMaxSkinnyTokens      tensor cores, weights streamed once: stream_mma.cuh (9.0 and up),
//                            skinny_mma.cuh (older cards, columns that are no multiple of 64)
//   above                    cuBLASLt, with norm and SiLU as kernels of their own
// With context.batch_invariant one of the two tensor-core families, chosen by the matrix and the
// device, for any number of tokens: slices of up to kMaxSkinnyTokens, one after another, or (9.0)
// ordered_gemm.h, which gives the bits of stream_mma.cuh.
#pragma once

#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels::cuda {

// What happens to the sum for token t and row r, in float32, before the one rounding to dtype.
enum class Epilogue {
  Store,     // out[t, r] = sum                                     out: dtype
  Residual,  // out[t, r] = out[t, r] + sum                         out: dtype, in place
  SiluMul,   // out[t, r / 2] = silu(sum of row r) * sum of row r + 1, r even     out: dtype
  StoreF32,  // out[t, r] = sum                                     out: float
};

struct LinearCall {
  const void* x = nullptr;             // [*, weight.cols]  dtype
  const int32_t* rows = nullptr;       // [num_tokens] rows of x; null: 0, 1, 2, ...
  const float* norm_weight = nullptr;  // [weight.cols]; null: x as it is
  float eps = 0;
  WeightMatrix weight;  // its dtype is the dtype of x and out
  void* out = nullptr;
  Epilogue epilogue = Epilogue::Store;
  int64_t num_tokens = 0;
  void* workspace = nullptr;  // linear_workspace_bytes()
};

CudaStatus linear(const LinearCall& call, const CudaContext& context);

// CudaContext::clusters_of_four of the current device.
int clusters_of_four(const CudaContext& context);

// Normalised input and, for SiluMul above kMaxSkinnyTokens, the product before SiLU.
int64_t linear_workspace_bytes(const WeightMatrix& weight, Epilogue epilogue, int64_t num_tokens);

}  // namespace kernels::cuda
