// SPDX-License-Identifier: Apache-2.0
#include "kernels/norm_qkv.h"

#include <cuda_runtime.h>

#include "kernels/cuda/linear.h"

namespace kernels::cuda {

CudaStatus norm_qkv(const NormQkvArgs& args, const CudaContext& context) {
  if (args.weight.dtype != args.dtype) return cudaErrorInvalidValue;
  LinearCall call;
  call.x = args.hidden;
  call.norm_weight = args.norm_weight;
  call.eps = args.eps;
  call.weight = args.weight;
  call.out = args.qkv;
  call.epilogue = Epilogue::Store;
  call.num_tokens = args.num_tokens;
  call.workspace = args.workspace;
  return linear(call, context);
}

int64_t norm_qkv_workspace_bytes(const WeightMatrix& weight, int64_t num_tokens) {
  return linear_workspace_bytes(weight, Epilogue::Store, num_tokens);
}

}  // namespace kernels::cuda
