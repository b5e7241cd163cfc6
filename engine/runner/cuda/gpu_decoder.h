// SPDX-License-Identifier: Apache-2.0
// A dense decoder on one GPU: a function that puts the ops of one pass on a stream, in order.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "engine/runner/cuda/gpu_weights.h"
#include "kernels/cuda_context.h"
#include "kernels/kv_cache.h"
#include "kernels/ragged_batch.h"
#include "kernels/sampling.h"

namespace engine {

// One pass, all pointers on the device.
struct DecoderPass {
  const int32_t* token_ids = nullptr;  // [num_tokens]
  const int32_t* positions = nullptr;  // [num_tokens]
  kernels::RaggedBatch batch;
  int64_t max_context_len = 0;  // bound of context_lens
};

class GpuDecoder {
 public:
  // Bytes of activations and workspace for passes of that size.
  static int64_t workspace_bytes(const ModelConfig& model, int64_t max_tokens, int64_t max_seqs,
                                 int64_t max_logits, const kernels::CudaContext& context);

  // Takes the workspace and a zeroed KV cache of weights' dtype or F8_E4M3. context.stream is used
  // for that.
  GpuDecoder(const ModelConfig& model, GpuWeights weights, int64_t max_tokens, int64_t max_seqs,
             int64_t max_logits, int64_t num_blocks, int64_t block_size, kernels::DType cache_dtype,
             const kernels::CudaContext& context);

  // From tokens to the residual stream after the last layer.
  void forward(const DecoderPass& pass, const kernels::CudaContext& context) const;

  // Logits of up to max_logits rows of the last pass: logits() holds [num_rows, vocab_size]
  // float32. rows is on the device.
  void head(const int32_t* rows, int64_t num_rows, const kernels::CudaContext& context) const;

  float* logits() const { return logits_; }
  kernels::DType dtype() const { return weights_.dtype(); }

 private:
  struct Layout;
  void embed(const DecoderPass& pass, const kernels::CudaContext& context) const;
  const ModelConfig model_;
  const GpuWeights weights_;
  DeviceBytes cache_memory_, workspace_, inv_freq_;
  kernels::KvCacheShape cache_;
  float attention_factor_ = 1;
  char* hidden_ = nullptr;
  char* qkv_ = nullptr;
  char* attention_out_ = nullptr;
  char* ffn_ = nullptr;
  char* stage_workspace_ = nullptr;
  char* attention_workspace_ = nullptr;
  int64_t attention_workspace_bytes_ = 0;
  float* cos_sin_ = nullptr;
  float* logits_ = nullptr;
};

}  // namespace engine
