// SPDX-License-Identifier: Apache-2.0
// The next decode batch from the last one, on the device: every sequence brings the token that was
// just drawn for it, one position further on.
//   token_ids[s] = drawn[s]   positions[s] += 1   context_lens[s] += 1   slot_mapping[s] += 1
//   rows[s].position += 1
// The caller promises that each new slot lies in the same block as the one before. Sequences with
// context_len 0 are padding and stay as they are. CUDA only: on the CPU the host does this.
#pragma once

#include "kernels/cuda_context.h"
#include "kernels/sampling.h"

namespace kernels {

struct AdvanceArgs {
  int32_t* token_ids = nullptr;     // [num_seqs]
  int32_t* positions = nullptr;     // [num_seqs]
  int32_t* context_lens = nullptr;  // [num_seqs]
  int64_t* slot_mapping = nullptr;  // [num_seqs]
  SamplingRow* rows = nullptr;      // [num_seqs]
  const int32_t* drawn = nullptr;   // [num_seqs]
  int64_t num_seqs = 0;             // at most 1,024
};

namespace cuda {
CudaStatus advance(const AdvanceArgs& args, const CudaContext& context);
}  // namespace cuda

}  // namespace kernels
