// SPDX-License-Identifier: Apache-2.0
// What the user chooses about an engine. Limits that do not fit the model or the machine are refused at load.
#pragma once

#include <cstdint>
#include <string>

#include "engine/kv_cache_dtype.h"

namespace engine {

struct EngineConfig {
  std::string model;             // folder with config.json, *.safetensors, tokenizer.json
  std::string device = "auto";   // "auto" (a usable GPU, else the CPU), "cpu", "cuda", "cuda:N"
  int num_threads = 0;  // CPU threads, at most one for each processor this process may use; 0: for
                        // each physical core
  int max_model_len = 0;         // tokens of one sequence; 0: the model's own limit, or what fits in memory if less
  int max_num_seqs = 32;         // sequences computed together
  int max_num_batched_tokens = 0;  // token budget of one step; 0: 512 on the CPU, 2048 and up on a GPU
  int block_size = 16;           // tokens in one KV block; a power of two from 8 to 256
  KvCacheDType kv_cache_dtype =
      KvCacheDType::Auto;        // one that device or model cannot have is refused at load
  int64_t kv_cache_bytes = 0;    // 0: on the CPU enough for one full context plus a quarter, at most a quarter of free memory
  double gpu_memory_utilization = 0.9;
  bool enable_prefix_caching = true;
  // On a GPU: a request gets the same bits alone and in any batch, at any chunk size, after a
  // prefix hit. 13 to 32 % slower on an H200; prompts several times slower on cards other than
  // compute capability 9.0. The CPU always computes so.
  bool batch_invariant = false;

  friend bool operator==(const EngineConfig&, const EngineConfig&) = default;

  // Throws Error{InvalidArgument} naming field, value and range.
  void validate() const;
};

}  // namespace engine
