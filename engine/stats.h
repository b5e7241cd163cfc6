// SPDX-License-Identifier: Apache-2.0
// One snapshot of an engine for status lines, benchmarks and metrics. Plain values, copied under a lock.
#pragma once

#include <cstdint>

namespace engine {

struct EngineStats {
  int num_running = 0;
  int num_waiting = 0;
  int kv_blocks_total = 0;
  int kv_blocks_used = 0;           // held by sequences
  int kv_blocks_cached = 0;         // free, but still holding a hashed prefix
  int64_t prefix_query_tokens = 0;  // prompt tokens looked up in the prefix cache since load
  int64_t prefix_hit_tokens = 0;    // of these, found
  int64_t prompt_tokens = 0;        // computed since load
  int64_t generated_tokens = 0;     // since load
  int64_t num_preemptions = 0;
  int64_t num_steps = 0;
  double tokens_per_s = 0;          // generated, over the last second of work
  double last_ttft_ms = 0;
};

}  // namespace engine
