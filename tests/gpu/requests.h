// SPDX-License-Identifier: Apache-2.0
// Requests to an engine on the GPU and their answers, bit by bit.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"

struct Answer {
  std::vector<int32_t> tokens;
  std::vector<float> logprobs;
  std::string error;
  bool operator==(const Answer&) const = default;
};

inline engine::TokenRequest request(const std::vector<int32_t>& prompt, int max_tokens,
                                    float temperature = 0) {
  engine::TokenRequest result;
  result.prompt_token_ids = prompt;
  result.sampling.temperature = temperature;
  result.sampling.top_k = 20;
  result.sampling.top_p = 0.9f;
  result.sampling.min_p = 0;
  result.sampling.repetition_penalty = 1;
  result.sampling.seed = 7;
  result.sampling.max_tokens = max_tokens;
  result.sampling.ignore_eos = true;
  return result;
}

inline engine::OnOutput into(Answer* answer) {
  return [answer](const engine::RequestOutput& output) {
    answer->tokens.insert(answer->tokens.end(), output.token_ids.begin(), output.token_ids.end());
    for (const auto& token : output.logprobs) {
      for (const auto& entry : token) answer->logprobs.push_back(entry.logprob);
    }
    answer->error += output.error;
  };
}

// Until all have ended, or far longer than any test here needs.
inline std::vector<Answer> run_all(engine::Engine* engine,
                                   const std::vector<engine::TokenRequest>& requests) {
  std::vector<Answer> answers(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) engine->submit(requests[i], into(&answers[i]));
  int steps = 0;
  while (engine->has_work() && steps < 20000) {
    engine->step();
    ++steps;
  }
  if (engine->has_work()) answers[0].error += "has not ended after 20,000 steps";
  return answers;
}

inline std::vector<int32_t> some_prompt(int length, int seed) {
  std::vector<int32_t> ids;
  for (int i = 0; i < length; ++i) ids.push_back((i * 37 + seed * 101 + i * i % 61) % 1000);
  return ids;
}
