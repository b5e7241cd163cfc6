// SPDX-License-Identifier: Apache-2.0
// The new tokens of several sequences, one after another, and where each sequence's cache lies.
//
// Sequence s owns tokens [cu_seqlens_q[s], cu_seqlens_q[s + 1]), at least one. They are its last
// ones: token t of it sits at position
//   context_lens[s] - (cu_seqlens_q[s + 1] - t)
// and attends to positions 0 .. its own. There is no prefill and no decode: a sequence may bring
// 1 or 10,000 tokens. All arrays lie in the memory of the device that runs the op.
#pragma once

#include <cstdint>

namespace kernels {

struct RaggedBatch {
  // [num_tokens] block * block_size + offset: where K and V of a token go. Distinct.
  const int64_t* slot_mapping = nullptr;
  // [num_seqs + 1] prefix sums of new tokens, from 0 to num_tokens.
  const int32_t* cu_seqlens_q = nullptr;
  // [num_seqs] tokens of the sequence in the cache after this pass, its new ones included.
  const int32_t* context_lens = nullptr;
  // [num_seqs, max_blocks_per_seq] block numbers; entries past the context are never read.
  const int32_t* block_tables = nullptr;
  int64_t max_blocks_per_seq = 0;
  int64_t num_tokens = 0;
  int64_t num_seqs = 0;
};

}  // namespace kernels
