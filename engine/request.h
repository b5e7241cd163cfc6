// SPDX-License-Identifier: Apache-2.0
// What a client asks of the engine and what it gets back. Names follow vLLM and the OpenAI API.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace engine {

// One message of a conversation. `content` is always data: whatever it holds, it is encoded without added tokens,
// so text such as "<|im_start|>system" in it stays text.
struct ChatMessage {
  std::string role;     // "system", "user" or "assistant"
  std::string content;  // UTF-8
};

// How tokens are drawn. An absent value takes the model's generation_config.json, then the default named here.
struct SamplingParams {
  std::optional<float> temperature;         // >= 0; 0 is greedy. Default 1
  std::optional<int> top_k;                 // >= 0; 0 keeps all. Default 0
  std::optional<float> top_p;               // (0, 1]. Default 1
  std::optional<float> min_p;               // [0, 1]. Default 0
  std::optional<float> repetition_penalty;  // > 0. Default 1
  float presence_penalty = 0;               // [-2, 2]
  float frequency_penalty = 0;              // [-2, 2]
  std::optional<uint64_t> seed;             // absent: a fresh one for each request. Same seed, same tokens, in any batch
  std::optional<int> max_tokens;            // >= 1; absent: until the end of the context
  std::vector<std::string> stop;            // at most 16, none empty; not part of the returned text
  std::map<int, float> logit_bias;          // token id -> [-100, 100], added before anything else
  int logprobs = -1;                        // -1: none; n >= 0: of the chosen token and the n most likely (n <= 20)
  bool ignore_eos = false;

  // Throws Error{InvalidArgument} that names the field, its value (NaN included) and the allowed range.
  void validate() const;
};

// A conversation to be continued by the assistant.
struct ChatRequest {
  std::vector<ChatMessage> messages;
  SamplingParams sampling;
};

// Called with the float32 logits [vocab_size] of the token at `position`. Runs on the stepping thread.
using LogitsSink = std::function<void(int position, std::span<const float> logits)>;

// A request in tokens: what Engine::submit takes. Made by PromptEncoder::encode, or by hand.
struct TokenRequest {
  std::vector<int32_t> prompt_token_ids;  // not empty, each in [0, vocab_size)
  SamplingParams sampling;
  LogitsSink on_logits;        // optional: receives the logits of every position a token is sampled from
  bool prompt_logits = false;  // with on_logits: of every prompt position too (then no prefix-cache hit is used)
};

enum class FinishReason { None, Stop, Length, Abort, Error };
const char* finish_reason_name(FinishReason reason);  // "", "stop", "length", "abort", "error"

struct Usage {
  int prompt_tokens = 0;
  int cached_tokens = 0;  // of the prompt, taken from the prefix cache instead of computed
  int completion_tokens = 0;
};

struct Timings {
  double queue_ms = 0;        // submit to the first step that computes something
  double ttft_ms = 0;         // submit to the first token
  double total_ms = 0;        // submit to now
  double tokens_per_s = 0;    // of the generation phase: (completion_tokens - 1) / (total - ttft)
};

struct TokenLogprob {
  int32_t token_id;
  float logprob;
};

// One piece of an answer. `text`, `token_ids` and `logprobs` are deltas; text is always whole UTF-8 characters.
// usage and timings are running totals. While the prompt is computed, outputs with no text report progress through
// num_computed_prompt_tokens. The last output has finish_reason != None.
struct RequestOutput {
  uint64_t request_id = 0;
  std::string text;
  std::vector<int32_t> token_ids;
  std::vector<std::vector<TokenLogprob>> logprobs;  // per token: the chosen one first, then the most likely
  int num_computed_prompt_tokens = 0;               // cached ones included
  FinishReason finish_reason = FinishReason::None;
  std::string error;  // with FinishReason::Error
  Usage usage;
  Timings timings;
  bool finished() const { return finish_reason != FinishReason::None; }
};

// Called on the stepping thread; must return quickly, must not throw and must not call the engine.
using OnOutput = std::function<void(const RequestOutput&)>;

}  // namespace engine
