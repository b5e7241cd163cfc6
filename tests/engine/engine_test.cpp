// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_test.h"

#include <QtTest>
#include <atomic>
#include <random>
#include <thread>

#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/expect_error.h"
#include "tests/engine/fake_runner.h"

using engine::EngineConfig;
using engine::ErrorCode;
using engine::FinishReason;
using engine::RequestOutput;
using engine::TokenRequest;

void EngineTest::one_request() {
  EngineFixture fixture;
  QVERIFY(!fixture.engine->step());
  const auto answer = fixture.submit(request(range(10), 20));
  QVERIFY(fixture.engine->has_work());
  QVERIFY(answer->outputs.empty());
  fixture.run();
  NO_PROBLEM(fixture);
  QCOMPARE(answer->tokens, fake::answer(range(10), 20, kVocab));
  QCOMPARE(answer->outputs.size(), size_t(20));
  const RequestOutput& last = answer->last();
  QCOMPARE(last.request_id, answer->id);
  QCOMPARE(last.finish_reason, FinishReason::Length);
  QCOMPARE(last.usage.prompt_tokens, 10);
  QCOMPARE(last.usage.completion_tokens, 20);
  QCOMPARE(last.usage.cached_tokens, 0);
  QCOMPARE(last.num_computed_prompt_tokens, 10);
  QVERIFY(last.text.empty() && last.error.empty());
  QVERIFY(last.timings.queue_ms >= 0 && last.timings.queue_ms <= last.timings.ttft_ms);
  QVERIFY(last.timings.ttft_ms <= last.timings.total_ms && last.timings.tokens_per_s > 0);
  const engine::EngineStats stats = fixture.engine->stats();
  QCOMPARE(stats.prompt_tokens, int64_t(10));
  QCOMPARE(stats.generated_tokens, int64_t(20));
  QCOMPARE(stats.num_steps, int64_t(20));
  QCOMPARE(stats.num_running + stats.num_waiting + stats.kv_blocks_used, 0);
  QCOMPARE(stats.kv_blocks_total, 64);
  QCOMPARE(stats.kv_blocks_cached, 3);  // 29 computed tokens, blocks of 8
  QVERIFY(stats.tokens_per_s > 0 && stats.last_ttft_ms > 0);
  QCOMPARE(fixture.engine->device_name(), std::string("fake"));
  // Nobody has to listen.
  fixture.engine->submit(request(range(3), 2), nullptr);
  fixture.run();
}

void EngineTest::requests_that_cannot_be_served() {
  EngineFixture fixture;
  EXPECT_ERROR(fixture.submit(request({})), ErrorCode::InvalidArgument, "empty");
  EXPECT_ERROR(fixture.submit(request({1, -1})), ErrorCode::InvalidArgument, "token id -1");
  EXPECT_ERROR(fixture.submit(request({kVocab})), ErrorCode::InvalidArgument, "from 0 to 96");
  TokenRequest biased = request({1});
  biased.sampling.logit_bias[kVocab] = 1;
  EXPECT_ERROR(fixture.submit(biased), ErrorCode::InvalidArgument,
               "logit_bias names the token id 97");
  TokenRequest stopped = request({1});
  stopped.sampling.stop = {"x"};
  EXPECT_ERROR(fixture.submit(stopped), ErrorCode::InvalidArgument, "need a tokenizer");
  QVERIFY(!fixture.engine->has_work());
}

void EngineTest::prompt_longer_than_the_context() {
  EngineConfig config;
  config.max_model_len = 100;
  EngineFixture fixture({}, config);
  EXPECT_ERROR(fixture.submit(request(range(100))), ErrorCode::ContextTooLong,
               "the prompt has 100 tokens");
  EXPECT_ERROR(fixture.submit(request(range(100))), ErrorCode::ContextTooLong,
               "the context holds 100");
  EXPECT_ERROR(fixture.submit(request(range(100))), ErrorCode::ContextTooLong,
               "this model goes up to 100000");
  const auto answer = fixture.submit(request(range(99)));
  fixture.run();
  QCOMPARE(answer->tokens.size(), size_t(1));
}

void EngineTest::answers_end_at_max_tokens_and_context() {
  FakeRunner::Options options;
  options.num_blocks = 4;
  EngineFixture fixture(options);  // 32 tokens in all
  QCOMPARE(fixture.engine->config().max_model_len, 32);
  const auto endless = fixture.submit(request(range(10)));
  const auto more = fixture.submit(request(range(10, 5), 1000));
  const auto few = fixture.submit(request(range(10, 7), 3));
  fixture.run();
  NO_PROBLEM(fixture);
  QCOMPARE(endless->tokens, fake::answer(range(10), 22, kVocab));
  QCOMPARE(more->tokens, fake::answer(range(10, 5), 22, kVocab));
  QCOMPARE(few->tokens, fake::answer(range(10, 7), 3, kVocab));
  for (const auto& answer : {endless, more, few})
    QCOMPARE(answer->last().finish_reason, FinishReason::Length);
}

void EngineTest::answers_end_at_eos_unless_ignored() {
  const Tokens all = fake::answer(range(5), 30, kVocab);
  FakeRunner::Options options;
  options.eos_token_ids = {all[6], all[12]};
  EngineFixture fixture(options);
  const auto stopped = fixture.submit(request(range(5), 30));
  TokenRequest ignoring = request(range(5), 30);
  ignoring.sampling.ignore_eos = true;
  const auto ignored = fixture.submit(ignoring);
  fixture.run();
  const auto first_eos = std::find_first_of(all.begin(), all.end(), options.eos_token_ids.begin(),
                                            options.eos_token_ids.end());
  QCOMPARE(stopped->tokens, Tokens(all.begin(), first_eos + 1));
  QCOMPARE(stopped->last().finish_reason, FinishReason::Stop);
  QCOMPARE(ignored->tokens, all);
  QCOMPARE(ignored->last().finish_reason, FinishReason::Length);
}

void EngineTest::prompt_progress_is_reported() {
  EngineFixture fixture;
  const auto answer = fixture.submit(request(range(200), 2));
  fixture.run();
  QCOMPARE(answer->outputs.size(), size_t(5));
  for (size_t i = 0; i < 3; ++i) {
    QVERIFY(answer->outputs[i].token_ids.empty());
    QCOMPARE(answer->outputs[i].num_computed_prompt_tokens, 64 * static_cast<int>(i + 1));
    QCOMPARE(answer->outputs[i].timings.ttft_ms, 0.0);
  }
  QCOMPARE(answer->outputs[3].num_computed_prompt_tokens, 200);
  QCOMPARE(fixture.record.max_tokens_in_step, 64);
}

void EngineTest::abort_waiting_and_running() {
  EngineConfig config;
  config.max_num_seqs = 1;
  EngineFixture fixture({}, config);
  const auto running = fixture.submit(request(range(10)));
  const auto waiting = fixture.submit(request(range(10)));
  fixture.engine->step();
  fixture.engine->step();
  for (const auto& answer : {waiting, running}) {
    fixture.engine->abort(answer->id);
    QVERIFY(answer->finished());
    QCOMPARE(answer->last().finish_reason, FinishReason::Abort);
    fixture.engine->check_integrity();
    const size_t count = answer->outputs.size();
    fixture.engine->abort(answer->id);
    fixture.engine->abort(12345);
    QCOMPARE(answer->outputs.size(), count);
  }
  QCOMPARE(running->tokens.size(), size_t(2));
  QVERIFY(!fixture.engine->has_work());
  QCOMPARE(fixture.engine->stats().kv_blocks_used, 0);
}

void EngineTest::second_turn_finds_its_prefix() {
  FakeRunner::Options options;
  options.num_blocks = 512;
  EngineFixture fixture(options);
  Tokens conversation = range(2000);
  const auto first = fixture.submit(request(conversation, 50));
  fixture.run();
  conversation.insert(conversation.end(), first->tokens.begin(), first->tokens.end());
  const Tokens question = range(30, 17);
  conversation.insert(conversation.end(), question.begin(), question.end());
  const int before = fixture.record.num_tokens;
  const auto second = fixture.submit(request(conversation, 1));
  fixture.run();
  NO_PROBLEM(fixture);
  const int computed = fixture.record.num_tokens - before;
  QVERIFY2(computed <= 30 + options.block_size, qPrintable(QString::number(computed)));
  QCOMPARE(second->last().usage.cached_tokens, 2080 - computed);
  QCOMPARE(second->tokens, fake::answer(conversation, 1, kVocab));
  const engine::EngineStats stats = fixture.engine->stats();
  QCOMPARE(stats.prefix_query_tokens, int64_t(2000 + 2080));
  QCOMPARE(stats.prefix_hit_tokens, int64_t(2080 - computed));
  // Switched off, nothing is found.
  EngineConfig config;
  config.enable_prefix_caching = false;
  EngineFixture without(options, config);
  without.submit(request(conversation, 1));
  without.run();
  const auto again = without.submit(request(conversation, 1));
  without.run();
  QCOMPARE(again->last().usage.cached_tokens, 0);
  QCOMPARE(without.engine->stats().prefix_query_tokens, int64_t(0));
}

void EngineTest::device_failure_ends_everything() {
  EngineConfig config;
  config.max_num_seqs = 2;
  EngineFixture fixture({}, config);
  std::vector<std::shared_ptr<EngineFixture::Answer>> answers;
  for (int i = 0; i < 4; ++i) answers.push_back(fixture.submit(request(range(5, i), 10)));
  fixture.engine->step();
  fixture.record.before_step = [] {
    throw engine::Error(ErrorCode::Device, "the GPU fell off the bus");
  };
  EXPECT_ERROR(fixture.engine->step(), ErrorCode::Device, "fell off the bus");
  for (const auto& answer : answers) {
    QVERIFY(answer->finished());
    QCOMPARE(answer->last().finish_reason, FinishReason::Error);
    QCOMPARE(answer->last().error, std::string("the GPU fell off the bus"));
  }
  QCOMPARE(answers[0]->tokens.size(), size_t(1));  // what was said stays
  fixture.engine->check_integrity();
  QVERIFY(!fixture.engine->has_work() && !fixture.engine->step());
  EXPECT_ERROR(fixture.submit(request({1})), ErrorCode::Device, "fell off the bus");
}

void EngineTest::other_failure_ends_its_step_only() {
  EngineConfig config;
  config.max_num_seqs = 2;
  EngineFixture fixture({}, config);
  std::vector<std::shared_ptr<EngineFixture::Answer>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(fixture.submit(request(range(5, i), 10)));
  bool failed = false;
  fixture.record.before_step = [&failed] {
    if (!std::exchange(failed, true)) throw std::bad_alloc();
  };
  QVERIFY(fixture.engine->step());
  QCOMPARE(answers[0]->last().finish_reason, FinishReason::Error);
  QCOMPARE(answers[1]->last().finish_reason, FinishReason::Error);
  QVERIFY(!answers[0]->last().error.empty());
  fixture.run();
  NO_PROBLEM(fixture);
  QCOMPARE(answers[2]->tokens, fake::answer(range(5, 2), 10, kVocab));
}

// Broken weights: the sampler has no token to give. It must not become one.
void EngineTest::no_finite_logit_ends_the_request() {
  for (const int said : {0, 2}) {
    FakeRunner::Options options;
    options.script = Tokens(static_cast<size_t>(said), 7);
    options.script.push_back(-1);
    options.script.insert(options.script.end(), 20, 8);
    options.script_begin = 5;
    EngineFixture fixture(options);
    const auto broken = fixture.submit(request(range(5), 10));
    const auto other = fixture.submit(request(range(5 + said + 1), 3));  // reads behind it
    fixture.run();
    NO_PROBLEM(fixture);
    QCOMPARE(broken->tokens, Tokens(static_cast<size_t>(said), 7));
    QCOMPARE(broken->last().finish_reason, FinishReason::Error);
    QVERIFY(broken->last().error.find("weights are broken") != std::string::npos);
    QCOMPARE(other->tokens, Tokens(3, 8));
    QCOMPARE(other->last().finish_reason, FinishReason::Length);
  }
}

void EngineTest::stats_can_be_read_from_another_thread() {
  EngineFixture fixture;
  std::atomic<bool> done = false;
  int64_t seen = 0;
  std::thread reader([&] {
    while (!done) seen = std::max(seen, fixture.engine->stats().generated_tokens);
  });
  for (int i = 0; i < 20; ++i) fixture.submit(request(range(20, i), 30));
  fixture.run();
  done = true;
  reader.join();
  QVERIFY(seen <= 600);
  QCOMPARE(fixture.engine->stats().generated_tokens, int64_t(600));
}

void EngineTest::random_requests_data() {
  QTest::addColumn<int>("num_blocks");
  QTest::addColumn<int>("budget");
  QTest::addColumn<int>("max_num_seqs");
  QTest::newRow("roomy") << 400 << 64 << 16;
  QTest::newRow("tight") << 20 << 32 << 16;
  QTest::newRow("tiny budget") << 40 << 3 << 8;
}

// Submit, abort and step at random; every answer that was not aborted is the pure function's.
void EngineTest::random_requests() {
  QFETCH(int, num_blocks);
  QFETCH(int, budget);
  QFETCH(int, max_num_seqs);
  FakeRunner::Options options;
  options.num_blocks = num_blocks;
  options.max_num_batched_tokens = budget;
  options.eos_token_ids = {3};
  EngineConfig config;
  config.max_num_seqs = max_num_seqs;
  EngineFixture fixture(options, config);
  std::mt19937 random(static_cast<unsigned>(num_blocks));
  std::vector<std::pair<TokenRequest, std::shared_ptr<EngineFixture::Answer>>> all;
  for (int i = 0; i < 2000; ++i) {
    if (random() % 10 == 0 && fixture.engine->stats().num_waiting < 10) {
      TokenRequest next =
          request(range(1 + static_cast<int>(random() % 100), static_cast<int>(random() % 4)),
                  1 + static_cast<int>(random() % 50));
      next.sampling.ignore_eos = random() % 2;
      all.emplace_back(next, fixture.submit(next));
    }
    if (random() % 50 == 0 && !all.empty())
      fixture.engine->abort(all[random() % all.size()].second->id);
    fixture.engine->step();
    fixture.engine->check_integrity();
  }
  fixture.run();
  NO_PROBLEM(fixture);
  int complete = 0;
  for (const auto& [asked, answer] : all) {
    QVERIFY(answer->finished());
    int last_progress = 0;
    for (const RequestOutput& output : answer->outputs) {
      QVERIFY(output.num_computed_prompt_tokens >= last_progress);
      last_progress = output.num_computed_prompt_tokens;
    }
    if (answer->last().finish_reason == FinishReason::Abort) continue;
    const Tokens stops = asked.sampling.ignore_eos ? Tokens{} : Tokens{3};
    const int room =
        fixture.engine->config().max_model_len - static_cast<int>(asked.prompt_token_ids.size());
    QCOMPARE(answer->tokens,
             fake::answer(asked.prompt_token_ids, std::min(*asked.sampling.max_tokens, room),
                          kVocab, stops));
    ++complete;
  }
  QVERIFY(complete > 20);
  QCOMPARE(fixture.engine->stats().kv_blocks_used, 0);
}
