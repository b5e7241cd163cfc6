// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/memory_plan.h"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "engine/error.h"

namespace engine {
namespace {

constexpr int kDefaultBatchedTokens = 512;
constexpr int kSmallestContext = 512;
// For the rest of the process: tokenizer, window, documents.
constexpr int64_t kReservedBytes = 128ll << 20;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

std::string gigabytes(int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f GB", static_cast<double>(bytes) / 1e9);
  return text;
}

[[noreturn]] void refuse(const std::string& what, const std::string& advice) {
  throw Error(ErrorCode::OutOfMemory, what + "; " + advice);
}

int64_t block_bytes(const MemoryPlan& plan) { return plan.kv_bytes_per_token * plan.block_size; }

// Blocks of the cache from `free` bytes, by the rules in the header.
int64_t choose_blocks(const EngineConfig& config, const ModelConfig& model, const MemoryPlan& plan,
                      int64_t free) {
  if (config.kv_cache_bytes > 0) return config.kv_cache_bytes / block_bytes(plan);
  const int64_t context =
      config.max_model_len > 0 ? config.max_model_len : model.max_position_embeddings;
  const int64_t one = ceil_div(context, plan.block_size);
  const int64_t wanted = one + ceil_div(one, 4);
  const int64_t quarter = free / 4 / block_bytes(plan);
  if (config.max_model_len > 0) {
    const int64_t most = free / 10 * 9 / block_bytes(plan);
    return std::min(wanted, std::max(quarter, std::min(one, most)));
  }
  const int64_t least = ceil_div(std::min<int64_t>(context, kSmallestContext), plan.block_size);
  return std::min(wanted, std::max(quarter, std::min(least, free / block_bytes(plan))));
}

}  // namespace

int cpu_batched_tokens(const EngineConfig& config) {
  return config.max_num_batched_tokens > 0 ? config.max_num_batched_tokens : kDefaultBatchedTokens;
}

int64_t cpu_kv_bytes_per_token(const ModelConfig& model) {
  return int64_t{model.num_hidden_layers} * 2 * model.kv_size() *
         static_cast<int64_t>(sizeof(float));
}

std::string MemoryPlan::describe() const {
  return "weights " + gigabytes(weight_bytes) + " + workspace " + gigabytes(workspace_bytes) +
         " + KV cache " + gigabytes(kv_cache_bytes) + " (" +
         std::to_string(int64_t{num_kv_blocks} * block_size) + " tokens) of " +
         gigabytes(available_bytes) + " available";
}

MemoryUse MemoryPlan::use() const {
  MemoryUse use;
  use.weights = weight_bytes;
  use.workspace = workspace_bytes;
  use.kv_cache = kv_cache_bytes;
  use.kv_tokens = int64_t{num_kv_blocks} * block_size;
  use.kv_bits = 8 * sizeof(float);
  use.max_model_len = max_model_len;
  use.available = available_bytes;
  use.description = describe();
  return use;
}

MemoryPlan plan_cpu_memory(const EngineConfig& config, const ModelConfig& model,
                           int64_t weight_bytes, int64_t workspace_bytes, int64_t available_bytes) {
  if (config.kv_cache_dtype != KvCacheDType::Auto)
    throw Error(ErrorCode::InvalidArgument,
                std::string("kv_cache_dtype is ") + kv_cache_dtype_name(config.kv_cache_dtype) +
                    "; the CPU keeps its KV cache in float32 only: choose auto, or a GPU");
  MemoryPlan plan;
  plan.available_bytes = available_bytes;
  plan.weight_bytes = weight_bytes;
  plan.workspace_bytes = workspace_bytes;
  plan.kv_bytes_per_token = cpu_kv_bytes_per_token(model);
  plan.block_size = config.block_size;
  plan.max_num_batched_tokens = cpu_batched_tokens(config);

  const int64_t free = available_bytes - kReservedBytes - weight_bytes - workspace_bytes;
  if (free <= 0)
    refuse("the model needs " + gigabytes(weight_bytes) + " for its weights and " +
               gigabytes(workspace_bytes) + " of workspace, but " + gigabytes(available_bytes) +
               " of memory are available",
           "close other programs or choose a smaller model");

  const int64_t blocks = choose_blocks(config, model, plan, free);
  const int64_t most_blocks = std::numeric_limits<int32_t>::max() / plan.block_size;
  plan.num_kv_blocks = static_cast<int>(std::min(blocks, most_blocks));
  plan.kv_cache_bytes = plan.num_kv_blocks * block_bytes(plan);
  if (plan.kv_cache_bytes > free)
    refuse("a KV cache of " + gigabytes(plan.kv_cache_bytes) + " does not fit: " + gigabytes(free) +
               " of " + gigabytes(available_bytes) +
               " are left beside the weights and the workspace",
           "lower kv_cache_bytes, close other programs or choose a smaller model");

  const int64_t capacity = int64_t{plan.num_kv_blocks} * plan.block_size;
  const int64_t needed = config.max_model_len > 0
                             ? config.max_model_len
                             : std::min(model.max_position_embeddings, kSmallestContext);
  if (capacity < needed)
    refuse("a context of " + std::to_string(needed) + " tokens needs " +
               gigabytes(needed * plan.kv_bytes_per_token) + " of KV cache, but " +
               gigabytes(config.kv_cache_bytes > 0 ? plan.kv_cache_bytes : free / 10 * 9) +
               " are there for it",
           config.kv_cache_bytes > 0 ? "raise kv_cache_bytes or lower max_model_len"
                                     : "lower max_model_len, close other programs or choose a "
                                       "smaller model");
  plan.max_model_len = static_cast<int>(std::min<int64_t>(
      capacity, config.max_model_len > 0 ? config.max_model_len : model.max_position_embeddings));
  return plan;
}

}  // namespace engine
