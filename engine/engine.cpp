// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/core/active_request.h"
#include "engine/core/batch_builder.h"
#include "engine/core/loading.h"
#include "engine/core/stats_window.h"
#include "engine/core/time_budget.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/runner/model_runner.h"
#include "engine/scheduler/scheduler.h"

namespace engine {
namespace {

using Clock = ActiveRequest::Clock;

#if !defined(NDEBUG) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCheckWhenIdle = true;
#else
constexpr bool kCheckWhenIdle = false;
#endif

// Every 0 ("choose") becomes what this runner gives.
EngineConfig resolve(EngineConfig config, const ModelRunner& runner) {
  const int64_t capacity = static_cast<int64_t>(runner.num_kv_blocks()) * runner.block_size();
  const int64_t limit = std::min<int64_t>(capacity, runner.model_config().max_position_embeddings);
  if (config.max_model_len > limit)
    throw Error(
        capacity < config.max_model_len ? ErrorCode::OutOfMemory : ErrorCode::InvalidArgument,
        "max_model_len is " + std::to_string(config.max_model_len) + " tokens; the model allows " +
            std::to_string(runner.model_config().max_position_embeddings) +
            " and the cache holds " + std::to_string(capacity));
  if (config.max_model_len == 0) config.max_model_len = static_cast<int>(limit);
  config.block_size = runner.block_size();
  const int budget = runner.max_num_batched_tokens();
  config.max_num_batched_tokens =
      config.max_num_batched_tokens == 0 ? budget : std::min(config.max_num_batched_tokens, budget);
  return config;
}

// What the sampler gives where no logit is finite (kernels/sampling.h): weights that hold NaN or
// infinity, or that overflow. It is no token, and nothing can follow it.
constexpr int32_t kNoToken = -1;
constexpr const char* kNoTokenError =
    "the model computed no finite numbers: its weights are broken; download the model again, or "
    "choose another one";

// Attention over c tokens of context costs as much as the matrix products of one token where
// 4 * layers * q_size * c = 2 * parameters of the layers.
int context_tokens_per_token_cost(const ModelConfig& model) {
  const int64_t hidden = model.hidden_size;
  const int64_t layer =
      hidden * (2 * model.q_size() + 2 * model.kv_size()) + 3 * hidden * model.intermediate_size;
  return static_cast<int>(std::clamp<int64_t>(layer / (2 * model.q_size()), 1, INT32_MAX));
}

SchedulerConfig scheduler_config(const EngineConfig& config, const ModelRunner& runner) {
  SchedulerConfig scheduler;
  scheduler.num_blocks = runner.num_kv_blocks();
  scheduler.block_size = runner.block_size();
  scheduler.max_num_seqs = config.max_num_seqs;
  scheduler.max_num_batched_tokens = config.max_num_batched_tokens;
  scheduler.enable_prefix_caching = config.enable_prefix_caching;
  scheduler.context_tokens_per_token_cost = context_tokens_per_token_cost(runner.model_config());
  return scheduler;
}

// On the CPU a chosen budget is the upper end of one that follows the clock; one that somebody
// asked for is kept as it is.
std::optional<TimeBudget> time_budget(const EngineConfig& requested, const EngineConfig& resolved) {
  if (resolved.device != "cpu" || requested.max_num_batched_tokens != 0) return std::nullopt;
  return TimeBudget(TimeBudget::kSmallestChunk, resolved.max_num_batched_tokens);
}

ModelInfo info_of(const ModelConfig& model) {
  ModelInfo info;
  info.architecture = model.architecture;
  info.max_context = model.max_position_embeddings;
  info.kv_bytes_per_token = 2ll * 2 * model.num_hidden_layers * model.kv_size();
  return info;
}

}  // namespace

struct Engine::Impl {
  Impl(const EngineConfig& requested, ModelInfo model_info,
       std::unique_ptr<ModelRunner> model_runner,
       std::shared_ptr<const PromptEncoder> prompt_encoder)
      : runner(std::move(model_runner)),
        encoder(std::move(prompt_encoder)),
        config(resolve(requested, *runner)),
        info(std::move(model_info)),
        scheduler(scheduler_config(config, *runner)),
        budget(time_budget(requested, config)),
        batch_builder(runner->block_size()) {
    update_stats();
  }

  ActiveRequest& find(uint64_t id) {
    const auto place = requests.find(id);
    CHECK(place != requests.end(), "a sequence without a request");
    return *place->second;
  }

  void check_request(const TokenRequest& request) const;
  void publish(const Step& step, const std::vector<SampledToken>& tokens);
  void end(uint64_t id, FinishReason reason, const std::string& error = {});
  void fail(const Step& step, const std::exception& problem);
  void update_stats();

  // Constant after construction.
  const std::unique_ptr<ModelRunner> runner;
  const std::shared_ptr<const PromptEncoder> encoder;
  const EngineConfig config;
  const ModelInfo info;

  // Stepping thread.
  Scheduler scheduler;
  std::optional<TimeBudget> budget;
  BatchBuilder batch_builder;
  std::unordered_map<uint64_t, std::unique_ptr<ActiveRequest>> requests;
  uint64_t last_id = 0;
  std::string device_failure;  // not empty once the device has failed
  StatsWindow window;
  EngineStats running_stats;

  // Copied for any thread.
  mutable std::mutex stats_mutex;
  EngineStats published_stats;
};

void Engine::Impl::check_request(const TokenRequest& request) const {
  const int vocab_size = runner->model_config().vocab_size;
  const auto refuse = [](const std::string& message) {
    throw Error(ErrorCode::InvalidArgument, message);
  };
  request.sampling.validate();
  if (request.prompt_token_ids.empty()) refuse("the prompt is empty; give at least one token");
  for (const int32_t id : request.prompt_token_ids)
    if (id < 0 || id >= vocab_size)
      refuse("the prompt holds the token id " + std::to_string(id) +
             "; this model has ids from 0 to " + std::to_string(vocab_size - 1));
  for (const auto& [id, bias] : request.sampling.logit_bias)
    if (id < 0 || id >= vocab_size)
      refuse("logit_bias names the token id " + std::to_string(id) +
             "; this model has ids from 0 to " + std::to_string(vocab_size - 1));
  if (!encoder && !request.sampling.stop.empty())
    refuse("stop strings need a tokenizer, and this engine has none");
  const auto num_tokens = request.prompt_token_ids.size();
  if (num_tokens < static_cast<size_t>(config.max_model_len)) return;
  const int of_model = runner->model_config().max_position_embeddings;
  throw Error(
      ErrorCode::ContextTooLong,
      "the prompt has " + std::to_string(num_tokens) + " tokens; the context holds " +
          std::to_string(config.max_model_len) + ", the answer included: shorten the prompt" +
          (config.max_model_len < of_model
               ? " or, where memory allows, raise the context length (this model goes up to " +
                     std::to_string(of_model) + ")"
               : " (this model cannot hold more)"));
}

// Removed first, told last: the callback sees an engine that has forgotten the request.
void Engine::Impl::end(uint64_t id, FinishReason reason, const std::string& error) {
  const auto place = requests.find(id);
  const std::unique_ptr<ActiveRequest> request = std::move(place->second);
  requests.erase(place);
  if (request->sequence().status != SequenceStatus::Finished)
    scheduler.finish(&request->sequence(), reason);
  const RequestOutput output = request->take_output(reason, error, Clock::now());
  spdlog::debug("request {} ended ({}): {} prompt tokens ({} cached), {} generated, {:.0f} ms", id,
                finish_reason_name(reason), output.usage.prompt_tokens, output.usage.cached_tokens,
                output.usage.completion_tokens, output.timings.total_ms);
  if (request->on_output()) request->on_output()(output);
}

// After a failure of the device nothing can go on. After any other, what the step would have
// written is unknown, so that its sequences cannot.
void Engine::Impl::fail(const Step& step, const std::exception& problem) {
  spdlog::error("a step of {} tokens failed: {}", step.num_tokens, problem.what());
  std::vector<uint64_t> ids;
  const auto* error = dynamic_cast<const Error*>(&problem);
  if (error && error->code() == ErrorCode::Device) {
    device_failure = problem.what();
    for (const auto& [id, request] : requests) ids.push_back(id);
    std::ranges::sort(ids);
  } else {
    for (const ScheduledSequence& item : step.sequences) ids.push_back(item.sequence->id);
  }
  for (const uint64_t id : ids) end(id, FinishReason::Error, problem.what());
  update_stats();
}

void Engine::Impl::publish(const Step& step, const std::vector<SampledToken>& tokens) {
  const auto now = Clock::now();
  size_t next = 0;
  for (const ScheduledSequence& item : step.sequences) {
    const uint64_t id = item.sequence->id;
    ActiveRequest& request = find(id);
    request.logits_delivered(item.sequence->num_computed_tokens);
    const int num_prompt = item.sequence->num_prompt_tokens;
    const int end_position = item.sequence->num_computed_tokens;
    running_stats.prompt_tokens += std::min(end_position, num_prompt) -
                                   std::min(end_position - item.num_new_tokens, num_prompt);
    if (item.samples && tokens[next].token_id == kNoToken) {
      ++next;
      end(id, FinishReason::Error, kNoTokenError);
      continue;
    }
    if (item.samples) {
      request.add_token(tokens[next++], now);
      ++running_stats.generated_tokens;
      running_stats.last_ttft_ms = request.ttft_ms();
    }
    const FinishReason reason =
        request.matched_stop_string() ? FinishReason::Stop : item.sequence->finish_reason;
    if (reason != FinishReason::None) {
      end(id, reason);
    } else if (request.on_output()) {
      request.on_output()(request.take_output(FinishReason::None, {}, now));
    }
  }
}

void Engine::Impl::update_stats() {
  EngineStats& stats = running_stats;
  const BlockManager& blocks = scheduler.blocks();
  stats.num_running = scheduler.num_running();
  stats.num_waiting = scheduler.num_waiting();
  stats.kv_blocks_total = blocks.num_blocks();
  stats.kv_blocks_used = blocks.num_used_blocks();
  stats.kv_blocks_cached = blocks.num_cached_blocks();
  stats.prefix_query_tokens = scheduler.prefix_query_tokens();
  stats.prefix_hit_tokens = scheduler.prefix_hit_tokens();
  stats.num_preemptions = scheduler.num_preemptions();
  stats.tokens_per_s = window.tokens_per_s();
  const std::lock_guard lock(stats_mutex);
  published_stats = stats;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

std::unique_ptr<Engine> Engine::load(const EngineConfig& config, const LoadProgress& progress,
                                     std::stop_token stop) {
  config.validate();
  LoadedModel loaded = load_model(config, progress, std::move(stop));
  auto impl = std::make_unique<Impl>(loaded.config, std::move(loaded.info),
                                     std::move(loaded.runner), std::move(loaded.encoder));
  spdlog::info("loaded {} on {}: context {}, {} KV blocks of {}", printable(impl->info.name),
               impl->runner->device_name(), impl->config.max_model_len,
               impl->runner->num_kv_blocks(), impl->config.block_size);
  if (const std::string plan = impl->runner->memory_use().description; !plan.empty())
    spdlog::info("memory: {}", plan);
  return std::unique_ptr<Engine>(new Engine(std::move(impl)));
}

MemoryUse Engine::plan_memory(const EngineConfig& config, int64_t freed) {
  config.validate();
  return plan_model_memory(config, freed);
}

std::unique_ptr<Engine> Engine::with_runner(const EngineConfig& config,
                                            std::unique_ptr<ModelRunner> runner,
                                            std::shared_ptr<const PromptEncoder> encoder) {
  config.validate();
  ModelInfo info = info_of(runner->model_config());
  return std::unique_ptr<Engine>(new Engine(
      std::make_unique<Impl>(config, std::move(info), std::move(runner), std::move(encoder))));
}

uint64_t Engine::submit(TokenRequest request, OnOutput on_output) {
  Impl& engine = *impl_;
  if (!engine.device_failure.empty()) throw Error(ErrorCode::Device, engine.device_failure);
  engine.check_request(request);
  const int64_t wanted = static_cast<int64_t>(request.prompt_token_ids.size()) +
                         request.sampling.max_tokens.value_or(engine.config.max_model_len);
  const auto max_num_tokens =
      static_cast<int>(std::min<int64_t>(wanted, engine.config.max_model_len));
  const uint64_t id = ++engine.last_id;
  auto active = std::make_unique<ActiveRequest>(
      id, std::move(request), std::move(on_output), max_num_tokens, engine.runner->model_config(),
      engine.encoder ? &engine.encoder->tokenizer() : nullptr);
  engine.scheduler.add(&active->sequence());
  engine.requests.emplace(id, std::move(active));
  engine.update_stats();
  return id;
}

void Engine::abort(uint64_t request_id) {
  if (!impl_->requests.contains(request_id)) return;
  impl_->end(request_id, FinishReason::Abort);
  impl_->update_stats();
}

bool Engine::step() {
  Impl& engine = *impl_;
  if (!has_work()) return false;
  const auto begin = Clock::now();
  const Step step = engine.scheduler.schedule(engine.budget ? engine.budget->tokens()
                                                            : engine.config.max_num_batched_tokens);
  for (const ScheduledSequence& item : step.sequences)
    engine.find(item.sequence->id).step_started(begin);
  std::vector<SampledToken> tokens;
  try {
    tokens = engine.runner->run(engine.batch_builder.build(
        step, [&engine](uint64_t id) -> const ActiveRequest& { return engine.find(id); }));
  } catch (const std::exception& problem) {
    engine.fail(step, problem);
    if (!engine.device_failure.empty()) throw;
    return true;
  }
  std::vector<int32_t> token_ids;
  // The scheduler takes any token in the place of none: publish() ends that sequence.
  for (const SampledToken& token : tokens)
    token_ids.push_back(token.token_id == kNoToken ? 0 : token.token_id);
  engine.scheduler.commit(step, token_ids);
  engine.publish(step, tokens);
  ++engine.running_stats.num_steps;
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  engine.window.add(seconds, step.num_samples);
  if (engine.budget) engine.budget->add(step.num_tokens, seconds);
  engine.update_stats();
  if (kCheckWhenIdle && !has_work()) check_integrity();
  return true;
}

bool Engine::has_work() const { return impl_->scheduler.has_work(); }

EngineStats Engine::stats() const {
  const std::lock_guard lock(impl_->stats_mutex);
  return impl_->published_stats;
}

const ModelInfo& Engine::model_info() const { return impl_->info; }
const EngineConfig& Engine::config() const { return impl_->config; }
std::string Engine::device_name() const { return impl_->runner->device_name(); }
MemoryUse Engine::memory_use() const { return impl_->runner->memory_use(); }
std::string Engine::memory_summary() const { return memory_use().description; }
std::shared_ptr<const PromptEncoder> Engine::encoder() const { return impl_->encoder; }

void Engine::check_integrity() const {
  impl_->scheduler.check_integrity();
  CHECK(impl_->requests.size() ==
            static_cast<size_t>(impl_->scheduler.num_running() + impl_->scheduler.num_waiting()),
        "requests and sequences disagree");
}

}  // namespace engine
