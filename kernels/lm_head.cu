// SPDX-License-Identifier: Apache-2.0
#include "kernels/lm_head.h"

#include <cuda_runtime.h>

#include "kernels/cuda/linear.h"

namespace kernels::cuda {

CudaStatus lm_head(const LmHeadArgs& args, const CudaContext& context) {
  if (args.weight.dtype != args.dtype) return cudaErrorInvalidValue;
  LinearCall call;
  call.x = args.hidden;
  call.rows = args.rows;
  call.norm_weight = args.norm_weight;
  call.eps = args.eps;
  call.weight = args.weight;
  call.out = args.logits;
  call.epilogue = Epilogue::StoreF32;
  call.num_tokens = args.num_rows;
  call.workspace = args.workspace;
  return linear(call, context);
}

int64_t lm_head_workspace_bytes(const WeightMatrix& weight, int64_t num_rows) {
  return linear_workspace_bytes(weight, Epilogue::StoreF32, num_rows);
}

}  // namespace kernels::cuda
