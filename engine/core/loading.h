// SPDX-License-Identifier: Apache-2.0
// From a configuration to everything an Engine is made of: device choice, model files, runner.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "engine/config.h"
#include "engine/engine.h"
#include "engine/memory_use.h"
#include "engine/model_info.h"
#include "engine/runner/model_runner.h"

namespace engine {

struct LoadedModel {
  EngineConfig config;  // with device, model and num_threads chosen
  ModelInfo info;
  std::shared_ptr<const PromptEncoder> encoder;
  std::unique_ptr<ModelRunner> runner;
};

// Throws Error; Error{Cancelled} soon after `stop` is requested.
LoadedModel load_model(const EngineConfig& config, const LoadProgress& progress,
                       std::stop_token stop);

// Engine::plan_memory().
MemoryUse plan_model_memory(const EngineConfig& config, int64_t freed);

// The device for a request such as "auto": "cpu" or "cuda:N". Throws Error{Unsupported, Device} for
// one that cannot be used; never falls back in silence.
std::string choose_device(const std::string& requested);

// CPU threads for a request of that many: 0 is one for each core; never more than one for each
// processor this process may use. Those beyond would wait for one another in every loop (64 on 2
// processors took 17 times as long).
int choose_threads(int requested);

}  // namespace engine
