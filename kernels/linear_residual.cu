// SPDX-License-Identifier: Apache-2.0
#include "kernels/linear_residual.h"

#include <cuda_runtime.h>

#include "kernels/cuda/linear.h"

namespace kernels::cuda {

CudaStatus linear_residual(const LinearResidualArgs& args, const CudaContext& context) {
  if (args.weight.dtype != args.dtype) return cudaErrorInvalidValue;
  LinearCall call;
  call.x = args.x;
  call.weight = args.weight;
  call.out = args.hidden;
  call.epilogue = Epilogue::Residual;
  call.num_tokens = args.num_tokens;
  return linear(call, context);
}

}  // namespace kernels::cuda
