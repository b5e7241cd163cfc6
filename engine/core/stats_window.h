// SPDX-License-Identifier: Apache-2.0
// Tokens per second over the last second of work: idle time between steps does not count.
#pragma once

#include <deque>

namespace engine {

class StatsWindow {
 public:
  void add(double seconds, int num_tokens) {
    steps_.push_back({seconds, num_tokens});
    seconds_ += seconds;
    num_tokens_ += num_tokens;
    while (steps_.size() > 1 && seconds_ - steps_.front().seconds >= 1) {
      seconds_ -= steps_.front().seconds;
      num_tokens_ -= steps_.front().num_tokens;
      steps_.pop_front();
    }
  }

  double tokens_per_s() const { return seconds_ > 0 ? num_tokens_ / seconds_ : 0; }

 private:
  struct StepTime {
    double seconds;
    int num_tokens;
  };
  std::deque<StepTime> steps_;
  double seconds_ = 0;
  int num_tokens_ = 0;
};

}  // namespace engine
