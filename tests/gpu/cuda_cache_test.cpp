// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda_cache_test.h"

#include "engine/runner/cuda/devices.h"
#include "tests/engine/expect_error.h"
#include "tests/gpu/cuda_engine_case.h"

using engine::ErrorCode;
using engine::KvCacheDType;

namespace {

EngineConfig with_cache(KvCacheDType dtype) {
  EngineConfig config = small_config();
  config.kv_cache_dtype = dtype;
  return config;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return worst;
}

}  // namespace

void CudaCacheTest::initTestCase() {
  const auto gpus = engine::list_gpus();
  if (gpus.empty() || !gpus[0].problem.empty()) QSKIP("no usable GPU");
}

void CudaCacheTest::fp8_goldens_data() {
  QTest::addColumn<QString>("model");
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16", "tiny-qwen3-yarn"})
    QTest::newRow(model) << model;
}

// What eight bits cost, against the float32 goldens.
void CudaCacheTest::fp8_goldens() {
  QFETCH(QString, model);
  const auto engine = make_engine(model.toStdString(), {}, with_cache(KvCacheDType::Fp8));
  const Fidelity result = fidelity(engine.get(), model.toStdString(), 0.6);
  std::printf("fidelity fp8 cache %s %s\n", qPrintable(model), result.describe().c_str());
  QCOMPARE(result.problem, std::string());
  QVERIFY(result.rows > 0);
  QVERIFY2(result.mean_kl < 1e-2, result.describe().c_str());
}

void CudaCacheTest::fp8_same_bits_in_50_runs() {
  EngineConfig config = with_cache(KvCacheDType::Fp8);
  config.enable_prefix_caching = false;
  const auto engine = make_engine("tiny-qwen3", {}, config);
  TokenRequest ask = request(some_prompt(150, 1), 24);
  ask.sampling.logprobs = 5;
  const Answer first = run_all(engine.get(), {ask})[0];
  QCOMPARE(first.tokens.size(), size_t{24});
  for (int i = 0; i < 50; ++i) QVERIFY(run_all(engine.get(), {ask})[0] == first);
}

// A prompt at once, in chunks, and after a prefix hit: new keys are attended as the cache holds
// them, so that only the order of sums differs, as with any cache. Were they not, some per cent of
// every key would.
void CudaCacheTest::fp8_chunks_and_prefix_hits_agree() {
  TokenRequest ask = request(some_prompt(300, 3), 1);
  ask.sampling.logprobs = 8;
  std::vector<Answer> answers;
  for (const int chunk : {0, 64}) {
    EngineConfig config = with_cache(KvCacheDType::Fp8);
    config.max_num_batched_tokens = chunk;
    const auto engine = make_engine("tiny-qwen3-sharded-untied-f16", {}, config);
    for (int repeat = 0; repeat < 2; ++repeat) answers.push_back(run_all(engine.get(), {ask})[0]);
  }
  for (const Answer& answer : answers) {
    const double difference = largest_difference(answer.logprobs, answers[0].logprobs);
    std::printf("fp8 cache, f16: logprobs differ by %.2e\n", difference);
    QVERIFY(answer.error.empty());
    QVERIFY2(difference < 0.01, qPrintable(QString::number(difference)));
  }
}

void CudaCacheTest::fp8_with_and_without_graphs() {
  std::vector<std::vector<Answer>> answers;
  for (const bool on : {true, false}) {
    CudaRunnerOptions options;
    options.graphs = options.programmatic_launch = options.run_ahead = on;
    const auto engine = make_engine("tiny-qwen3", options, with_cache(KvCacheDType::Fp8));
    answers.push_back(run_all(
        engine.get(), {request(some_prompt(300, 3), 40, 0.8f), request(some_prompt(9, 4), 50)}));
  }
  QVERIFY(answers[0] == answers[1]);
}

void CudaCacheTest::fp8_holds_twice_the_tokens() {
  const auto tokens = [](KvCacheDType dtype) {
    const engine::ModelConfig model = engine::load_model_config(data_folder() + "/tiny-qwen3");
    EngineConfig config = with_cache(dtype);
    config.max_model_len = model.max_position_embeddings;
    config.max_num_seqs = 4096;
    return CudaRunner::plan_memory(config, model, 0);
  };
  const engine::GpuMemoryPlan own = tokens(KvCacheDType::Auto), fp8 = tokens(KvCacheDType::Fp8);
  QVERIFY(fp8.num_kv_blocks >= 2 * own.num_kv_blocks);
  QCOMPARE(fp8.kv_bytes_per_token * 2, own.kv_bytes_per_token);
  QVERIFY2(fp8.describe().find("tokens in fp8)") != std::string::npos, fp8.describe().c_str());
  QVERIFY2(own.describe().find("tokens) of") != std::string::npos, own.describe().c_str());
}

void CudaCacheTest::other_types_are_refused() {
  make_engine("tiny-qwen3", {}, with_cache(KvCacheDType::Bf16));
  make_engine("tiny-qwen3-sharded-untied-f16", {}, with_cache(KvCacheDType::F16));
  EXPECT_ERROR(make_engine("tiny-qwen3", {}, with_cache(KvCacheDType::F16)),
               ErrorCode::InvalidArgument, "kv_cache_dtype is f16, but the model is in bf16");
  EXPECT_ERROR(make_engine("tiny-qwen3-sharded-untied-f16", {}, with_cache(KvCacheDType::Bf16)),
               ErrorCode::InvalidArgument, "kv_cache_dtype is bf16, but the model is in f16");
}
