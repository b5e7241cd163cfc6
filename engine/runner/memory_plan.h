// SPDX-License-Identifier: Apache-2.0
// Memory of the CPU runner, planned before anything is taken.
//
// Weights and workspace are what the model needs; the KV cache gets the rest:
//   kv_cache_bytes > 0   that many bytes, in whole blocks
//   kv_cache_bytes = 0   one full context plus a quarter, at most a quarter of what is free after
//                        weights and workspace (an explicit max_model_len: at most 90 % of it)
//   max_model_len = 0    the model's limit, or what the blocks hold if that is less (at least 512)
// What does not fit is refused with Error{OutOfMemory} and the figures.
#pragma once

#include <cstdint>
#include <string>

#include "engine/config.h"
#include "engine/formats/model_config.h"
#include "engine/memory_use.h"
#include "engine/runner/machine.h"

namespace engine {

struct MemoryPlan {
  int64_t available_bytes = 0;
  int64_t weight_bytes = 0;
  int64_t workspace_bytes = 0;
  int64_t kv_cache_bytes = 0;
  int64_t kv_bytes_per_token = 0;
  int num_kv_blocks = 0;
  int block_size = 0;
  int max_model_len = 0;           // what one sequence may hold
  int max_num_batched_tokens = 0;  // of one step

  // "weights 8.05 GB + workspace 0.06 GB + KV cache 1.20 GB (4,096 tokens) of 22.10 GB available"
  std::string describe() const;
  MemoryUse use() const;
};

// workspace_bytes: what the model needs for max_num_batched_tokens (see cpu_batched_tokens).
// available_bytes: what available_memory() says, or a test's figure. Throws Error{OutOfMemory}, and
// Error{InvalidArgument} for a kv_cache_dtype of the GPU.
MemoryPlan plan_cpu_memory(const EngineConfig& config, const ModelConfig& model,
                           int64_t weight_bytes, int64_t workspace_bytes, int64_t available_bytes);

// Tokens of one step: config.max_num_batched_tokens, or 512 where that is 0.
int cpu_batched_tokens(const EngineConfig& config);

// Bytes of keys and values of one token on the CPU, all layers.
int64_t cpu_kv_bytes_per_token(const ModelConfig& model);

}  // namespace engine
