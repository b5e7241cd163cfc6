// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_test.h"

#include <QtTest>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <thread>

#include "engine/core/time_budget.h"
#include "engine/engine.h"
#include "tests/engine/expect_error.h"
#include "tests/engine/fake_runner.h"

using engine::Engine;
using engine::EngineConfig;
using engine::ErrorCode;
using engine::FinishReason;
using engine::RequestOutput;
using engine::SamplingParams;
using engine::TokenRequest;
using Tokens = std::vector<int32_t>;

namespace {

constexpr int kVocab = 97;
const float kNan = std::numeric_limits<float>::quiet_NaN();
const float kInfinity = std::numeric_limits<float>::infinity();

struct Fixture {
  explicit Fixture(FakeRunner::Options options = {}, const EngineConfig& config = {})
      : engine(Engine::with_runner(config, std::make_unique<FakeRunner>(options, &record))) {}

  // All outputs of one request put together; `outputs` keeps them apart.
  struct Answer {
    uint64_t id = 0;
    Tokens tokens;
    std::vector<RequestOutput> outputs;
    const RequestOutput& last() const { return outputs.back(); }
    bool finished() const { return !outputs.empty() && last().finished(); }
  };

  std::shared_ptr<Answer> submit(TokenRequest request) {
    auto answer = std::make_shared<Answer>();
    answer->id = engine->submit(std::move(request), [answer](const RequestOutput& output) {
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
  std::unique_ptr<Engine> engine;
};

Tokens range(int count, int first = 0) {
  Tokens tokens(static_cast<size_t>(count));
  std::iota(tokens.begin(), tokens.end(), first);
  for (int32_t& token : tokens) token %= kVocab;
  return tokens;
}

TokenRequest request(const Tokens& prompt, std::optional<int> max_tokens = {}) {
  TokenRequest request;
  request.prompt_token_ids = prompt;
  request.sampling.max_tokens = max_tokens;
  return request;
}

#define NO_PROBLEM(fixture) QCOMPARE(QString::fromStdString((fixture).record.problem), QString())

}  // namespace

void EngineTest::sampling_values_are_checked_data() {
  QTest::addColumn<std::function<void(SamplingParams&)>>("change");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, std::function<void(SamplingParams&)> change,
                      const char* fragment) { QTest::newRow(name) << change << fragment; };
  row(
      "temperature -1", [](auto& p) { p.temperature = -1.f; }, "temperature is -1");
  row(
      "temperature NaN", [](auto& p) { p.temperature = kNan; }, "temperature is nan");
  row(
      "temperature inf", [](auto& p) { p.temperature = kInfinity; }, "temperature is inf");
  row(
      "top_k", [](auto& p) { p.top_k = -1; }, "top_k is -1");
  row(
      "top_p 0", [](auto& p) { p.top_p = 0.f; }, "top_p is 0");
  row(
      "top_p 1.1", [](auto& p) { p.top_p = 1.1f; }, "top_p is 1.1");
  row(
      "top_p NaN", [](auto& p) { p.top_p = kNan; }, "top_p is nan");
  row(
      "min_p", [](auto& p) { p.min_p = -0.1f; }, "min_p is -0.1");
  row(
      "min_p NaN", [](auto& p) { p.min_p = kNan; }, "min_p is nan");
  row(
      "repetition 0", [](auto& p) { p.repetition_penalty = 0.f; }, "repetition_penalty is 0");
  row(
      "repetition inf", [](auto& p) { p.repetition_penalty = kInfinity; },
      "repetition_penalty is inf");
  row(
      "presence", [](auto& p) { p.presence_penalty = 2.5f; }, "presence_penalty is 2.5");
  row(
      "frequency NaN", [](auto& p) { p.frequency_penalty = kNan; }, "frequency_penalty is nan");
  row(
      "max_tokens", [](auto& p) { p.max_tokens = 0; }, "max_tokens is 0");
  row(
      "logprobs", [](auto& p) { p.logprobs = 21; }, "logprobs is 21");
  row(
      "logprobs -2", [](auto& p) { p.logprobs = -2; }, "logprobs is -2");
  row(
      "17 stops", [](auto& p) { p.stop.assign(17, "x"); }, "stop is 17");
  row(
      "empty stop",
      [](auto& p) {
        p.stop = {"a", ""};
      },
      "an empty string");
  row(
      "long stop", [](auto& p) { p.stop = {std::string(2000, 'x')}; }, "1024 bytes");
  row(
      "bias", [](auto& p) { p.logit_bias[3] = 101; }, "logit_bias is 101");
  row(
      "bias NaN", [](auto& p) { p.logit_bias[3] = kNan; }, "logit_bias is nan");
}

void EngineTest::sampling_values_are_checked() {
  QFETCH(std::function<void(SamplingParams&)>, change);
  QFETCH(QString, fragment);
  SamplingParams params;
  params.validate();
  change(params);
  EXPECT_ERROR(params.validate(), ErrorCode::InvalidArgument, fragment);
  Fixture fixture;
  TokenRequest bad = request({1});
  bad.sampling = params;
  EXPECT_ERROR(fixture.submit(bad), ErrorCode::InvalidArgument, fragment);
  QVERIFY(!fixture.engine->has_work());
}

void EngineTest::config_values_are_checked_data() {
  QTest::addColumn<std::function<void(EngineConfig&)>>("change");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, std::function<void(EngineConfig&)> change,
                      const char* fragment) { QTest::newRow(name) << change << fragment; };
  row(
      "device", [](auto& c) { c.device = "gpu"; }, "device is 'gpu'");
  row(
      "device number", [](auto& c) { c.device = "cuda:x"; }, "device is 'cuda:x'");
  row(
      "device no number", [](auto& c) { c.device = "cuda:"; }, "device is 'cuda:'");
  row(
      "threads", [](auto& c) { c.num_threads = -1; }, "num_threads is -1");
  row(
      "model len", [](auto& c) { c.max_model_len = 1; }, "max_model_len is 1");
  row(
      "seqs", [](auto& c) { c.max_num_seqs = 0; }, "max_num_seqs is 0");
  row(
      "batched", [](auto& c) { c.max_num_batched_tokens = -5; }, "max_num_batched_tokens is -5");
  row(
      "block 12", [](auto& c) { c.block_size = 12; }, "block_size is 12");
  row(
      "block 4", [](auto& c) { c.block_size = 4; }, "block_size is 4");
  row(
      "block 512", [](auto& c) { c.block_size = 512; }, "block_size is 512");
  row(
      "kv", [](auto& c) { c.kv_cache_bytes = -1; }, "kv_cache_bytes is -1");
  row(
      "utilization NaN", [](auto& c) { c.gpu_memory_utilization = kNan; },
      "gpu_memory_utilization is nan");
}

void EngineTest::config_values_are_checked() {
  QFETCH(std::function<void(EngineConfig&)>, change);
  QFETCH(QString, fragment);
  EngineConfig config;
  config.validate();
  change(config);
  EXPECT_ERROR(config.validate(), ErrorCode::InvalidArgument, fragment);
  EXPECT_ERROR(Engine::load(config), ErrorCode::InvalidArgument, fragment);
}

void EngineTest::cache_types_have_names() {
  using engine::KvCacheDType;
  for (const KvCacheDType dtype :
       {KvCacheDType::Auto, KvCacheDType::Bf16, KvCacheDType::F16, KvCacheDType::Fp8})
    QVERIFY(engine::parse_kv_cache_dtype(engine::kv_cache_dtype_name(dtype)) == dtype);
  for (const char* name : {"", "FP8", "fp8 ", "float16", "e4m3"})
    EXPECT_ERROR(engine::parse_kv_cache_dtype(name), ErrorCode::InvalidArgument,
                 "it must be auto, bf16, f16 or fp8");
  EXPECT_ERROR(engine::parse_kv_cache_dtype("\x1b[31m"), ErrorCode::InvalidArgument, "\\x1b");
}

void EngineTest::one_request() {
  Fixture fixture;
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
  Fixture fixture;
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
  Fixture fixture({}, config);
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
  Fixture fixture(options);  // 32 tokens in all
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
  Fixture fixture(options);
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
  Fixture fixture;
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
  Fixture fixture({}, config);
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
  Fixture fixture(options);
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
  Fixture without(options, config);
  without.submit(request(conversation, 1));
  without.run();
  const auto again = without.submit(request(conversation, 1));
  without.run();
  QCOMPARE(again->last().usage.cached_tokens, 0);
  QCOMPARE(without.engine->stats().prefix_query_tokens, int64_t(0));
}

void EngineTest::model_defaults_and_seeds() {
  Fixture fixture;
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

void EngineTest::penalties_see_the_tokens() {
  Fixture fixture;
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

void EngineTest::logprobs_are_passed_on() {
  Fixture fixture;
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

void EngineTest::logits_of_every_drawn_position() {
  Fixture fixture;
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
void EngineTest::logits_of_every_prompt_position_once() {
  FakeRunner::Options options;
  options.num_blocks = 16;
  Fixture fixture(options);
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

void EngineTest::device_failure_ends_everything() {
  EngineConfig config;
  config.max_num_seqs = 2;
  Fixture fixture({}, config);
  std::vector<std::shared_ptr<Fixture::Answer>> answers;
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
  Fixture fixture({}, config);
  std::vector<std::shared_ptr<Fixture::Answer>> answers;
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

void EngineTest::stats_can_be_read_from_another_thread() {
  Fixture fixture;
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
  Fixture fixture(options, config);
  std::mt19937 random(static_cast<unsigned>(num_blocks));
  std::vector<std::pair<TokenRequest, std::shared_ptr<Fixture::Answer>>> all;
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

void EngineTest::zeros_of_the_config_are_chosen() {
  EngineConfig config;
  config.max_num_batched_tokens = 1000;
  Fixture fixture({}, config);
  QCOMPARE(fixture.engine->config().max_model_len, 512);  // 64 blocks of 8
  QCOMPARE(fixture.engine->config().max_num_batched_tokens, 64);
  QCOMPARE(fixture.engine->config().block_size, 8);
  config.max_model_len = 513;
  EXPECT_ERROR(Fixture({}, config), ErrorCode::OutOfMemory, "the cache holds 512");
  FakeRunner::Options options;
  options.max_position_embeddings = 256;
  EXPECT_ERROR(Fixture(options, config), ErrorCode::OutOfMemory, "513");
  config.max_model_len = 300;
  EXPECT_ERROR(Fixture(options, config), ErrorCode::InvalidArgument, "the model allows 256");
}

void EngineTest::time_budget_follows_the_speed() {
  engine::TimeBudget fast(32, 512);
  QCOMPARE(fast.tokens(), 128);
  fast.add(128, 0.01);
  fast.add(256, 0.02);
  QCOMPARE(fast.tokens(), 512);
  fast.add(512, 0.04);
  QCOMPARE(fast.tokens(), 512);
  fast.add(1, 0.01);  // an answer's step tells nothing
  QCOMPARE(fast.tokens(), 512);
  engine::TimeBudget slow(32, 512);
  slow.add(128, 3.2);
  QCOMPARE(slow.tokens(), 40);
  slow.add(40, 0.9);
  QCOMPARE(slow.tokens(), 40);
  slow.add(40, 40);
  QCOMPARE(slow.tokens(), 32);
  slow.add(32, 40);
  QCOMPARE(slow.tokens(), 32);
  QCOMPARE(engine::TimeBudget(32, 16).tokens(), 16);
}
