// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/sampling_tables.h"

#include <algorithm>

#include "engine/base/check.h"

namespace engine {

SamplingTables::SamplingTables(int vocab_size) : place_(static_cast<size_t>(vocab_size), -1) {}

void SamplingTables::clear() {
  rows_.clear();
  biases_.clear();
  counts_.clear();
}

void SamplingTables::add(const SamplingState& state, int32_t logits_row) {
  kernels::SamplingRow row;
  row.logits_row = logits_row;
  row.temperature = state.temperature;
  row.top_k = state.top_k;
  row.top_p = state.top_p;
  row.min_p = state.min_p;
  row.repetition_penalty = state.repetition_penalty;
  row.presence_penalty = state.presence_penalty;
  row.frequency_penalty = state.frequency_penalty;
  row.seed = state.seed;
  row.position = state.position;
  row.num_logprobs = std::min(state.logprobs, kernels::kMaxLogprobs);

  row.bias_begin = static_cast<int32_t>(biases_.size());
  if (state.logit_bias) {
    for (const auto& [token_id, bias] : *state.logit_bias) {
      CHECK(token_id >= 0 && static_cast<size_t>(token_id) < place_.size(),
            "a logit bias names a token outside the vocabulary");
      biases_.push_back({token_id, bias});
    }
  }
  row.bias_end = static_cast<int32_t>(biases_.size());
  row.count_begin = static_cast<int32_t>(counts_.size());
  add_counts(state);
  row.count_end = static_cast<int32_t>(counts_.size());
  rows_.push_back(row);
}

void SamplingTables::add_counts(const SamplingState& state) {
  const bool repetition = state.repetition_penalty != 1;
  if (!repetition && state.presence_penalty == 0 && state.frequency_penalty == 0) return;
  const size_t first = counts_.size();
  if (repetition) {
    for (const int32_t token_id : state.prompt_token_ids) entry(token_id, first);
  }
  for (const int32_t token_id : state.output_token_ids) ++entry(token_id, first).output_count;
  for (size_t i = first; i < counts_.size(); ++i)
    place_[static_cast<size_t>(counts_[i].token_id)] = -1;
}

kernels::TokenCount& SamplingTables::entry(int32_t token_id, size_t first) {
  CHECK(token_id >= 0 && static_cast<size_t>(token_id) < place_.size(),
        "a sequence holds a token outside the vocabulary");
  int32_t& place = place_[static_cast<size_t>(token_id)];
  if (place < 0) {
    place = static_cast<int32_t>(counts_.size() - first);
    counts_.push_back({token_id, 0});
  }
  return counts_[first + static_cast<size_t>(place)];
}

SampledToken sampled_token(int32_t token_id, int num_logprobs, const int32_t* logprob_ids,
                           const float* logprobs) {
  SampledToken token;
  token.token_id = token_id;
  for (int i = 0; i <= num_logprobs; ++i) {
    // A vocabulary smaller than num_logprobs leaves places empty.
    if (logprob_ids[i] >= 0) token.logprobs.push_back({logprob_ids[i], logprobs[i]});
  }
  return token;
}

}  // namespace engine
