// SPDX-License-Identifier: Apache-2.0
// A runner without a model: the next token is a pure function of the sequence's prefix
// (tests/engine/fake_model.h). It checks every batch it is given, and that each token it reads from
// its cache was written there for this very prefix; the first mistake is kept in `problem`.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/runner/model_runner.h"
#include "tests/engine/fake_model.h"

class FakeRunner final : public engine::ModelRunner {
 public:
  struct Options {
    int vocab_size = 97;
    int num_blocks = 64;
    int block_size = 8;
    int max_num_batched_tokens = 64;
    int max_position_embeddings = 100000;
    std::vector<int32_t> eos_token_ids;
    // When not empty: the token at position script_begin + i is script[i], whatever came before.
    std::vector<int32_t> script;
    int script_begin = 0;
  };

  // What tests look at while the engine owns the runner.
  struct Record {
    std::string problem;
    int num_steps = 0;
    int num_tokens = 0;
    int max_tokens_in_step = 0;
    std::vector<engine::SamplingState> sampling;  // of every draw; spans emptied
    std::vector<size_t> penalty_tokens;           // tokens those spans held
    std::function<void()> before_step;            // may throw
  };

  FakeRunner(const Options& options, Record* record)
      : options_(options),
        record_(record),
        states_(static_cast<size_t>(options.num_blocks * options.block_size)) {
    config_.architecture = "Fake";
    config_.vocab_size = options.vocab_size;
    config_.hidden_size = config_.intermediate_size = 8;
    config_.num_hidden_layers = config_.num_attention_heads = config_.num_key_value_heads = 1;
    config_.head_dim = 8;
    config_.max_position_embeddings = options.max_position_embeddings;
    config_.eos_token_ids = options.eos_token_ids;
  }

  const engine::ModelConfig& model_config() const override { return config_; }
  int num_kv_blocks() const override { return options_.num_blocks; }
  int block_size() const override { return options_.block_size; }
  int max_num_batched_tokens() const override { return options_.max_num_batched_tokens; }
  std::string device_name() const override { return "fake"; }

  std::vector<engine::SampledToken> run(const engine::Batch& batch) override {
    if (record_->before_step) record_->before_step();
    ++record_->num_steps;
    record_->num_tokens += batch.num_tokens();
    record_->max_tokens_in_step = std::max(record_->max_tokens_in_step, batch.num_tokens());
    check_shape(batch);
    std::vector<uint64_t> state_of_row(static_cast<size_t>(batch.num_tokens()));
    for (int i = 0; i < batch.num_seqs(); ++i) write_sequence(batch, i, &state_of_row);
    for (int i = 0; i < batch.num_seqs(); ++i) read_sequence(batch, i);
    deliver_logits(batch, state_of_row);
    return draw(batch, state_of_row);
  }

 private:
  struct Written {
    uint64_t state;
    uint64_t before;
    int position;
  };

  void expect(bool condition, const std::string& problem) {
    if (!condition && record_->problem.empty()) record_->problem = problem;
  }

  void check_shape(const engine::Batch& batch) {
    const auto tokens = static_cast<size_t>(batch.num_tokens());
    const auto sequences = static_cast<size_t>(batch.num_seqs());
    expect(tokens > 0 && sequences > 0, "an empty batch");
    expect(batch.num_tokens() <= options_.max_num_batched_tokens, "over the token budget");
    expect(batch.positions.size() == tokens && batch.slot_mapping.size() == tokens,
           "ragged arrays");
    expect(batch.cu_seqlens_q.size() == sequences + 1 && batch.cu_seqlens_q[0] == 0 &&
               batch.cu_seqlens_q.back() == batch.num_tokens(),
           "cu_seqlens_q is wrong");
    expect(batch.block_tables.size() == sequences * static_cast<size_t>(batch.max_blocks_per_seq),
           "block_tables is wrong");
    expect(batch.logits_rows.size() == batch.logits_sinks.size(), "sinks do not fit the rows");
    expect(batch.sample_rows.size() == batch.sampling.size(), "sampling does not fit the rows");
    expect(std::set(batch.slot_mapping.begin(), batch.slot_mapping.end()).size() == tokens,
           "two tokens share a slot");
  }

  size_t slot(const engine::Batch& batch, int sequence, int position) {
    const int row = sequence * batch.max_blocks_per_seq + position / options_.block_size;
    const int32_t block = batch.block_tables[static_cast<size_t>(row)];
    expect(block >= 0 && block < options_.num_blocks, "a block table is too short");
    return static_cast<size_t>(block * options_.block_size + position % options_.block_size);
  }

  void write_sequence(const engine::Batch& batch, int sequence,
                      std::vector<uint64_t>* state_of_row) {
    const auto i = static_cast<size_t>(sequence);
    const int begin = batch.cu_seqlens_q[i], end = batch.cu_seqlens_q[i + 1];
    expect(begin < end, "a sequence without tokens");
    for (int row = begin; row < end; ++row) {
      const auto r = static_cast<size_t>(row);
      const int position = batch.context_lens[i] - (end - row);
      expect(batch.positions[r] == position, "positions disagree with context_lens");
      const size_t place = slot(batch, sequence, position);
      expect(static_cast<size_t>(batch.slot_mapping[r]) == place, "slot_mapping disagrees");
      uint64_t before = fake::kEmptyPrefix;
      if (position > 0) {
        const auto& previous = states_.at(slot(batch, sequence, position - 1));
        expect(previous.has_value(), "a token was never written");
        if (previous) before = previous->state;
      }
      const uint64_t state = fake::state_after(before, batch.token_ids[r]);
      states_.at(place) = Written{state, before, position};
      (*state_of_row)[r] = state;
    }
  }

  // Each position continues the one before it, back to the empty prefix.
  void read_sequence(const engine::Batch& batch, int sequence) {
    uint64_t before = fake::kEmptyPrefix;
    for (int p = 0; p < batch.context_lens[static_cast<size_t>(sequence)]; ++p) {
      const auto& written = states_.at(slot(batch, sequence, p));
      expect(written && written->before == before && written->position == p,
             "position " + std::to_string(p) + " holds another prefix");
      if (written) before = written->state;
    }
  }

  void deliver_logits(const engine::Batch& batch, const std::vector<uint64_t>& state_of_row) {
    std::vector<float> logits(static_cast<size_t>(options_.vocab_size));
    for (size_t i = 0; i < batch.logits_rows.size(); ++i) {
      if (!batch.logits_sinks[i]) continue;
      const auto row = static_cast<size_t>(batch.logits_rows[i]);
      const auto next =
          static_cast<size_t>(fake::next_token(state_of_row[row], options_.vocab_size));
      logits[next] = 1;
      (*batch.logits_sinks[i])(batch.positions[row], logits);
      logits[next] = 0;
    }
  }

  std::vector<engine::SampledToken> draw(const engine::Batch& batch,
                                         const std::vector<uint64_t>& state_of_row) {
    std::vector<engine::SampledToken> tokens;
    for (size_t i = 0; i < batch.sample_rows.size(); ++i) {
      const auto row =
          static_cast<size_t>(batch.logits_rows[static_cast<size_t>(batch.sample_rows[i])]);
      engine::SamplingState sampling = batch.sampling[i];
      expect(sampling.position == batch.positions[row] + 1, "the draw is for another position");
      engine::SampledToken token{fake::next_token(state_of_row[row], options_.vocab_size), {}};
      if (!options_.script.empty())
        token.token_id =
            options_.script.at(static_cast<size_t>(sampling.position - options_.script_begin));
      if (sampling.logprobs >= 0)
        token.logprobs.assign(static_cast<size_t>(sampling.logprobs) + 1, {token.token_id, -0.5f});
      tokens.push_back(token);
      record_->penalty_tokens.push_back(sampling.prompt_token_ids.size() +
                                        sampling.output_token_ids.size());
      sampling.prompt_token_ids = sampling.output_token_ids = {};
      record_->sampling.push_back(sampling);
    }
    return tokens;
  }

  const Options options_;
  Record* const record_;
  engine::ModelConfig config_;
  std::vector<std::optional<Written>> states_;
};
