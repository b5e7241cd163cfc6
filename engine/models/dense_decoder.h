// SPDX-License-Identifier: Apache-2.0
// The forward pass of a dense decoder (Qwen3 and its kin) on the CPU: ops in order, nothing else.
//
//   hidden = embedding[token_ids]
//   each layer: norm_qkv, attention, output_residual, norm_gate_up, down_residual
//   logits = lm_head(norm(hidden[rows]))
//
// What an architecture does differently is a value in ModelConfig, not another file. Immutable
// after construction; one pass at a time for each workspace.
#pragma once

#include <cstdint>
#include <span>

#include "engine/models/weight_plan.h"
#include "kernels/cpu_context.h"
#include "kernels/kv_cache.h"
#include "kernels/ragged_batch.h"
#include "kernels/rope.h"

namespace engine {

// Throws Error{Unsupported} naming the field when the CPU kernels cannot run the shape.
void check_cpu_decoder(const ModelConfig& config);

// Scratch of a pass; all float32, for max_tokens tokens.
struct DecoderWorkspace {
  float* hidden = nullptr;     // [max_tokens, hidden_size] the residual stream; the pass's result
  float* normed = nullptr;     // [max_tokens, hidden_size]
  float* qkv = nullptr;        // [max_tokens, q_size + 2 * kv_size]
  float* attention = nullptr;  // [max_tokens, q_size]
  float* ffn = nullptr;        // [max_tokens, intermediate_size]
  float* cos_sin = nullptr;    // [max_tokens, head_dim]
  void* splits = nullptr;      // attention's partial results
  int64_t split_bytes = 0;

  // Bytes that carve() takes; with memory = nullptr it only counts.
  static int64_t carve(const ModelConfig& config, int64_t max_tokens, int64_t max_context,
                       int num_threads, char* memory, DecoderWorkspace* workspace);
};

struct DecoderBatch {
  std::span<const int32_t> token_ids;  // [num_tokens] in [0, vocab_size)
  std::span<const int32_t> positions;  // [num_tokens]
  kernels::RaggedBatch ragged;
};

class DenseDecoder {
 public:
  // The arena holds the weights as `layout` says and outlives the decoder.
  DenseDecoder(const ModelConfig& config, DecoderLayout layout, const void* arena);

  // workspace.hidden becomes the last layer's output; the cache takes the batch's keys and values.
  void forward(const DecoderBatch& batch, void* kv_pool, const kernels::KvCacheShape& kv_shape,
               const DecoderWorkspace& workspace, const kernels::CpuContext& context) const;

  // logits[j] of row rows[j] of workspace.hidden; workspace.normed is overwritten.
  void compute_logits(std::span<const int32_t> rows, float* logits,
                      const DecoderWorkspace& workspace, const kernels::CpuContext& context) const;

 private:
  void run_layer(const LayerSlots& layer, const kernels::KvCacheLayer& cache,
                 const DecoderBatch& batch, const DecoderWorkspace& workspace,
                 const kernels::CpuContext& context) const;

  const ModelConfig& config_;
  const DecoderLayout layout_;
  const void* const arena_;
  const kernels::RopeFrequencies rope_;
};

}  // namespace engine
