// SPDX-License-Identifier: Apache-2.0
// A token budget for steps of about one second: stop, progress and answers that run beside a long
// prompt wait for the step that is under way, whatever the speed of the machine.
//
// Only for devices whose bits do not depend on how a prompt is cut into chunks (the CPU): the
// budget follows the clock, so chunks differ from run to run.
#pragma once

#include <algorithm>

namespace engine {

class TimeBudget {
 public:
  // Tokens of a step stay within [min_tokens, max_tokens].
  TimeBudget(int min_tokens, int max_tokens)
      : min_tokens_(std::min(min_tokens, max_tokens)),
        max_tokens_(max_tokens),
        tokens_(std::clamp(kFirstTokens, min_tokens_, max_tokens)) {}

  int tokens() const { return tokens_; }

  // After a step. One that did not fill the budget tells nothing about a larger one.
  void add(int num_tokens, double seconds) {
    if (seconds > kTargetSeconds && num_tokens > min_tokens_) {
      const double share = kTargetSeconds / seconds;
      tokens_ = std::max(min_tokens_, static_cast<int>(num_tokens * share));
    } else if (seconds < kTargetSeconds / 2 && num_tokens >= tokens_) {
      tokens_ = std::min(max_tokens_, tokens_ * 2);
    }
  }

  // Smaller chunks would stream all weights from memory for too few tokens.
  static constexpr int kSmallestChunk = 32;

 private:
  static constexpr int kFirstTokens = 128;
  static constexpr double kTargetSeconds = 1;

  int min_tokens_, max_tokens_, tokens_;
};

}  // namespace engine
