// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/gpu_decoder.h"

#include <algorithm>
#include <cmath>

#include "engine/models/rope_config.h"
#include "kernels/attention.h"
#include "kernels/embedding.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"

namespace engine {

namespace {

kernels::WeightMatrix shape(int64_t rows, int64_t cols) {
  kernels::WeightMatrix matrix;
  matrix.rows = rows;
  matrix.cols = cols;
  return matrix;
}

}  // namespace

// Where everything lies in the workspace, as byte offsets.
struct GpuDecoder::Layout {
  int64_t hidden = 0, qkv = 0, attention_out = 0, ffn = 0, stage = 0, attention = 0, cos_sin = 0,
          logits = 0, total = 0;
  int64_t attention_bytes = 0;

  Layout(const ModelConfig& model, int64_t tokens, int64_t seqs, int64_t rows,
         const kernels::CudaContext& context) {
    const auto take = [this](int64_t bytes) {
      const int64_t at = total;
      total += align_up(bytes);
      return at;
    };
    const int64_t qkv_size = model.q_size() + 2 * model.kv_size();
    hidden = take(tokens * model.hidden_size * 2);
    qkv = take(tokens * qkv_size * 2);
    attention_out = take(tokens * model.q_size() * 2);
    ffn = take(tokens * model.intermediate_size * 2);
    stage = take(std::max({
        kernels::cuda::norm_qkv_workspace_bytes(shape(qkv_size, model.hidden_size), tokens),
        kernels::cuda::norm_gate_up_workspace_bytes(
            shape(2 * model.intermediate_size, model.hidden_size), tokens),
        kernels::cuda::lm_head_workspace_bytes(shape(model.vocab_size, model.hidden_size), rows),
    }));
    attention_bytes = kernels::cuda::attention_workspace_bytes(
        tokens, seqs, model.num_attention_heads, model.head_dim, context);
    attention = take(attention_bytes);
    cos_sin = take(tokens * model.head_dim * 4);
    logits = take(rows * model.vocab_size * 4);
  }
};

int64_t GpuDecoder::workspace_bytes(const ModelConfig& model, int64_t max_tokens, int64_t max_seqs,
                                    int64_t max_logits, const kernels::CudaContext& context) {
  return Layout(model, max_tokens, max_seqs, max_logits, context).total;
}

GpuDecoder::GpuDecoder(const ModelConfig& model, GpuWeights weights, int64_t max_tokens,
                       int64_t max_seqs, int64_t max_logits, int64_t num_blocks, int64_t block_size,
                       kernels::DType cache_dtype, const kernels::CudaContext& context)
    : model_(model), weights_(std::move(weights)) {
  const Layout layout(model, max_tokens, max_seqs, max_logits, context);
  workspace_ = device_bytes(layout.total, "taking memory for the workspace");
  hidden_ = workspace_.as<char>(layout.hidden);
  qkv_ = workspace_.as<char>(layout.qkv);
  attention_out_ = workspace_.as<char>(layout.attention_out);
  ffn_ = workspace_.as<char>(layout.ffn);
  stage_workspace_ = workspace_.as<char>(layout.stage);
  attention_workspace_ = workspace_.as<char>(layout.attention);
  attention_workspace_bytes_ = layout.attention_bytes;
  cos_sin_ = workspace_.as<float>(layout.cos_sin);
  logits_ = workspace_.as<float>(layout.logits);

  cache_.num_blocks = num_blocks;
  cache_.num_layers = model.num_hidden_layers;
  cache_.num_kv_heads = model.num_key_value_heads;
  cache_.block_size = block_size;
  cache_.head_dim = model.head_dim;
  cache_.dtype = cache_dtype;
  cache_memory_ = device_bytes(cache_.pool_bytes(), "taking memory for the KV cache");
  // Attention multiplies values that it masks by zero: whatever lies there must be finite.
  const auto stream = static_cast<cudaStream_t>(context.stream);
  check_cuda(
      cudaMemsetAsync(cache_memory_.data(), 0, static_cast<size_t>(cache_.pool_bytes()), stream),
      "clearing the KV cache");
  check_cuda(cudaMemsetAsync(workspace_.data(), 0, static_cast<size_t>(layout.total), stream),
             "clearing the workspace");
  const kernels::RopeFrequencies rope = kernels::rope_frequencies(rope_config(model));
  attention_factor_ = rope.attention_factor;
  const auto bytes = static_cast<int64_t>(rope.inv_freq.size() * sizeof(float));
  inv_freq_ = device_bytes(bytes, "taking memory for the rotary frequencies");
  check_cuda(cudaMemcpyAsync(inv_freq_.data(), rope.inv_freq.data(), static_cast<size_t>(bytes),
                             cudaMemcpyHostToDevice, stream),
             "copying the rotary frequencies");
  check_cuda(cudaStreamSynchronize(stream), "preparing the KV cache");
}

// Embeddings into the residual stream, and the rotary table of the positions.
void GpuDecoder::embed(const DecoderPass& pass, const kernels::CudaContext& context) const {
  kernels::RopeCosSinArgs rope;
  rope.cos_sin = cos_sin_;
  rope.positions = pass.positions;
  rope.inv_freq = inv_freq_.as<float>();
  rope.num_tokens = pass.batch.num_tokens;
  rope.head_dim = model_.head_dim;
  rope.attention_factor = attention_factor_;

  kernels::EmbeddingArgs embedding;
  embedding.out = hidden_;
  embedding.token_ids = pass.token_ids;
  embedding.table = weights_.embedding();
  embedding.num_tokens = pass.batch.num_tokens;
  embedding.dtype = dtype();
  embedding.rope = &rope;
  check_cuda(kernels::cuda::embedding(embedding, context), "reading embeddings");
}

void GpuDecoder::forward(const DecoderPass& pass, const kernels::CudaContext& context) const {
  const int64_t num_tokens = pass.batch.num_tokens;
  const auto eps = static_cast<float>(model_.rms_norm_eps);
  embed(pass, context);

  kernels::NormQkvArgs qkv;
  qkv.qkv = qkv_;
  qkv.hidden = hidden_;
  qkv.workspace = stage_workspace_;
  qkv.num_tokens = num_tokens;
  qkv.eps = eps;
  qkv.dtype = dtype();

  kernels::AttentionArgs attention;
  attention.out = attention_out_;
  attention.qkv = qkv_;
  attention.cos_sin = cos_sin_;
  attention.batch = pass.batch;
  attention.num_heads = model_.num_attention_heads;
  attention.num_kv_heads = model_.num_key_value_heads;
  attention.head_dim = model_.head_dim;
  attention.eps = eps;
  attention.scale = 1.0f / std::sqrt(static_cast<float>(model_.head_dim));
  attention.max_context_len = pass.max_context_len;
  attention.workspace = attention_workspace_;
  attention.workspace_bytes = attention_workspace_bytes_;
  attention.dtype = dtype();

  kernels::LinearResidualArgs residual;
  residual.hidden = hidden_;
  residual.num_tokens = num_tokens;
  residual.dtype = dtype();

  kernels::NormGateUpArgs gate_up;
  gate_up.out = ffn_;
  gate_up.hidden = hidden_;
  gate_up.workspace = stage_workspace_;
  gate_up.num_tokens = num_tokens;
  gate_up.eps = eps;
  gate_up.dtype = dtype();

  for (size_t i = 0; i < weights_.layers().size(); ++i) {
    const GpuLayer& layer = weights_.layers()[i];
    qkv.norm_weight = layer.input_norm;
    qkv.weight = layer.qkv;
    check_cuda(kernels::cuda::norm_qkv(qkv, context), "computing q, k and v");

    attention.q_norm_weight = layer.q_norm;
    attention.k_norm_weight = layer.k_norm;
    attention.cache =
        kernels::kv_cache_layer(cache_memory_.data(), cache_, static_cast<int64_t>(i));
    check_cuda(kernels::cuda::attention(attention, context), "computing attention");

    residual.x = attention_out_;
    residual.weight = layer.output;
    check_cuda(kernels::cuda::linear_residual(residual, context), "computing the attention output");

    gate_up.norm_weight = layer.post_attention_norm;
    gate_up.weight = layer.gate_up;
    check_cuda(kernels::cuda::norm_gate_up(gate_up, context), "computing gate and up");

    residual.x = ffn_;
    residual.weight = layer.down;
    check_cuda(kernels::cuda::linear_residual(residual, context), "computing down");
  }
}

void GpuDecoder::head(const int32_t* rows, int64_t num_rows,
                      const kernels::CudaContext& context) const {
  kernels::LmHeadArgs head;
  head.logits = logits_;
  head.hidden = hidden_;
  head.rows = rows;
  head.norm_weight = weights_.final_norm();
  head.weight = weights_.head();
  head.workspace = stage_workspace_;
  head.num_rows = num_rows;
  head.eps = static_cast<float>(model_.rms_norm_eps);
  head.dtype = dtype();
  check_cuda(kernels::cuda::lm_head(head, context), "computing logits");
}

}  // namespace engine
