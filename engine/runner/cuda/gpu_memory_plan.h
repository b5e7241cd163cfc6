// SPDX-License-Identifier: Apache-2.0
// Memory of the CUDA runner, planned before anything is taken.
//
// The budget is gpu_memory_utilization of the whole card, less what others already hold. Weights,
// workspace and a reserve for graphs and libraries come first; the KV cache gets the rest, at most
// what max_num_seqs full contexts can use, or exactly kv_cache_bytes where that is set. A plan in
// which a context of max_model_len (512 tokens where it is 0) has no room is refused with figures.
#pragma once

#include <cstdint>
#include <string>

#include "engine/config.h"
#include "engine/formats/model_config.h"
#include "engine/memory_use.h"

namespace engine {

struct GpuMemoryPlan {
  int64_t total_bytes = 0, free_bytes = 0, budget_bytes = 0;
  int64_t weight_bytes = 0;
  int64_t workspace_bytes = 0;
  int64_t reserve_bytes = 0;  // graphs, libraries
  int64_t kv_cache_bytes = 0;
  int64_t kv_bytes_per_token = 0;
  KvCacheDType kv_cache_dtype = KvCacheDType::Auto;
  int num_kv_blocks = 0;
  int block_size = 0;
  int max_model_len = 0;
  int max_num_seqs = 0;
  int max_num_batched_tokens = 0;

  // "weights 8.04 GB + workspace 0.40 GB + graphs 0.30 GB + KV cache 117.20 GB (794,624 tokens) of
  // 128.80 GB", and the type of the KV cache after its tokens where one was chosen.
  std::string describe() const;
  MemoryUse use() const;
};

// Tokens of one step where max_num_batched_tokens is 0.
int default_batched_tokens(int64_t total_bytes);

// workspace_bytes: for max_num_batched_tokens as resolved by the caller. Throws Error{OutOfMemory,
// InvalidArgument}.
GpuMemoryPlan plan_gpu_memory(const EngineConfig& config, const ModelConfig& model,
                              int64_t weight_bytes, int64_t workspace_bytes,
                              int max_num_batched_tokens, int64_t free_bytes, int64_t total_bytes);

}  // namespace engine
