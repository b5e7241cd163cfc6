// SPDX-License-Identifier: Apache-2.0
#include "engine/core/active_request.h"

#include <algorithm>
#include <random>
#include <utility>

namespace engine {
namespace {

uint64_t fresh_seed() {
  std::random_device device;
  return static_cast<uint64_t>(device()) << 32 | device();
}

// A request's value, else the model's (negative: it has none), else the default.
template <typename T>
T resolve(const std::optional<T>& requested, T of_model, T otherwise) {
  return requested ? *requested : of_model >= 0 ? of_model : otherwise;
}

SamplingState resolve_sampling(const SamplingParams& params, const ModelConfig& model) {
  SamplingState state;
  state.temperature = resolve(params.temperature, model.temperature, 1.f);
  state.top_k = resolve(params.top_k, model.top_k, 0);
  state.top_p = resolve(params.top_p, model.top_p, 1.f);
  state.min_p = resolve(params.min_p, model.min_p, 0.f);
  state.repetition_penalty = resolve(params.repetition_penalty, model.repetition_penalty, 1.f);
  state.presence_penalty = params.presence_penalty;
  state.frequency_penalty = params.frequency_penalty;
  state.seed = params.seed ? *params.seed : fresh_seed();
  state.logprobs = params.logprobs;
  return state;
}

double milliseconds(ActiveRequest::Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

ActiveRequest::ActiveRequest(uint64_t id, TokenRequest request, OnOutput on_output,
                             int max_num_tokens, const ModelConfig& model,
                             const Tokenizer* tokenizer)
    : id_(id),
      request_(std::move(request)),
      on_output_(std::move(on_output)),
      sampling_(resolve_sampling(request_.sampling, model)),
      stop_strings_(request_.sampling.stop) {
  if (!request_.sampling.logit_bias.empty()) sampling_.logit_bias = &request_.sampling.logit_bias;
  if (tokenizer) detokenizer_.emplace(*tokenizer);
  sequence_.id = id;
  sequence_.token_ids = std::exchange(request_.prompt_token_ids, {});
  sequence_.num_prompt_tokens = sequence_.num_tokens();
  sequence_.max_num_tokens = max_num_tokens;
  if (!request_.sampling.ignore_eos) sequence_.stop_token_ids = model.eos_token_ids;
  sequence_.use_prefix_cache = !wants_prompt_logits();
}

SamplingState ActiveRequest::sampling_state() const {
  SamplingState state = sampling_;
  state.position = sequence_.num_tokens();
  const bool penalised =
      state.repetition_penalty != 1 || state.presence_penalty != 0 || state.frequency_penalty != 0;
  if (!penalised) return state;
  const std::span tokens(sequence_.token_ids);
  const auto prompt = static_cast<size_t>(sequence_.num_prompt_tokens);
  state.prompt_token_ids = tokens.first(prompt);
  state.output_token_ids = tokens.subspan(prompt);
  return state;
}

const LogitsSink* ActiveRequest::sink_for(int position, bool samples) const {
  if (!request_.on_logits || position < num_delivered_logits_) return nullptr;
  const bool wanted = samples || (wants_prompt_logits() && position < sequence_.num_prompt_tokens);
  return wanted ? &request_.on_logits : nullptr;
}

void ActiveRequest::logits_delivered(int end_position) {
  num_delivered_logits_ = std::max(num_delivered_logits_, end_position);
}

void ActiveRequest::step_started(Clock::time_point now) {
  if (!started_) started_ = now;
}

void ActiveRequest::add_token(const SampledToken& token, Clock::time_point now) {
  if (!first_token_) first_token_ = now;
  ++num_output_tokens_;
  next_.token_ids.push_back(token.token_id);
  if (sampling_.logprobs >= 0) next_.logprobs.push_back(token.logprobs);
  // The token that ends the answer is no part of its text.
  if (detokenizer_ && sequence_.finish_reason != FinishReason::Stop)
    emit(detokenizer_->push(token.token_id));
}

void ActiveRequest::emit(const std::string& text) {
  if (text.empty() || matched_stop_string_) return;
  StopStrings::Result result = stop_strings_.push(text);
  next_.text += result.text;
  matched_stop_string_ = result.matched;
}

RequestOutput ActiveRequest::take_output(FinishReason reason, const std::string& error,
                                         Clock::time_point now) {
  if (reason != FinishReason::None && detokenizer_) {
    emit(detokenizer_->flush());
    next_.text += stop_strings_.flush();
  }
  RequestOutput output = std::exchange(next_, {});
  output.request_id = id_;
  output.finish_reason = reason;
  output.error = error;
  num_computed_prompt_tokens_ =
      std::max(num_computed_prompt_tokens_,
               std::min(sequence_.num_computed_tokens, sequence_.num_prompt_tokens));
  output.num_computed_prompt_tokens = num_computed_prompt_tokens_;
  output.usage = {sequence_.num_prompt_tokens, sequence_.num_cached_tokens, num_output_tokens_};
  Timings& timings = output.timings;
  timings.total_ms = milliseconds(now - submitted_);
  timings.queue_ms = started_ ? milliseconds(*started_ - submitted_) : timings.total_ms;
  timings.ttft_ms = ttft_ms();
  const double generating_ms = timings.total_ms - timings.ttft_ms;
  if (num_output_tokens_ > 1 && generating_ms > 0)
    timings.tokens_per_s = (num_output_tokens_ - 1) * 1000.0 / generating_ms;
  return output;
}

double ActiveRequest::ttft_ms() const {
  return first_token_ ? milliseconds(*first_token_ - submitted_) : 0;
}

}  // namespace engine
