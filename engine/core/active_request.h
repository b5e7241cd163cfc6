// SPDX-License-Identifier: Apache-2.0
// A request between submit and its last output: the sequence, how its tokens are drawn, its text so
// far and its clock. Stepping thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/formats/model_config.h"
#include "engine/request.h"
#include "engine/runner/batch.h"
#include "engine/scheduler/sequence.h"
#include "engine/text/detokenizer.h"
#include "engine/text/stop_strings.h"

namespace engine {

class ActiveRequest {
 public:
  using Clock = std::chrono::steady_clock;

  // `request` is checked already. `max_num_tokens`: prompt and answer together. Without a tokenizer
  // outputs carry ids only.
  ActiveRequest(uint64_t id, TokenRequest request, OnOutput on_output, int max_num_tokens,
                const ModelConfig& model, const Tokenizer* tokenizer);
  ActiveRequest(const ActiveRequest&) = delete;
  ActiveRequest& operator=(const ActiveRequest&) = delete;

  Sequence& sequence() { return sequence_; }
  const OnOutput& on_output() const { return on_output_; }

  // Parameters of the next draw. Its spans hold until the sequence changes.
  SamplingState sampling_state() const;

  // Where the logits of the token at `position` go: nullptr when nobody looks or they were
  // delivered before a preemption. `samples`: the next token is drawn from them.
  const LogitsSink* sink_for(int position, bool samples) const;
  bool wants_prompt_logits() const { return request_.on_logits && request_.prompt_logits; }
  void logits_delivered(int end_position);

  void step_started(Clock::time_point now);

  // One more token of the answer, after the scheduler has it. Text that completes a stop string
  // sets matched_stop_string(); the caller then ends the sequence.
  void add_token(const SampledToken& token, Clock::time_point now);
  bool matched_stop_string() const { return matched_stop_string_; }

  // What came since the last output. With a finish reason it is the last one and holds the text
  // that was withheld.
  RequestOutput take_output(FinishReason reason, const std::string& error, Clock::time_point now);

  double ttft_ms() const;  // 0 before the first token

 private:
  void emit(const std::string& text);

  const uint64_t id_;
  TokenRequest request_;  // without its prompt, which the sequence holds
  const OnOutput on_output_;
  Sequence sequence_;
  SamplingState sampling_;  // what does not change from draw to draw
  std::optional<Detokenizer> detokenizer_;
  StopStrings stop_strings_;
  bool matched_stop_string_ = false;
  RequestOutput next_;  // deltas since the last output
  int num_output_tokens_ = 0;
  int num_computed_prompt_tokens_ = 0;  // never goes back, whatever a preemption does
  int num_delivered_logits_ = 0;        // positions [0, this) were given to on_logits
  const Clock::time_point submitted_ = Clock::now();
  std::optional<Clock::time_point> started_, first_token_;
};

}  // namespace engine
