// SPDX-License-Identifier: Apache-2.0
// Drives a ModelRunner without an engine: sequences of tokens, block tables by hand, any batches.
#pragma once

#include <cstring>
#include <map>
#include <vector>

#include "engine/runner/model_runner.h"

class RunnerDriver {
 public:
  struct Sequence {
    std::vector<int32_t> tokens;
    int num_computed = 0;
    std::vector<int32_t> blocks;
  };
  // Of each sequence and position: its logits.
  using Logits = std::map<std::pair<size_t, int>, std::vector<float>>;

  // Blocks are handed out from first_block on, `stride` apart.
  explicit RunnerDriver(engine::ModelRunner& runner, int first_block = 0, int stride = 1)
      : runner_(runner), next_block_(first_block), stride_(stride) {}

  size_t add(const std::vector<int32_t>& tokens) {
    sequences_.push_back({tokens, 0, {}});
    return sequences_.size() - 1;
  }

  // A sequence that starts with the cache of another one's first `length` tokens (whole blocks).
  size_t add_with_prefix(const std::vector<int32_t>& tokens, size_t other, int length) {
    const size_t index = add(tokens);
    const int blocks = length / runner_.block_size();
    const std::vector<int32_t>& from = sequences_[other].blocks;
    sequences_[index].blocks.assign(from.begin(), from.begin() + blocks);
    sequences_[index].num_computed = blocks * runner_.block_size();
    return index;
  }

  // Forgets what was computed, as a preemption does.
  void preempt(size_t index) {
    sequences_[index].num_computed = 0;
    sequences_[index].blocks.clear();
  }

  Sequence& sequence(size_t index) { return sequences_[index]; }
  const Logits& logits() const { return logits_; }

  // One pass over num_new[i] tokens of sequence i; logits of all of them are kept. A sequence whose
  // last token is computed draws its next one with `sampling`, which is appended.
  void step(const std::vector<int>& num_new, const engine::SamplingState& sampling = greedy());

  void finish_prompt(size_t index, int chunk) {
    Sequence& wanted = sequences_[index];
    const int length = static_cast<int>(wanted.tokens.size());
    while (wanted.num_computed < length) {
      std::vector<int> num_new(sequences_.size(), 0);
      num_new[index] = std::min(chunk, length - wanted.num_computed);
      step(num_new);
    }
    wanted.tokens.resize(static_cast<size_t>(length));
  }

  static engine::SamplingState greedy() {
    engine::SamplingState state;
    state.temperature = 0;
    return state;
  }

 private:
  engine::ModelRunner& runner_;
  std::vector<Sequence> sequences_;
  Logits logits_;
  int next_block_, stride_;
};

inline void RunnerDriver::step(const std::vector<int>& num_new,
                               const engine::SamplingState& sampling) {
  engine::Batch batch;
  batch.cu_seqlens_q.push_back(0);
  std::vector<size_t> owners, drawing;
  const int block_size = runner_.block_size();
  for (size_t s = 0; s < num_new.size(); ++s) {
    Sequence& sequence = sequences_[s];
    const int end = sequence.num_computed + num_new[s];
    while (static_cast<int>(sequence.blocks.size()) * block_size < end) {
      sequence.blocks.push_back(next_block_);
      next_block_ = (next_block_ + stride_) % runner_.num_kv_blocks();
    }
    batch.max_blocks_per_seq =
        std::max(batch.max_blocks_per_seq, static_cast<int>(sequence.blocks.size()));
  }
  for (size_t s = 0; s < num_new.size(); ++s) {
    if (num_new[s] == 0) continue;
    Sequence& sequence = sequences_[s];
    for (int i = 0; i < num_new[s]; ++i) {
      const int position = sequence.num_computed + i;
      const int block = sequence.blocks[static_cast<size_t>(position / block_size)];
      batch.logits_rows.push_back(batch.num_tokens());
      batch.token_ids.push_back(sequence.tokens[static_cast<size_t>(position)]);
      batch.positions.push_back(position);
      batch.slot_mapping.push_back(int64_t{block} * block_size + position % block_size);
      owners.push_back(s);
    }
    sequence.num_computed += num_new[s];
    batch.cu_seqlens_q.push_back(batch.num_tokens());
    batch.context_lens.push_back(sequence.num_computed);
    std::vector<int32_t> table = sequence.blocks;
    table.resize(static_cast<size_t>(batch.max_blocks_per_seq), -1);
    batch.block_tables.insert(batch.block_tables.end(), table.begin(), table.end());
    if (sequence.num_computed == static_cast<int>(sequence.tokens.size())) {
      batch.sample_rows.push_back(static_cast<int32_t>(batch.logits_rows.size()) - 1);
      batch.sampling.push_back(sampling);
      batch.sampling.back().position = sequence.num_computed;
      drawing.push_back(s);
    }
  }
  size_t row = 0;
  const engine::LogitsSink keep = [&](int position, std::span<const float> logits) {
    logits_[{owners[row++], position}].assign(logits.begin(), logits.end());
  };
  batch.logits_sinks.assign(batch.logits_rows.size(), &keep);
  const std::vector<engine::SampledToken> drawn = runner_.run(batch);
  for (size_t i = 0; i < drawing.size(); ++i)
    sequences_[drawing[i]].tokens.push_back(drawn[i].token_id);
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}
