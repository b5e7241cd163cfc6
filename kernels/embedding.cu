// SPDX-License-Identifier: Apache-2.0
#include "kernels/embedding.h"

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

namespace {

constexpr int kThreads = 256;

// The product is rounded to float32 before cosf and sinf, as Hugging Face does.
__device__ void rope_entry(const RopeCosSinArgs& args, int64_t token, int64_t dim) {
  const float angle =
      __fmul_rn(static_cast<float>(__ldcg(args.positions + token)), args.inv_freq[dim]);
  float* row = args.cos_sin + token * args.head_dim;
  row[dim] = cosf(angle) * args.attention_factor;
  row[args.head_dim / 2 + dim] = sinf(angle) * args.attention_factor;
}

// 16-bit rows are copied as they are, whatever the type.
__global__ void __launch_bounds__(kThreads)
    gather_rows(uint4* out, const uint4* table, const int32_t* token_ids, int64_t chunks,
                int64_t table_rows, const RopeCosSinArgs rope) {
  launch_dependents();
  wait_for_predecessor();
  const int64_t row = __ldcg(token_ids + blockIdx.x);
  const bool valid = row >= 0 && row < table_rows;
  uint4* target = out + blockIdx.x * chunks;
  for (int64_t c = threadIdx.x; c < chunks; c += kThreads) {
    target[c] = valid ? table[row * chunks + c] : make_uint4(0, 0, 0, 0);
  }
  for (int64_t dim = threadIdx.x; dim < rope.head_dim / 2; dim += kThreads)
    rope_entry(rope, blockIdx.x, dim);
}

}  // namespace

CudaStatus embedding(const EmbeddingArgs& args, const CudaContext& context) {
  if (args.table.dtype != args.dtype || args.dtype == DType::F32 || args.table.cols % 8 != 0 ||
      (args.rope != nullptr && args.rope->num_tokens != args.num_tokens)) {
    return cudaErrorInvalidValue;
  }
  LaunchShape shape;
  shape.grid = dim3(static_cast<unsigned>(args.num_tokens));
  shape.threads = kThreads;
  // Begins when all before it is done: the draw before it may have made this batch (sampling.h),
  // and the kernels after it read parts of the batch before they wait for one another.
  shape.overlaps = false;
  return launch(context, gather_rows, shape, static_cast<uint4*>(args.out),
                static_cast<const uint4*>(args.table.data), args.token_ids, args.table.cols / 8,
                args.table.rows, args.rope != nullptr ? *args.rope : RopeCosSinArgs());
}

}  // namespace kernels::cuda
