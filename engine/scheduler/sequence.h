// SPDX-License-Identifier: Apache-2.0
// One request as the scheduler sees it: ids, counters and blocks.
//
// num_computed_tokens <= num_tokens() - (0 or 1) at all times: the newest token's keys and values
// are computed in the step that draws the next one. Owned by whoever submits it; the scheduler
// keeps a pointer from add() until the sequence is finished.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/request.h"

namespace engine {

enum class SequenceStatus { Waiting, Running, Finished };

struct Sequence {
  uint64_t id = 0;
  std::vector<int32_t> token_ids;  // the prompt, then what was generated
  int num_prompt_tokens = 0;
  int max_num_tokens = 0;               // prompt included; reaching it ends the sequence (Length)
  std::vector<int32_t> stop_token_ids;  // drawing one ends it (Stop); empty to ignore them
  bool use_prefix_cache = true;         // whether cached blocks may stand in for computing

  // Kept by the scheduler.
  SequenceStatus status = SequenceStatus::Waiting;
  FinishReason finish_reason = FinishReason::None;
  int num_computed_tokens = 0;  // whose keys and values are in the cache
  int num_cached_tokens = 0;    // of the prompt, found in the cache at the first start
  int num_preemptions = 0;
  bool was_started = false;          // admitted at least once
  std::vector<int32_t> block_table;  // block i holds tokens [i * block_size, (i + 1) * block_size)
  int num_published_blocks = 0;      // of block_table, offered to the prefix cache

  int num_tokens() const { return static_cast<int>(token_ids.size()); }
  int num_uncomputed_tokens() const { return num_tokens() - num_computed_tokens; }
};

}  // namespace engine
