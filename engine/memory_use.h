// SPDX-License-Identifier: Apache-2.0
// What a model uses, or would use, of the memory of its device. All sizes in bytes.
#pragma once

#include <cstdint>
#include <string>

namespace engine {

struct MemoryUse {
  int64_t weights = 0;
  int64_t workspace = 0;  // of one step
  int64_t graphs = 0;     // recorded steps and libraries of a GPU; 0 on the CPU
  int64_t kv_cache = 0;
  int64_t kv_tokens = 0;    // what the KV cache holds, all sequences together
  int kv_bits = 0;          // of one of its elements: 8, 16 or 32
  int max_model_len = 0;    // tokens of one sequence
  int64_t available = 0;    // what may be used: free memory, or the share of it that was given
  std::string description;  // in one line, for logs: "weights 8.04 GB + ... of 126.40 GB"

  int64_t used() const { return weights + workspace + graphs + kv_cache; }
};

}  // namespace engine
