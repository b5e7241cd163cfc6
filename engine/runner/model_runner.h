// SPDX-License-Identifier: Apache-2.0
// Runs batches of one model on one device. Owns weights, KV cache and workspace, all taken at construction:
// run() allocates nothing on the device. Implementations: CpuRunner, and the CUDA runner in runner/cuda.
#pragma once

#include <string>
#include <vector>

#include "engine/formats/model_config.h"
#include "engine/memory_use.h"
#include "engine/runner/batch.h"

namespace engine {

class ModelRunner {
 public:
  virtual ~ModelRunner() = default;

  // One forward pass and the draws: result[i] belongs to batch.sample_rows[i]. Throws Error{Device}.
  virtual std::vector<SampledToken> run(const Batch& batch) = 0;

  virtual const ModelConfig& model_config() const = 0;
  virtual int num_kv_blocks() const = 0;
  virtual int block_size() const = 0;
  virtual int max_num_batched_tokens() const = 0;
  virtual std::string device_name() const = 0;
  // What its memory is used for; nothing when it has no plan.
  virtual MemoryUse memory_use() const { return {}; }
};

}  // namespace engine
