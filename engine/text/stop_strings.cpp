// SPDX-License-Identifier: Apache-2.0
#include "engine/text/stop_strings.h"

#include <algorithm>
#include <utility>

namespace engine {
namespace {

std::vector<size_t> failure_table(std::string_view pattern) {
  std::vector<size_t> failure(pattern.size(), 0);
  for (size_t i = 1, border = 0; i < pattern.size(); ++i) {
    while (border > 0 && pattern[i] != pattern[border]) border = failure[border - 1];
    if (pattern[i] == pattern[border]) ++border;
    failure[i] = border;
  }
  return failure;
}

}  // namespace

StopStrings::StopStrings(const std::vector<std::string>& stops) {
  for (const std::string& stop : stops)
    if (!stop.empty()) matchers_.push_back({stop, failure_table(stop)});
}

StopStrings::Result StopStrings::push(std::string_view text) {
  if (matched_) return {};
  if (matchers_.empty()) return {std::string(text)};
  withheld_ += text;
  for (size_t i = withheld_.size() - text.size(); i < withheld_.size(); ++i) {
    size_t match_size = 0;
    for (Matcher& matcher : matchers_) {
      size_t& state = matcher.state;
      while (state > 0 && matcher.pattern[state] != withheld_[i])
        state = matcher.failure[state - 1];
      if (matcher.pattern[state] == withheld_[i]) ++state;
      if (state < matcher.pattern.size()) continue;
      match_size = std::max(match_size, state);
      state = matcher.failure[state - 1];
    }
    if (match_size == 0) continue;
    matched_ = true;
    return {std::exchange(withheld_, {}).substr(0, i + 1 - match_size), true};
  }
  size_t keep = 0;
  for (const Matcher& matcher : matchers_) keep = std::max(keep, matcher.state);
  const size_t emit_size = withheld_.size() - keep;
  Result result{withheld_.substr(0, emit_size)};
  withheld_.erase(0, emit_size);
  return result;
}

std::string StopStrings::flush() {
  for (Matcher& matcher : matchers_) matcher.state = 0;
  return std::exchange(withheld_, {});
}

}  // namespace engine
