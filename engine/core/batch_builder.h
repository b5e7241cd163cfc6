// SPDX-License-Identifier: Apache-2.0
// From what the scheduler decided to what a runner reads. Stepping thread only.
#pragma once

#include <functional>

#include "engine/core/active_request.h"
#include "engine/runner/batch.h"
#include "engine/scheduler/scheduler.h"

namespace engine {

using FindRequest = std::function<const ActiveRequest&(uint64_t id)>;

class BatchBuilder {
 public:
  explicit BatchBuilder(int block_size) : block_size_(block_size) {}

  // The batch is reused by the next call: its arrays keep their memory.
  const Batch& build(const Step& step, const FindRequest& find_request);

 private:
  void clear(const Step& step);
  void add_tokens(const ScheduledSequence& item);
  void add_logits(const ScheduledSequence& item, const ActiveRequest& request);

  const int block_size_;
  Batch batch_;
};

}  // namespace engine
