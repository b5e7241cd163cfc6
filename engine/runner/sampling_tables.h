// SPDX-License-Identifier: Apache-2.0
// From the sampling states of a batch to the tables that kernels/sampling.h reads: one row for each
// draw, biases and counts of distinct tokens behind it. Any runner's host side; one thread.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/runner/batch.h"
#include "kernels/sampling.h"

namespace engine {

class SamplingTables {
 public:
  explicit SamplingTables(int vocab_size);

  // Arrays keep their memory between passes.
  void clear();
  // Token ids of prompt, output and bias must be in [0, vocab_size).
  void add(const SamplingState& state, int32_t logits_row);

  const std::vector<kernels::SamplingRow>& rows() const { return rows_; }
  const std::vector<kernels::TokenBias>& biases() const { return biases_; }
  const std::vector<kernels::TokenCount>& counts() const { return counts_; }

 private:
  void add_counts(const SamplingState& state);
  kernels::TokenCount& entry(int32_t token_id, size_t first);

  std::vector<kernels::SamplingRow> rows_;
  std::vector<kernels::TokenBias> biases_;
  std::vector<kernels::TokenCount> counts_;
  std::vector<int32_t>
      place_;  // [vocab_size] index in counts_ of a token of the current row, or -1
};

// Tokens of draws as the engine reports them; arrays as kernels::SamplingArgs describes them.
SampledToken sampled_token(int32_t token_id, int num_logprobs, const int32_t* logprob_ids,
                           const float* logprobs);

}  // namespace engine
