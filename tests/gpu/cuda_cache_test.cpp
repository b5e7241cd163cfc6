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

// With exact arithmetic but for keys and values rounded to e4m3 (the CPU's attention, changed to do
// that) the mean KL against the goldens is `rounding`; what 16-bit activations add is bounded as in
// the runner's own test.
void CudaCacheTest::fp8_goldens_data() {
  QTest::addColumn<double>("rounding");
  QTest::addColumn<double>("activations");
  QTest::newRow("tiny-qwen3") << 3.98e-3 << 1e-3;
  QTest::newRow("tiny-qwen3-sharded-untied-f16") << 4.30e-3 << 2e-5;
  QTest::newRow("tiny-qwen3-yarn") << 1.93e-3 << 1e-3;
}

void CudaCacheTest::fp8_goldens() {
  QFETCH(double, rounding);
  QFETCH(double, activations);
  const std::string model = QTest::currentDataTag();
  const auto engine = make_engine(model, {}, with_cache(KvCacheDType::Fp8));
  const Fidelity result = fidelity(engine.get(), model, 0.6);
  std::printf("fidelity fp8 cache %s %s\n", model.c_str(), result.describe().c_str());
  QCOMPARE(result.problem, std::string());
  QVERIFY(result.rows > 0);
  QVERIFY2(result.mean_kl < 1.5 * (rounding + activations), result.describe().c_str());
  QVERIFY2(result.mean_kl > 0.5 * rounding, "is the cache not rounded?");
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

// A prompt at once, in chunks, after a prefix hit: new keys are attended as the cache holds them,
// so that in batch-invariant mode the bits are the same.
void CudaCacheTest::fp8_chunks_and_prefix_hits_agree() {
  TokenRequest ask = request(some_prompt(300, 3), 8);
  ask.sampling.logprobs = 8;
  std::vector<Answer> answers;
  for (const int chunk : {512, 64}) {
    EngineConfig config = with_cache(KvCacheDType::Fp8);
    config.batch_invariant = true;
    config.max_num_batched_tokens = chunk;
    const auto engine = make_engine("tiny-qwen3", {}, config);
    for (int repeat = 0; repeat < 2; ++repeat) answers.push_back(run_all(engine.get(), {ask})[0]);
  }
  QCOMPARE(answers[0].error, std::string());
  QCOMPARE(answers[0].tokens.size(), size_t{8});
  for (const Answer& answer : answers) QVERIFY(answer == answers[0]);
}

// By default other kernels compute chunks of other sizes, and a key whose last bits differ may
// round to the neighbouring e4m3 number.
void CudaCacheTest::fp8_chunks_differ_little() {
  TokenRequest ask = request(some_prompt(300, 3), 1);
  ask.sampling.logprobs = 8;
  std::vector<Answer> answers;
  for (const int chunk : {512, 64}) {
    EngineConfig config = with_cache(KvCacheDType::Fp8);
    config.max_num_batched_tokens = chunk;
    const auto engine = make_engine("tiny-qwen3-sharded-untied-f16", {}, config);
    answers.push_back(run_all(engine.get(), {ask})[0]);
  }
  const double difference = largest_difference(answers[0].logprobs, answers[1].logprobs);
  std::printf("fp8 cache, f16: logprobs differ by %.2e between chunks of 512 and 64\n", difference);
  QVERIFY2(difference < 0.2, qPrintable(QString::number(difference)));
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
