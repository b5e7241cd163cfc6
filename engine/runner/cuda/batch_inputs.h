// SPDX-License-Identifier: Apache-2.0
// A Batch on the device: one packed upload a step, block tables only when they changed.
#pragma once

#include <vector>

#include "engine/runner/batch.h"
#include "engine/runner/cuda/gpu_decoder.h"
#include "engine/runner/cuda/resources.h"
#include "engine/runner/sampling_tables.h"
#include "kernels/sampling.h"

namespace engine {

// Byte offsets of the arrays of a batch in the packed buffer. Fixed for given counts, so that a
// graph can keep the addresses.
struct InputLayout {
  int64_t token_ids, positions, cu_seqlens, context_lens, logits_rows, slot_mapping, sampling,
      total;
  InputLayout(int64_t tokens, int64_t seqs, int64_t logits);
};

class BatchInputs {
 public:
  static int64_t device_size(int64_t max_tokens, int64_t max_seqs, int64_t max_blocks_per_seq,
                             int64_t vocab_size);

  BatchInputs(int64_t max_tokens, int64_t max_seqs, int64_t max_blocks_per_seq, int64_t vocab_size);

  // Copies the batch, padded to `seqs` sequences of one token each (a decode batch), or as it is
  // with seqs = 0. Draws are uploaded with it when padded, else by upload_samples().
  // The previous upload must have arrived. Throws Error{Unsupported} beyond the sizes given above.
  void upload(const Batch& batch, int64_t padded_seqs, cudaStream_t stream);

  // Of an unpadded batch: the draws whose logits are rows [begin, end) of logits_rows; the others
  // are marked as not there. Uploads them.
  void upload_samples(const Batch& batch, int64_t begin, int64_t end, cudaStream_t stream);

  // Whether the block tables on the device are those of the batch.
  bool tables_match(const Batch& batch) const;

  // Views of what was uploaded with these counts.
  DecoderPass pass(const InputLayout& layout, int64_t tokens, int64_t seqs) const;
  const int32_t* logits_rows(const InputLayout& layout) const;
  // Of a padded batch: where a draw makes the next one.
  kernels::NextBatch next_batch(const InputLayout& layout) const;
  void set_sampling(const InputLayout& layout, kernels::SamplingArgs* args) const;

 private:
  void upload_lists(cudaStream_t stream);
  void upload_tables(const Batch& batch, cudaStream_t stream);

  const int64_t max_tokens_, max_seqs_, max_blocks_, vocab_size_, max_list_;
  DeviceBytes packed_, tables_, biases_, counts_, saved_logits_;
  PinnedBytes staging_, table_staging_;
  SamplingTables draws_;
};

}  // namespace engine
