// SPDX-License-Identifier: Apache-2.0
// One loaded model: requests in, tokens out.
//
// An Engine is always loaded; there is no half state. load(), submit(), abort(), step(), has_work() and the
// destructor belong to one thread, the driver (the window's worker thread, or main() of the command line).
// encoder(), model_info(), config(), memory_use() and stats() may be called from any thread.
//
//   auto engine = Engine::load(config);
//   auto id = engine->submit(engine->encoder()->encode(chat_request), [](const RequestOutput& output) { ... });
//   while (engine->has_work()) engine->step();
//
// The loop inside step(), all of it: schedule, run one forward pass over the mixed batch, commit, publish outputs.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/config.h"
#include "engine/memory_use.h"
#include "engine/model_info.h"
#include "engine/prompt_encoder.h"
#include "engine/request.h"
#include "engine/stats.h"

namespace engine {

class ModelRunner;

// Called on the loading thread with a stage in words ("Reading weights") and progress from 0 to 1.
using LoadProgress = std::function<void(const std::string& stage, double progress)>;

class Engine {
 public:
  // Throws Error; Error{Cancelled} soon after `stop` is requested.
  static std::unique_ptr<Engine> load(const EngineConfig& config, const LoadProgress& progress = {},
                                      std::stop_token stop = {});

  // What load() would use memory for, from the sizes of the model and the memory that is free now,
  // and `freed` bytes that will be by then: those of an engine that is to make room. Nothing is
  // loaded. Throws as load() does: Error{OutOfMemory} has the figures.
  static MemoryUse plan_memory(const EngineConfig& config, int64_t freed = 0);

  // For tests: an engine over any runner, without a tokenizer (outputs carry ids and no text) when encoder is null.
  static std::unique_ptr<Engine> with_runner(const EngineConfig& config, std::unique_ptr<ModelRunner> runner,
                                             std::shared_ptr<const PromptEncoder> encoder = nullptr);
  ~Engine();

  // Queues a request and returns its id. Throws Error{InvalidArgument} (bad sampling value, token id out of range)
  // or Error{ContextTooLong}. Everything later is reported through on_output.
  uint64_t submit(TokenRequest request, OnOutput on_output);

  // Ends a request; its last output (FinishReason::Abort) is delivered inside this call. Unknown ids are ignored.
  void abort(uint64_t request_id);

  // One step over everything there is to do. Returns false when there was nothing. A failure of one request is
  // reported as its output; a failure of the device ends every request with an error and is thrown as Error{Device}.
  bool step();

  bool has_work() const;
  EngineStats stats() const;
  const ModelInfo& model_info() const;
  const EngineConfig& config() const;  // with every 0 ("choose") replaced by what was chosen
  std::string device_name() const;     // "CPU, 2 threads, AVX-512", "NVIDIA H200"
  // What the memory of the device is used for; all zero for a runner without a plan.
  MemoryUse memory_use() const;
  std::string memory_summary() const;  // its description
  std::shared_ptr<const PromptEncoder> encoder() const;

  // Aborts the process with a message when block tables, reference counts and hashes disagree. For tests and idle time.
  void check_integrity() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace engine
