// SPDX-License-Identifier: Apache-2.0
#include "kernels/advance.h"

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

namespace {

__global__ void advance_rows(const AdvanceArgs args) {
  launch_dependents();
  wait_for_predecessor();
  const int s = threadIdx.x;
  if (s >= args.num_seqs || args.context_lens[s] == 0) return;
  args.token_ids[s] = __ldcg(args.drawn + s);
  args.positions[s] += 1;
  args.context_lens[s] += 1;
  args.slot_mapping[s] += 1;
  args.rows[s].position += 1;
}

}  // namespace

CudaStatus advance(const AdvanceArgs& args, const CudaContext& context) {
  if (args.num_seqs > 1024) return cudaErrorInvalidValue;
  LaunchShape shape;
  shape.grid = dim3(1);
  shape.threads = static_cast<int>((args.num_seqs + 31) / 32 * 32);
  return launch(context, advance_rows, shape, args);
}

}  // namespace kernels::cuda
