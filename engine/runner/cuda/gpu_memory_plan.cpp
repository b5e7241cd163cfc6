// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/gpu_memory_plan.h"

#include <algorithm>
#include <cstdio>

#include "engine/error.h"

namespace engine {
namespace {

constexpr int64_t kReserveBytes = 384ll << 20;
constexpr int kMinContext = 512;

std::string gigabytes(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

}  // namespace

std::string GpuMemoryPlan::describe() const {
  const std::string type = kv_cache_dtype == KvCacheDType::Auto
                               ? ""
                               : std::string(" in ") + kv_cache_dtype_name(kv_cache_dtype);
  return "weights " + gigabytes(weight_bytes) + " + workspace " + gigabytes(workspace_bytes) +
         " + graphs " + gigabytes(reserve_bytes) + " + KV cache " + gigabytes(kv_cache_bytes) +
         " (" + grouped(static_cast<int64_t>(num_kv_blocks) * block_size) + " tokens" + type +
         ") of " + gigabytes(budget_bytes);
}

MemoryUse GpuMemoryPlan::use() const {
  MemoryUse use;
  use.weights = weight_bytes;
  use.workspace = workspace_bytes;
  use.graphs = reserve_bytes;
  use.kv_cache = kv_cache_bytes;
  use.kv_tokens = int64_t{num_kv_blocks} * block_size;
  use.kv_bits = 8 * kv_cache_element_bytes(kv_cache_dtype);
  use.max_model_len = max_model_len;
  use.available = budget_bytes;
  use.description = describe();
  return use;
}

int default_batched_tokens(int64_t total_bytes) { return total_bytes > (40ll << 30) ? 4096 : 2048; }

GpuMemoryPlan plan_gpu_memory(const EngineConfig& config, const ModelConfig& model,
                              int64_t weight_bytes, int64_t workspace_bytes,
                              int max_num_batched_tokens, int64_t free_bytes, int64_t total_bytes) {
  GpuMemoryPlan plan;
  plan.total_bytes = total_bytes;
  plan.free_bytes = free_bytes;
  plan.weight_bytes = weight_bytes;
  plan.workspace_bytes = workspace_bytes;
  plan.reserve_bytes = kReserveBytes;
  plan.block_size = config.block_size;
  plan.max_num_seqs = config.max_num_seqs;
  plan.max_num_batched_tokens = max_num_batched_tokens;
  plan.kv_cache_dtype = config.kv_cache_dtype;
  plan.kv_bytes_per_token = int64_t{2} * kv_cache_element_bytes(config.kv_cache_dtype) *
                            model.num_hidden_layers * model.kv_size();
  const int64_t others = total_bytes - free_bytes;
  plan.budget_bytes = std::min(
      free_bytes,
      static_cast<int64_t>(static_cast<double>(total_bytes) * config.gpu_memory_utilization) - others);

  if (config.max_model_len > model.max_position_embeddings)
    throw Error(ErrorCode::InvalidArgument,
                "max_model_len is " + std::to_string(config.max_model_len) + ", the model's limit is " +
                    std::to_string(model.max_position_embeddings));
  const int64_t block_bytes = plan.kv_bytes_per_token * plan.block_size;
  const int64_t wanted_context = config.max_model_len > 0
                                     ? config.max_model_len
                                     : std::min(kMinContext, model.max_position_embeddings);
  const int64_t fixed = weight_bytes + workspace_bytes + plan.reserve_bytes;
  const int64_t left = plan.budget_bytes - fixed;
  const int64_t longest =
      config.max_model_len > 0 ? config.max_model_len : model.max_position_embeddings;
  const int64_t useful_blocks =
      (longest + plan.block_size - 1) / plan.block_size * config.max_num_seqs;
  int64_t blocks = config.kv_cache_bytes > 0 ? config.kv_cache_bytes / block_bytes
                                             : std::min(useful_blocks, left / block_bytes);
  blocks = std::min<int64_t>(blocks, INT32_MAX / plan.block_size);
  const int64_t needed_blocks = (wanted_context + plan.block_size - 1) / plan.block_size;
  if (blocks < needed_blocks || blocks * block_bytes > left) {
    const int64_t wanted_bytes = std::max(needed_blocks * block_bytes, config.kv_cache_bytes);
    throw Error(ErrorCode::OutOfMemory,
                "the model does not fit on the GPU: weights " + gigabytes(weight_bytes) +
                    " + workspace " + gigabytes(workspace_bytes) + " + graphs " +
                    gigabytes(plan.reserve_bytes) + " + KV cache " + gigabytes(wanted_bytes) + " (" +
                    grouped(wanted_context) + " tokens) = " + gigabytes(fixed + wanted_bytes) +
                    ", but " + gigabytes(std::max<int64_t>(plan.budget_bytes, 0)) +
                    " may be used (" + gigabytes(free_bytes) + " free of " + gigabytes(total_bytes) +
                    ", gpu_memory_utilization " + std::to_string(config.gpu_memory_utilization) +
                    "); close other programs on the GPU, lower max_model_len or kv_cache_bytes, or "
                    "choose the device cpu");
  }
  plan.num_kv_blocks = static_cast<int>(blocks);
  plan.kv_cache_bytes = blocks * block_bytes;
  plan.max_model_len = static_cast<int>(std::min(longest, blocks * plan.block_size));
  return plan;
}

}  // namespace engine
