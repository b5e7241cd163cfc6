// SPDX-License-Identifier: Apache-2.0
// What one forward pass reads: the new tokens of several sequences, ragged, with where their keys and values go.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "engine/request.h"

namespace engine {

// How one row of logits becomes a token. Counter-based: the draw depends on (seed, position) and on nothing else.
struct SamplingState {
  float temperature = 1, top_p = 1, min_p = 0, repetition_penalty = 1, presence_penalty = 0, frequency_penalty = 0;
  int top_k = 0;
  uint64_t seed = 0;
  int position = 0;                           // index in the sequence of the token being drawn
  int logprobs = -1;
  std::span<const int32_t> prompt_token_ids;  // for the repetition penalty; empty when no penalty is set
  std::span<const int32_t> output_token_ids;  // generated so far; for all penalties
  const std::map<int, float>* logit_bias = nullptr;
};

struct SampledToken {
  int32_t token_id = -1;
  std::vector<TokenLogprob> logprobs;  // chosen first; empty unless asked for
};

struct Batch {
  std::vector<int32_t> token_ids;      // [num_tokens]
  std::vector<int32_t> positions;      // [num_tokens] index of the token in its sequence
  std::vector<int64_t> slot_mapping;   // [num_tokens] block * block_size + offset where its K and V are written
  std::vector<int32_t> cu_seqlens_q;   // [num_seqs + 1] prefix sums of new tokens per sequence
  std::vector<int32_t> context_lens;   // [num_seqs] tokens of the sequence in the cache after this pass
  std::vector<int32_t> block_tables;   // [num_seqs * max_blocks_per_seq] padded with -1
  int max_blocks_per_seq = 0;
  std::vector<int32_t> logits_rows;    // [num_logits] index into token_ids of each row whose logits are needed
  std::vector<int32_t> sample_rows;    // [num_samples] index into logits_rows of each row a token is drawn from
  std::vector<SamplingState> sampling; // [num_samples]
  // [num_logits] null where nobody looks; called after the pass, in order.
  std::vector<const LogitsSink*> logits_sinks;

  int num_tokens() const { return static_cast<int>(token_ids.size()); }
  int num_seqs() const { return static_cast<int>(context_lens.size()); }
};

}  // namespace engine
