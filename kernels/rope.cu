// SPDX-License-Identifier: Apache-2.0
#include "kernels/rope.h"

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

namespace {

constexpr int kThreads = 128;

// The product is rounded to float32 before cosf and sinf, as Hugging Face does.
__global__ void __launch_bounds__(kThreads) cos_sin_rows(const RopeCosSinArgs args) {
  launch_dependents();
  wait_for_predecessor();
  const int64_t half = args.head_dim / 2;
  const int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= args.num_tokens * half) return;
  const int64_t token = i / half, dim = i % half;
  const float angle =
      __fmul_rn(static_cast<float>(__ldcg(args.positions + token)), args.inv_freq[dim]);
  float* row = args.cos_sin + token * args.head_dim;
  row[dim] = cosf(angle) * args.attention_factor;
  row[half + dim] = sinf(angle) * args.attention_factor;
}

}  // namespace

CudaStatus rope_cos_sin(const RopeCosSinArgs& args, const CudaContext& context) {
  LaunchShape shape;
  const int64_t items = args.num_tokens * (args.head_dim / 2);
  shape.grid = dim3(static_cast<unsigned>((items + kThreads - 1) / kThreads));
  shape.threads = kThreads;
  return launch(context, cos_sin_rows, shape, args);
}

}  // namespace kernels::cuda
