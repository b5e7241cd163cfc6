// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_config_test.h"

#include <QtTest>
#include <cmath>
#include <limits>

#include "engine/core/time_budget.h"
#include "engine/engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/expect_error.h"

using engine::Engine;
using engine::EngineConfig;
using engine::ErrorCode;
using engine::SamplingParams;
using engine::TokenRequest;

namespace {

const float kNan = std::numeric_limits<float>::quiet_NaN();
const float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

void EngineConfigTest::sampling_values_are_checked_data() {
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

void EngineConfigTest::sampling_values_are_checked() {
  QFETCH(std::function<void(SamplingParams&)>, change);
  QFETCH(QString, fragment);
  SamplingParams params;
  params.validate();
  change(params);
  EXPECT_ERROR(params.validate(), ErrorCode::InvalidArgument, fragment);
  EngineFixture fixture;
  TokenRequest bad = request({1});
  bad.sampling = params;
  EXPECT_ERROR(fixture.submit(bad), ErrorCode::InvalidArgument, fragment);
  QVERIFY(!fixture.engine->has_work());
}

void EngineConfigTest::config_values_are_checked_data() {
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

void EngineConfigTest::config_values_are_checked() {
  QFETCH(std::function<void(EngineConfig&)>, change);
  QFETCH(QString, fragment);
  EngineConfig config;
  config.validate();
  change(config);
  EXPECT_ERROR(config.validate(), ErrorCode::InvalidArgument, fragment);
  EXPECT_ERROR(Engine::load(config), ErrorCode::InvalidArgument, fragment);
}

void EngineConfigTest::cache_types_have_names() {
  using engine::KvCacheDType;
  for (const KvCacheDType dtype :
       {KvCacheDType::Auto, KvCacheDType::Bf16, KvCacheDType::F16, KvCacheDType::Fp8})
    QVERIFY(engine::parse_kv_cache_dtype(engine::kv_cache_dtype_name(dtype)) == dtype);
  for (const char* name : {"", "FP8", "fp8 ", "float16", "e4m3"})
    EXPECT_ERROR(engine::parse_kv_cache_dtype(name), ErrorCode::InvalidArgument,
                 "it must be auto, bf16, f16 or fp8");
  EXPECT_ERROR(engine::parse_kv_cache_dtype("\x1b[31m"), ErrorCode::InvalidArgument, "\\x1b");
}

void EngineConfigTest::zeros_of_the_config_are_chosen() {
  EngineConfig config;
  config.max_num_batched_tokens = 1000;
  EngineFixture fixture({}, config);
  QCOMPARE(fixture.engine->config().max_model_len, 512);  // 64 blocks of 8
  QCOMPARE(fixture.engine->config().max_num_batched_tokens, 64);
  QCOMPARE(fixture.engine->config().block_size, 8);
  config.max_model_len = 513;
  EXPECT_ERROR(EngineFixture({}, config), ErrorCode::OutOfMemory, "the cache holds 512");
  FakeRunner::Options options;
  options.max_position_embeddings = 256;
  EXPECT_ERROR(EngineFixture(options, config), ErrorCode::OutOfMemory, "513");
  config.max_model_len = 300;
  EXPECT_ERROR(EngineFixture(options, config), ErrorCode::InvalidArgument, "the model allows 256");
}

void EngineConfigTest::time_budget_follows_the_speed() {
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
