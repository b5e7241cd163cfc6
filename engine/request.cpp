// SPDX-License-Identifier: Apache-2.0
#include "engine/request.h"

#include <cmath>
#include <sstream>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr size_t kMaxStops = 16;
constexpr size_t kMaxStopBytes = 1024;
constexpr size_t kMaxLogitBias = 1024;
constexpr int kMaxLogprobs = 20;

template <typename T>
[[noreturn]] void refuse(const char* field, T value, const char* range) {
  std::ostringstream message;
  message << field << " is " << value << "; it must be " << range;
  throw Error(ErrorCode::InvalidArgument, message.str());
}

// Written so that NaN fails: every comparison with it is false.
void check(const char* field, float value, float min, float max, const char* range) {
  if (!(value >= min && value <= max)) refuse(field, value, range);
}

constexpr float kLargest = 3.4e38f;  // infinity is above
constexpr float kSmallest = 1e-30f;  // zero is below

}  // namespace

const char* finish_reason_name(FinishReason reason) {
  switch (reason) {
    case FinishReason::None:
      return "";
    case FinishReason::Stop:
      return "stop";
    case FinishReason::Length:
      return "length";
    case FinishReason::Abort:
      return "abort";
    case FinishReason::Error:
      return "error";
  }
  return "";
}

void SamplingParams::validate() const {
  if (temperature) check("temperature", *temperature, 0, kLargest, "0 or more");
  if (top_k && *top_k < 0) refuse("top_k", *top_k, "0 (all tokens) or more");
  if (top_p) check("top_p", *top_p, kSmallest, 1, "above 0 and at most 1");
  if (min_p) check("min_p", *min_p, 0, 1, "from 0 to 1");
  if (repetition_penalty)
    check("repetition_penalty", *repetition_penalty, kSmallest, kLargest, "above 0");
  check("presence_penalty", presence_penalty, -2, 2, "from -2 to 2");
  check("frequency_penalty", frequency_penalty, -2, 2, "from -2 to 2");
  if (max_tokens && *max_tokens < 1) refuse("max_tokens", *max_tokens, "1 or more");
  if (logprobs < -1 || logprobs > kMaxLogprobs)
    refuse("logprobs", logprobs, "from 0 to 20, or -1 for none");
  if (stop.size() > kMaxStops) refuse("stop", stop.size(), "at most 16 strings");
  for (const std::string& text : stop) {
    if (text.empty()) refuse("stop", "an empty string", "some text");
    if (text.size() > kMaxStopBytes) refuse("stop", text.size(), "at most 1024 bytes long");
  }
  if (logit_bias.size() > kMaxLogitBias)
    refuse("logit_bias", logit_bias.size(), "for at most 1024 tokens");
  for (const auto& [token, bias] : logit_bias)
    check("logit_bias", bias, -100, 100, "from -100 to 100");
}

}  // namespace engine
