// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cpu_runner.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "engine/base/check.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/models/copy_weights.h"
#include "engine/models/dense_decoder.h"
#include "engine/runner/host_buffer.h"
#include "engine/runner/memory_plan.h"
#include "engine/runner/sampling_tables.h"
#include "kernels/sampling.h"

namespace engine {
namespace {

using kernels::CpuLevel;

// Rows of logits computed at once; a prompt's logits go through in pieces of this size.
constexpr int kLogitsRows = 32;
constexpr const char* kLevelVariable = "FIRESIDE_CPU_LEVEL";

CpuLevel choose_level() {
  const CpuLevel best = kernels::best_cpu_level();
  const char* wanted = std::getenv(kLevelVariable);
  if (!wanted || !*wanted) return best;
  CpuLevel level;
  if (!kernels::parse_cpu_level(wanted, &level) || level > best) {
    throw Error(ErrorCode::InvalidArgument,
                std::string(kLevelVariable) + " is '" + printable(wanted) +
                    "'; it must be portable, avx2 or avx512 and not above what this processor "
                    "has (" +
                    kernels::cpu_level_name(best) + ")");
  }
  return level;
}

const char* level_words(CpuLevel level) {
  switch (level) {
    case CpuLevel::Portable:
      return "no vector instructions";
    case CpuLevel::Avx2:
      return "AVX2";
    case CpuLevel::Avx512:
      return "AVX-512";
  }
  return "";
}

// Everything but the weights and the cache, in one buffer.
struct Workspace {
  DecoderWorkspace decoder;
  float* logits = nullptr;  // [kLogitsRows, vocab_size]
  void* sampling = nullptr;

  static int64_t carve(const ModelConfig& config, int64_t max_tokens, int64_t max_context,
                       int num_threads, char* memory, Workspace* workspace) {
    int64_t used = DecoderWorkspace::carve(config, max_tokens, max_context, num_threads, memory,
                                           &workspace->decoder);
    const auto take = [&](int64_t num_bytes) {
      char* begin = memory ? memory + used : nullptr;
      used += (num_bytes + 63) / 64 * 64;
      return begin;
    };
    workspace->logits = reinterpret_cast<float*>(
        take(int64_t{kLogitsRows} * config.vocab_size * static_cast<int64_t>(sizeof(float))));
    workspace->sampling =
        take(kernels::cpu::sampling_workspace_bytes(num_threads, config.vocab_size));
    return used;
  }

  static int64_t size(const ModelConfig& config, int64_t max_tokens, int64_t max_context,
                      int num_threads) {
    Workspace counted;
    return carve(config, max_tokens, max_context, num_threads, nullptr, &counted);
  }
};

// The workspace depends a little on the context, the context on what the workspace leaves: it is
// counted for the largest context first, and carved for the one that is planned.
MemoryPlan make_plan(const EngineConfig& config, const ModelConfig& model, int64_t weight_bytes,
                     int num_threads, int64_t freed = 0) {
  const int64_t context =
      config.max_model_len > 0 ? config.max_model_len : model.max_position_embeddings;
  const int64_t workspace =
      Workspace::size(model, cpu_batched_tokens(config), context, num_threads);
  return plan_cpu_memory(config, model, weight_bytes, workspace, available_memory() + freed);
}

int num_threads(const EngineConfig& config) {
  return config.num_threads > 0 ? config.num_threads : available_cores();
}

kernels::KvCacheShape kv_shape(const ModelConfig& config, const MemoryPlan& plan) {
  kernels::KvCacheShape shape;
  shape.num_blocks = plan.num_kv_blocks;
  shape.num_layers = config.num_hidden_layers;
  shape.num_kv_heads = config.num_key_value_heads;
  shape.block_size = plan.block_size;
  shape.head_dim = config.head_dim;
  return shape;
}

class CpuRunner final : public ModelRunner {
 public:
  CpuRunner(const EngineConfig& config, const ModelConfig& model, const WeightSource& source,
            const LoadProgress& progress, const std::stop_token& stop)
      : model_(model),
        pool_(num_threads(config)),
        context_{&pool_, choose_level()},
        tables_(model.vocab_size) {
    check_cpu_decoder(model_);
    WeightPlan weights = plan_weights(model_, source);
    plan_ = make_plan(config, model_, weights.num_bytes, pool_.num_threads());
    kv_shape_ = kv_shape(model_, plan_);
    arena_ = HostBuffer(weights.num_bytes, "weights");
    const auto report = [&progress](double done) {
      if (progress) progress("Reading weights", done);
    };
    copy_weights(weights, arena_.data(), &pool_, report, stop);
    decoder_ = std::make_unique<DenseDecoder>(model_, std::move(weights.layout), arena_.data());
    take_buffers();
  }

  std::vector<SampledToken> run(const Batch& batch) override {
    check_batch(batch);
    decoder_->forward({batch.token_ids, batch.positions, ragged(batch)}, cache_.data(), kv_shape_,
                      workspace_.decoder, context_);
    std::vector<SampledToken> tokens(batch.sample_rows.size());
    const int num_logits = static_cast<int>(batch.logits_rows.size());
    for (int begin = 0; begin < num_logits; begin += kLogitsRows) {
      const int end = std::min(begin + kLogitsRows, num_logits);
      const std::span<const int32_t> rows(batch.logits_rows);
      decoder_->compute_logits(
          rows.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)),
          workspace_.logits, workspace_.decoder, context_);
      show_logits(batch, begin, end);
      sample(batch, begin, end, &tokens);
    }
    return tokens;
  }

  const ModelConfig& model_config() const override { return model_; }
  int num_kv_blocks() const override { return plan_.num_kv_blocks; }
  int block_size() const override { return plan_.block_size; }
  int max_num_batched_tokens() const override { return plan_.max_num_batched_tokens; }
  MemoryUse memory_use() const override { return plan_.use(); }
  std::string device_name() const override {
    const int threads = pool_.num_threads();
    return "CPU, " + std::to_string(threads) + (threads == 1 ? " thread, " : " threads, ") +
           level_words(context_.level);
  }

 private:
  void take_buffers() {
    const int64_t bytes = Workspace::size(model_, plan_.max_num_batched_tokens, plan_.max_model_len,
                                          pool_.num_threads());
    scratch_ = HostBuffer(bytes, "workspace");
    Workspace::carve(model_, plan_.max_num_batched_tokens, plan_.max_model_len, pool_.num_threads(),
                     scratch_.data(), &workspace_);
    cache_ = HostBuffer(kv_shape_.pool_bytes(), "KV cache");
  }

  static kernels::RaggedBatch ragged(const Batch& batch) {
    kernels::RaggedBatch ragged;
    ragged.slot_mapping = batch.slot_mapping.data();
    ragged.cu_seqlens_q = batch.cu_seqlens_q.data();
    ragged.context_lens = batch.context_lens.data();
    ragged.block_tables = batch.block_tables.data();
    ragged.max_blocks_per_seq = batch.max_blocks_per_seq;
    ragged.num_tokens = batch.num_tokens();
    ragged.num_seqs = batch.num_seqs();
    return ragged;
  }

  // A wrong index would write over foreign memory: a bug of ours ends the process here instead.
  void check_batch(const Batch& batch) const {
    const size_t num_tokens = batch.token_ids.size();
    CHECK(batch.num_tokens() <= plan_.max_num_batched_tokens, "more tokens than a step may have");
    CHECK(batch.positions.size() == num_tokens && batch.slot_mapping.size() == num_tokens,
          "arrays of a batch differ in length");
    CHECK(batch.cu_seqlens_q.size() == batch.context_lens.size() + 1 &&
              batch.cu_seqlens_q.front() == 0 && batch.cu_seqlens_q.back() == batch.num_tokens(),
          "cu_seqlens_q does not cover the tokens");
    const int64_t num_slots = int64_t{plan_.num_kv_blocks} * plan_.block_size;
    for (size_t i = 0; i < num_tokens; ++i) {
      CHECK(batch.token_ids[i] >= 0 && batch.token_ids[i] < model_.vocab_size,
            "a token is outside the vocabulary");
      CHECK(batch.slot_mapping[i] >= 0 && batch.slot_mapping[i] < num_slots,
            "a slot is outside the cache");
    }
    for (int s = 0; s < batch.num_seqs(); ++s) check_sequence(batch, s);
    for (const int32_t row : batch.logits_rows)
      CHECK(row >= 0 && row < batch.num_tokens(), "a row of logits is outside the batch");
    for (const int32_t row : batch.sample_rows)
      CHECK(row >= 0 && static_cast<size_t>(row) < batch.logits_rows.size(),
            "a draw has no logits");
    CHECK(batch.sampling.size() == batch.sample_rows.size(), "a draw has no parameters");
  }

  void check_sequence(const Batch& batch, int sequence) const {
    const size_t s = static_cast<size_t>(sequence);
    const int num_new = batch.cu_seqlens_q[s + 1] - batch.cu_seqlens_q[s];
    const int context = batch.context_lens[s];
    CHECK(num_new >= 1 && context >= num_new, "a sequence brings no tokens or too many");
    const int blocks = (context + plan_.block_size - 1) / plan_.block_size;
    CHECK(blocks <= batch.max_blocks_per_seq, "a block table is too short");
    const size_t table = s * static_cast<size_t>(batch.max_blocks_per_seq);
    for (size_t i = table; i < table + static_cast<size_t>(blocks); ++i)
      CHECK(batch.block_tables[i] >= 0 && batch.block_tables[i] < plan_.num_kv_blocks,
            "a block is outside the cache");
  }

  void show_logits(const Batch& batch, int begin, int end) const {
    for (int i = begin; i < end && static_cast<size_t>(i) < batch.logits_sinks.size(); ++i) {
      const LogitsSink* sink = batch.logits_sinks[static_cast<size_t>(i)];
      if (!sink || !*sink) continue;
      const int32_t row = batch.logits_rows[static_cast<size_t>(i)];
      const size_t vocab_size = static_cast<size_t>(model_.vocab_size);
      (*sink)(batch.positions[static_cast<size_t>(row)],
              {workspace_.logits + static_cast<size_t>(i - begin) * vocab_size, vocab_size});
    }
  }

  // Draws whose logits are rows [begin, end) of the batch's logits.
  void sample(const Batch& batch, int begin, int end, std::vector<SampledToken>* tokens) {
    tables_.clear();
    drawn_.clear();
    for (size_t i = 0; i < batch.sample_rows.size(); ++i) {
      if (batch.sample_rows[i] < begin || batch.sample_rows[i] >= end) continue;
      tables_.add(batch.sampling[i], batch.sample_rows[i] - begin);
      drawn_.push_back(i);
    }
    if (drawn_.empty()) return;
    constexpr size_t kWidth = 1 + kernels::kMaxLogprobs;
    token_ids_.resize(drawn_.size());
    logprob_ids_.resize(drawn_.size() * kWidth);
    logprobs_.resize(drawn_.size() * kWidth);

    kernels::SamplingArgs args;
    args.token_ids = token_ids_.data();
    args.logprob_ids = logprob_ids_.data();
    args.logprobs = logprobs_.data();
    args.logits = workspace_.logits;
    args.rows = tables_.rows().data();
    args.biases = tables_.biases().data();
    args.counts = tables_.counts().data();
    args.workspace = workspace_.sampling;
    args.num_rows = static_cast<int64_t>(drawn_.size());
    args.vocab_size = model_.vocab_size;
    kernels::cpu::sampling(args, context_);
    for (size_t i = 0; i < drawn_.size(); ++i) {
      (*tokens)[drawn_[i]] =
          sampled_token(token_ids_[i], tables_.rows()[i].num_logprobs,
                        logprob_ids_.data() + i * kWidth, logprobs_.data() + i * kWidth);
    }
  }

  // Constant after construction.
  const ModelConfig model_;
  kernels::ThreadPool pool_;
  const kernels::CpuContext context_;
  MemoryPlan plan_;
  kernels::KvCacheShape kv_shape_;
  HostBuffer arena_, scratch_, cache_;
  std::unique_ptr<DenseDecoder> decoder_;
  Workspace workspace_;

  // Reused by every pass.
  SamplingTables tables_;
  std::vector<size_t> drawn_;  // indices into batch.sample_rows
  std::vector<int32_t> token_ids_, logprob_ids_;
  std::vector<float> logprobs_;
};

}  // namespace

std::unique_ptr<ModelRunner> make_cpu_runner(const EngineConfig& config, const ModelConfig& model,
                                             const WeightSource& weights,
                                             const LoadProgress& progress, std::stop_token stop) {
  return std::make_unique<CpuRunner>(config, model, weights, progress, stop);
}

MemoryPlan plan_cpu_runner(const EngineConfig& config, const ModelConfig& model,
                           const WeightSource& weights, int64_t freed) {
  check_cpu_decoder(model);
  return make_plan(config, model, plan_weights(model, weights).num_bytes, num_threads(config),
                   freed);
}

}  // namespace engine
