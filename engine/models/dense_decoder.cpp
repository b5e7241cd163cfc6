// SPDX-License-Identifier: Apache-2.0
#include "engine/models/dense_decoder.h"

#include <cmath>
#include <string>
#include <utility>

#include "engine/error.h"
#include "engine/models/rope_config.h"
#include "kernels/attention.h"
#include "kernels/embedding.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"

namespace engine {
namespace {

namespace cpu = kernels::cpu;

// Hands out pieces of one buffer, each on a cache line of its own.
class Carver {
 public:
  explicit Carver(char* memory) : memory_(memory) {}

  template <typename T>
  T* take(int64_t count) {
    const int64_t begin = used_;
    used_ += (count * static_cast<int64_t>(sizeof(T)) + 63) / 64 * 64;
    return memory_ ? reinterpret_cast<T*>(memory_ + begin) : nullptr;
  }
  int64_t used() const { return used_; }

 private:
  char* const memory_;
  int64_t used_ = 0;
};

[[noreturn]] void unsupported(const char* field, int value, const std::string& range) {
  throw Error(ErrorCode::Unsupported, "config.json: " + std::string(field) + " is " +
                                          std::to_string(value) + "; on the CPU Fireside needs " +
                                          range);
}

}  // namespace

void check_cpu_decoder(const ModelConfig& config) {
  if (config.head_dim % 2 != 0 || config.head_dim > kernels::kMaxCpuHeadDim)
    unsupported("head_dim", config.head_dim,
                "an even number up to " + std::to_string(kernels::kMaxCpuHeadDim));
  const int group = config.num_attention_heads / config.num_key_value_heads;
  if (group > kernels::kMaxCpuGroup)
    unsupported("num_attention_heads", config.num_attention_heads,
                "at most " + std::to_string(kernels::kMaxCpuGroup) +
                    " heads for each of the num_key_value_heads");
}

int64_t DecoderWorkspace::carve(const ModelConfig& config, int64_t max_tokens, int64_t max_context,
                                int num_threads, char* memory, DecoderWorkspace* workspace) {
  Carver carver(memory);
  workspace->hidden = carver.take<float>(max_tokens * config.hidden_size);
  workspace->normed = carver.take<float>(max_tokens * config.hidden_size);
  workspace->qkv =
      carver.take<float>(max_tokens * (int64_t{config.q_size()} + 2 * config.kv_size()));
  workspace->attention = carver.take<float>(max_tokens * config.q_size());
  workspace->ffn = carver.take<float>(max_tokens * config.intermediate_size);
  workspace->cos_sin = carver.take<float>(max_tokens * config.head_dim);
  workspace->split_bytes = cpu::attention_workspace_bytes(max_context, config.num_attention_heads,
                                                          config.head_dim, num_threads);
  workspace->splits = carver.take<char>(workspace->split_bytes);
  return carver.used();
}

DenseDecoder::DenseDecoder(const ModelConfig& config, DecoderLayout layout, const void* arena)
    : config_(config),
      layout_(std::move(layout)),
      arena_(arena),
      rope_(kernels::rope_frequencies(rope_config(config))) {}

void DenseDecoder::forward(const DecoderBatch& batch, void* kv_pool,
                           const kernels::KvCacheShape& kv_shape, const DecoderWorkspace& workspace,
                           const kernels::CpuContext& context) const {
  const int64_t num_tokens = batch.ragged.num_tokens;
  kernels::RopeCosSinArgs rope;
  rope.cos_sin = workspace.cos_sin;
  rope.positions = batch.positions.data();
  rope.inv_freq = rope_.inv_freq.data();
  rope.num_tokens = num_tokens;
  rope.head_dim = config_.head_dim;
  rope.attention_factor = rope_.attention_factor;

  kernels::EmbeddingArgs embedding;
  embedding.out = workspace.hidden;
  embedding.token_ids = batch.token_ids.data();
  embedding.table = weight_matrix(arena_, layout_.embedding);
  embedding.num_tokens = num_tokens;
  embedding.rope = &rope;
  cpu::embedding(embedding, context);

  for (size_t i = 0; i < layout_.layers.size(); ++i) {
    run_layer(layout_.layers[i],
              kernels::kv_cache_layer(kv_pool, kv_shape, static_cast<int64_t>(i)), batch, workspace,
              context);
  }
}

void DenseDecoder::run_layer(const LayerSlots& layer, const kernels::KvCacheLayer& cache,
                             const DecoderBatch& batch, const DecoderWorkspace& workspace,
                             const kernels::CpuContext& context) const {
  const int64_t num_tokens = batch.ragged.num_tokens;
  const float eps = static_cast<float>(config_.rms_norm_eps);

  kernels::NormQkvArgs norm_qkv;
  norm_qkv.qkv = workspace.qkv;
  norm_qkv.hidden = workspace.hidden;
  norm_qkv.norm_weight = weight_vector(arena_, layer.input_norm);
  norm_qkv.weight = weight_matrix(arena_, layer.qkv);
  norm_qkv.workspace = workspace.normed;
  norm_qkv.num_tokens = num_tokens;
  norm_qkv.eps = eps;
  cpu::norm_qkv(norm_qkv, context);

  kernels::AttentionArgs attention;
  attention.out = workspace.attention;
  attention.qkv = workspace.qkv;
  attention.q_norm_weight = weight_vector(arena_, layer.q_norm);
  attention.k_norm_weight = weight_vector(arena_, layer.k_norm);
  attention.cos_sin = workspace.cos_sin;
  attention.cache = cache;
  attention.batch = batch.ragged;
  attention.num_heads = config_.num_attention_heads;
  attention.num_kv_heads = config_.num_key_value_heads;
  attention.head_dim = config_.head_dim;
  attention.eps = eps;
  attention.scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(config_.head_dim)));
  attention.workspace = workspace.splits;
  attention.workspace_bytes = workspace.split_bytes;
  cpu::attention(attention, context);

  kernels::LinearResidualArgs output_residual;
  output_residual.hidden = workspace.hidden;
  output_residual.x = workspace.attention;
  output_residual.weight = weight_matrix(arena_, layer.o_proj);
  output_residual.num_tokens = num_tokens;
  cpu::linear_residual(output_residual, context);

  kernels::NormGateUpArgs norm_gate_up;
  norm_gate_up.out = workspace.ffn;
  norm_gate_up.hidden = workspace.hidden;
  norm_gate_up.norm_weight = weight_vector(arena_, layer.post_attention_norm);
  norm_gate_up.weight = weight_matrix(arena_, layer.gate_up);
  norm_gate_up.workspace = workspace.normed;
  norm_gate_up.num_tokens = num_tokens;
  norm_gate_up.eps = eps;
  cpu::norm_gate_up(norm_gate_up, context);

  kernels::LinearResidualArgs down_residual;
  down_residual.hidden = workspace.hidden;
  down_residual.x = workspace.ffn;
  down_residual.weight = weight_matrix(arena_, layer.down_proj);
  down_residual.num_tokens = num_tokens;
  cpu::linear_residual(down_residual, context);
}

void DenseDecoder::compute_logits(std::span<const int32_t> rows, float* logits,
                                  const DecoderWorkspace& workspace,
                                  const kernels::CpuContext& context) const {
  kernels::LmHeadArgs lm_head;
  lm_head.logits = logits;
  lm_head.hidden = workspace.hidden;
  lm_head.rows = rows.data();
  lm_head.norm_weight = weight_vector(arena_, layout_.final_norm);
  lm_head.weight = weight_matrix(arena_, layout_.lm_head);
  lm_head.workspace = workspace.normed;
  lm_head.num_rows = static_cast<int64_t>(rows.size());
  lm_head.eps = static_cast<float>(config_.rms_norm_eps);
  cpu::lm_head(lm_head, context);
}

}  // namespace engine
