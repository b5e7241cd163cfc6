// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_drawing_test.h"

#include <QtTest>
#include <cmath>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/expect_error.h"

using engine::RequestOutput;
using engine::TokenRequest;

void EngineDrawingTest::model_defaults_and_seeds() {
  EngineFixture fixture;
  TokenRequest plain = request(range(3), 1);
  fixture.submit(plain);
  fixture.submit(plain);
  TokenRequest chosen = plain;
  chosen.sampling.temperature = 0.25f;
  chosen.sampling.top_k = 7;
  chosen.sampling.seed = 42;
  chosen.sampling.logit_bias[5] = 1;
  fixture.submit(chosen);
  fixture.run();
  const auto& drawn = fixture.record.sampling;
  QCOMPARE(drawn.size(), size_t(3));
  QCOMPARE(drawn[0].temperature, 1.f);  // neither the request nor the model says anything
  QCOMPARE(drawn[0].top_p, 1.f);
  QCOMPARE(drawn[0].top_k, 0);
  QCOMPARE(drawn[0].position, 3);
  QVERIFY(drawn[0].seed != drawn[1].seed);
  QVERIFY(!drawn[0].logit_bias && drawn[2].logit_bias);
  QCOMPARE(drawn[2].temperature, 0.25f);
  QCOMPARE(drawn[2].top_k, 7);
  QCOMPARE(drawn[2].seed, uint64_t(42));
}

void EngineDrawingTest::penalties_see_the_tokens() {
  EngineFixture fixture;
  fixture.submit(request(range(10), 2));
  fixture.run();
  QCOMPARE(fixture.record.penalty_tokens, (std::vector<size_t>{0, 0}));
  TokenRequest penalised = request(range(10), 3);
  penalised.sampling.frequency_penalty = 0.5f;
  fixture.record.penalty_tokens.clear();
  fixture.submit(penalised);
  fixture.run();
  QCOMPARE(fixture.record.penalty_tokens, (std::vector<size_t>{10, 11, 12}));
}

void EngineDrawingTest::logprobs_are_passed_on() {
  EngineFixture fixture;
  TokenRequest asking = request(range(4), 3);
  asking.sampling.logprobs = 2;
  const auto answer = fixture.submit(asking);
  const auto silent = fixture.submit(request(range(4), 3));
  fixture.run();
  for (const RequestOutput& output : answer->outputs) {
    QCOMPARE(output.logprobs.size(), output.token_ids.size());
    for (const auto& one : output.logprobs) QCOMPARE(one.size(), size_t(3));
  }
  for (const RequestOutput& output : silent->outputs) QVERIFY(output.logprobs.empty());
}

void EngineDrawingTest::logits_of_every_drawn_position() {
  EngineFixture fixture;
  std::vector<int> positions;
  TokenRequest asking = request(range(100), 4);
  asking.on_logits = [&positions](int position, std::span<const float> logits) {
    QCOMPARE(logits.size(), size_t(kVocab));
    positions.push_back(position);
  };
  fixture.submit(asking);
  fixture.run();
  QCOMPARE(positions, (std::vector<int>{99, 100, 101, 102}));
}

// Chunks, a prefix that is in the cache already, a preemption: still each position once, in order.
void EngineDrawingTest::logits_of_every_prompt_position_once() {
  FakeRunner::Options options;
  options.num_blocks = 16;
  EngineFixture fixture(options);
  fixture.submit(request(range(50), 1));
  fixture.run();
  const auto older = fixture.submit(request(range(40, 3), 60));
  std::vector<int> positions;
  TokenRequest asking = request(range(50), 20);
  asking.prompt_logits = true;
  asking.on_logits = [&positions](int position, std::span<const float>) {
    positions.push_back(position);
  };
  const auto answer = fixture.submit(asking);
  fixture.run();
  NO_PROBLEM(fixture);
  QVERIFY(fixture.engine->stats().num_preemptions > 0);
  QCOMPARE(positions, [] {
    auto all = std::vector<int>(69);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }());
  QCOMPARE(answer->last().usage.cached_tokens, 0);
  QCOMPARE(answer->tokens, fake::answer(range(50), 20, kVocab));
}
