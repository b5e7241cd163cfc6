// SPDX-License-Identifier: Apache-2.0
// An engine over a fake runner, and short words for what its tests ask of it.
#pragma once

#include <QtTest>
#include <memory>
#include <numeric>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "tests/engine/fake_runner.h"

using Tokens = std::vector<int32_t>;

inline constexpr int kVocab = 97;

struct EngineFixture {
  explicit EngineFixture(FakeRunner::Options options = {}, const engine::EngineConfig& config = {})
      : engine(
            engine::Engine::with_runner(config, std::make_unique<FakeRunner>(options, &record))) {}

  // All outputs of one request put together; `outputs` keeps them apart.
  struct Answer {
    uint64_t id = 0;
    Tokens tokens;
    std::vector<engine::RequestOutput> outputs;
    const engine::RequestOutput& last() const { return outputs.back(); }
    bool finished() const { return !outputs.empty() && last().finished(); }
  };

  std::shared_ptr<Answer> submit(engine::TokenRequest request) {
    auto answer = std::make_shared<Answer>();
    answer->id = engine->submit(std::move(request), [answer](const engine::RequestOutput& output) {
      answer->tokens.insert(answer->tokens.end(), output.token_ids.begin(), output.token_ids.end());
      answer->outputs.push_back(output);
    });
    return answer;
  }

  void run() {
    int steps = 0;
    while (engine->has_work()) {
      engine->step();
      engine->check_integrity();
      if (++steps > 100000) qFatal("does not end");
    }
  }

  FakeRunner::Record record;
  std::unique_ptr<engine::Engine> engine;
};

inline Tokens range(int count, int first = 0) {
  Tokens tokens(static_cast<size_t>(count));
  std::iota(tokens.begin(), tokens.end(), first);
  for (int32_t& token : tokens) token %= kVocab;
  return tokens;
}

inline engine::TokenRequest request(const Tokens& prompt, std::optional<int> max_tokens = {}) {
  engine::TokenRequest request;
  request.prompt_token_ids = prompt;
  request.sampling.max_tokens = max_tokens;
  return request;
}

#define NO_PROBLEM(fixture) QCOMPARE(QString::fromStdString((fixture).record.problem), QString())
