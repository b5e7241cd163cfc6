// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/runner/cpu_runner_test.h"

#include <QtTest>
#include <memory>
#include <thread>

#include "engine/models/copy_weights.h"
#include "engine/models/weight_plan.h"
#include "engine/runner/cpu_runner.h"
#include "engine/runner/memory_plan.h"
#include "engine/runner/sampling_tables.h"
#include "tests/engine/expect_error.h"
#include "tests/engine/runner/memory_weights.h"
#include "tests/engine/runner/runner_driver.h"

using engine::EngineConfig;
using engine::ErrorCode;
using engine::ModelConfig;
using kernels::DType;

Q_DECLARE_METATYPE(kernels::DType)

namespace {

EngineConfig small_config() {
  EngineConfig config;
  config.num_threads = 2;
  config.kv_cache_bytes = 16 << 20;
  return config;
}

// The model of the plans: 1,000 bytes of keys and values for a block of 8 tokens would be too
// small to say anything, so it is the real 4B one.
ModelConfig large_config() {
  ModelConfig config;
  config.vocab_size = 151936;
  config.hidden_size = 2560;
  config.intermediate_size = 9728;
  config.num_hidden_layers = 36;
  config.num_attention_heads = 32;
  config.num_key_value_heads = 8;
  config.head_dim = 128;
  config.max_position_embeddings = 262144;
  return config;
}

}  // namespace

void CpuRunnerTest::weights_reach_their_places_data() {
  QTest::addColumn<DType>("dtype");
  for (const DType dtype : {DType::BF16, DType::F16, DType::F32})
    QTest::newRow(kernels::dtype_name(dtype)) << dtype;
}

void CpuRunnerTest::weights_reach_their_places() {
  QFETCH(DType, dtype);
  const ModelConfig config = odd_config();
  const MemoryWeights weights(config, dtype);
  const engine::WeightPlan plan = engine::plan_weights(config, weights);
  std::vector<char> arena(static_cast<size_t>(plan.num_bytes), '\x55');
  kernels::ThreadPool pool(2);
  engine::copy_weights(plan, arena.data(), &pool, {}, {});

  const auto rows_are = [&](const engine::WeightSlot& slot, int64_t row, int64_t step,
                            const std::string& name) {
    const MemoryWeights::Tensor& tensor = weights.stored(name);
    const int64_t row_bytes = slot.cols * kernels::dtype_size(slot.dtype);
    for (int64_t r = 0; r < tensor.shape[0]; ++r) {
      const char* got = arena.data() + slot.offset + (row + r * step) * row_bytes;
      const char* want = tensor.bytes.data() + r * row_bytes;
      if (std::memcmp(got, want, static_cast<size_t>(row_bytes)) != 0) return false;
    }
    return true;
  };
  const engine::LayerSlots& layer = plan.layout.layers[2];
  const std::string name = "model.layers.2.";
  QCOMPARE(layer.qkv.rows, int64_t{100});
  QVERIFY(rows_are(layer.qkv, 0, 1, name + "self_attn.q_proj.weight"));
  QVERIFY(rows_are(layer.qkv, 60, 1, name + "self_attn.k_proj.weight"));
  QVERIFY(rows_are(layer.qkv, 80, 1, name + "self_attn.v_proj.weight"));
  QVERIFY(rows_are(layer.o_proj, 0, 1, name + "self_attn.o_proj.weight"));
  QVERIFY(rows_are(layer.gate_up, 0, 2, name + "mlp.gate_proj.weight"));
  QVERIFY(rows_are(layer.gate_up, 1, 2, name + "mlp.up_proj.weight"));
  QVERIFY(rows_are(layer.down_proj, 0, 1, name + "mlp.down_proj.weight"));
  QVERIFY(rows_are(plan.layout.embedding, 0, 1, "model.embed_tokens.weight"));
  QVERIFY(rows_are(plan.layout.lm_head, 0, 1, "lm_head.weight"));
  const float* norm = engine::weight_vector(arena.data(), layer.q_norm);
  const MemoryWeights::Tensor& stored = weights.stored(name + "self_attn.q_norm.weight");
  for (size_t i = 0; i < 10; ++i) {
    uint16_t bits = 0;
    float want = 0;
    std::memcpy(&bits, stored.bytes.data() + 2 * i, 2);
    if (dtype == DType::BF16) want = kernels::bf16_to_float(bits);
    if (dtype == DType::F16) want = kernels::f16_to_float(bits);
    if (dtype == DType::F32) std::memcpy(&want, stored.bytes.data() + 4 * i, 4);
    QCOMPARE(norm[i], want);
  }
}

void CpuRunnerTest::checkpoints_that_cannot_be_loaded() {
  const ModelConfig config = odd_config();
  const std::string k_proj = "model.layers.1.self_attn.k_proj.weight";
  MemoryWeights missing(config);
  missing.remove(k_proj);
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, missing), ErrorCode::InvalidFile,
               "layers.1.self_attn.k_proj");
  MemoryWeights mixed(config);
  mixed.add(k_proj, {20, 33}, DType::F16);
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, mixed), ErrorCode::Unsupported,
               "BF16 and F16");
  MemoryWeights no_head(config);
  no_head.remove("lm_head.weight");
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, no_head), ErrorCode::InvalidFile,
               "lm_head.weight");
}

void CpuRunnerTest::a_second_head_of_a_tied_model_is_accepted() {
  ModelConfig config = odd_config();
  const MemoryWeights with_head(config);
  config.tie_word_embeddings = true;
  const MemoryWeights without_head(config);
  const auto a = engine::make_cpu_runner(small_config(), config, with_head);
  const auto b = engine::make_cpu_runner(small_config(), config, without_head);
  RunnerDriver driver_a(*a), driver_b(*b);
  driver_a.add({1, 2, 3});
  driver_b.add({1, 2, 3});
  driver_a.step({3});
  driver_b.step({3});
  QVERIFY(same_bits(driver_a.logits().at({0, 2}), driver_b.logits().at({0, 2})));
}

void CpuRunnerTest::loading_reports_progress_and_can_be_cancelled() {
  const ModelConfig config = odd_config();
  const MemoryWeights weights(config);
  std::vector<double> seen;
  engine::make_cpu_runner(small_config(), config, weights,
                          [&](const std::string&, double done) { seen.push_back(done); });
  QVERIFY(seen.size() > 10);
  QVERIFY(std::is_sorted(seen.begin(), seen.end()));
  QCOMPARE(seen.back(), 1.0);

  std::stop_source stop;
  const auto cancel = [&](const std::string&, double done) {
    if (done > 0.5) stop.request_stop();
  };
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, weights, cancel, stop.get_token()),
               ErrorCode::Cancelled, "cancelled");
}

void CpuRunnerTest::shapes_the_kernels_cannot_run_are_refused() {
  ModelConfig config = odd_config();
  config.head_dim = 258;
  const MemoryWeights wide(config);
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, wide), ErrorCode::Unsupported,
               "head_dim is 258");
  config = odd_config();
  config.num_attention_heads = 66;
  const MemoryWeights many(config);
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, many), ErrorCode::Unsupported,
               "num_attention_heads is 66");
}

void CpuRunnerTest::instruction_sets_are_chosen_by_name() {
  const ModelConfig config = odd_config();
  const MemoryWeights weights(config);
  qputenv("FIRESIDE_CPU_LEVEL", "portable");
  const std::string name = engine::make_cpu_runner(small_config(), config, weights)->device_name();
  QCOMPARE(QString::fromStdString(name), QString("CPU, 2 threads, no vector instructions"));
  qputenv("FIRESIDE_CPU_LEVEL", "mmx");
  EXPECT_ERROR(engine::make_cpu_runner(small_config(), config, weights), ErrorCode::InvalidArgument,
               "FIRESIDE_CPU_LEVEL is 'mmx'");
  qunsetenv("FIRESIDE_CPU_LEVEL");
}

void CpuRunnerTest::memory_plans_data() {
  QTest::addColumn<qint64>("available");
  QTest::addColumn<qint64>("kv_cache_bytes");
  QTest::addColumn<int>("max_model_len");
  QTest::addColumn<int>("blocks");
  QTest::addColumn<int>("context");
  // A token is 294,912 bytes, a block of 16 is 4,718,592. Of 16 GB 7.7 GB are free after weights.
  QTest::newRow("a quarter of what is free") << 16'000'000'000ll << 0ll << 0 << 410 << 6560;
  QTest::newRow("one context and a quarter") << 16'000'000'000ll << 0ll << 4096 << 320 << 4096;
  QTest::newRow("more than a quarter when asked")
      << 16'000'000'000ll << 0ll << 20000 << 1250 << 20000;
  QTest::newRow("at least 512 tokens") << 8'500'000'000ll << 0ll << 0 << 32 << 512;
  QTest::newRow("everything") << 400'000'000'000ll << 0ll << 0 << 20480 << 262144;
  QTest::newRow("given bytes") << 16'000'000'000ll << 1'000'000'000ll << 0 << 211 << 3376;
  QTest::newRow("given both") << 16'000'000'000ll << 1'000'000'000ll << 1000 << 211 << 1000;
}

void CpuRunnerTest::memory_plans() {
  QFETCH(qint64, available);
  QFETCH(qint64, kv_cache_bytes);
  QFETCH(int, max_model_len);
  QFETCH(int, blocks);
  QFETCH(int, context);
  EngineConfig config;
  config.kv_cache_bytes = kv_cache_bytes;
  config.max_model_len = max_model_len;
  const engine::MemoryPlan plan =
      engine::plan_cpu_memory(config, large_config(), 8'044'936'192, 80'000'000, available);
  QCOMPARE(plan.kv_bytes_per_token, int64_t{294912});
  QCOMPARE(plan.num_kv_blocks, blocks);
  QCOMPARE(plan.max_model_len, context);
  QCOMPARE(plan.max_num_batched_tokens, 512);
  QVERIFY(plan.kv_cache_bytes + plan.weight_bytes + plan.workspace_bytes < available);
}

void CpuRunnerTest::memory_that_does_not_suffice() {
  const ModelConfig model = large_config();
  const auto plan = [&](const EngineConfig& config, int64_t available) {
    return engine::plan_cpu_memory(config, model, 8'044'936'192, 80'000'000, available);
  };
  EngineConfig config;
  EXPECT_ERROR(plan(config, 8'000'000'000), ErrorCode::OutOfMemory, "needs 8.04 GB");
  EXPECT_ERROR(plan(config, 8'300'000'000), ErrorCode::OutOfMemory, "512 tokens");
  config.max_model_len = 100000;
  EXPECT_ERROR(plan(config, 16'000'000'000), ErrorCode::OutOfMemory, "29.49 GB");
  config.kv_cache_bytes = 1'000'000'000;
  EXPECT_ERROR(plan(config, 16'000'000'000), ErrorCode::OutOfMemory, "raise kv_cache_bytes");
  config.max_model_len = 0;
  config.kv_cache_bytes = 20'000'000'000;
  EXPECT_ERROR(plan(config, 16'000'000'000), ErrorCode::OutOfMemory, "20.00 GB does not fit");
}

void CpuRunnerTest::cache_types_of_the_gpu_are_refused() {
  using engine::KvCacheDType;
  const ModelConfig model = odd_config();
  EngineConfig config = small_config();
  for (const KvCacheDType dtype : {KvCacheDType::Bf16, KvCacheDType::F16, KvCacheDType::Fp8}) {
    config.kv_cache_dtype = dtype;
    const QString fragment =
        QString("kv_cache_dtype is %1; the CPU").arg(engine::kv_cache_dtype_name(dtype));
    EXPECT_ERROR(engine::make_cpu_runner(config, model, MemoryWeights(model)),
                 ErrorCode::InvalidArgument, fragment);
  }
  config.kv_cache_dtype = KvCacheDType::Auto;
  QVERIFY(engine::make_cpu_runner(config, model, MemoryWeights(model)) != nullptr);
}

void CpuRunnerTest::sampling_tables_count_tokens() {
  engine::SamplingTables tables(100);
  const std::vector<int32_t> prompt = {5, 6, 5, 99}, output = {6, 7, 6};
  const std::map<int, float> bias = {{3, 1.5f}, {98, -2}};
  engine::SamplingState plain;
  plain.prompt_token_ids = prompt;
  plain.output_token_ids = output;
  engine::SamplingState repetition = plain, presence = plain;
  repetition.repetition_penalty = 1.1f;
  repetition.logit_bias = &bias;
  presence.presence_penalty = 0.5f;
  tables.add(plain, 0);
  tables.add(repetition, 4);
  tables.add(presence, 2);

  const auto counts = [&](size_t row) {
    std::map<int, int> result;
    const kernels::SamplingRow& at = tables.rows()[row];
    for (int i = at.count_begin; i < at.count_end; ++i) {
      const kernels::TokenCount& count = tables.counts()[static_cast<size_t>(i)];
      if (!result.emplace(count.token_id, count.output_count).second) result[-1] = 1;
    }
    return result;
  };
  QCOMPARE(counts(0), (std::map<int, int>{}));
  QCOMPARE(counts(1), (std::map<int, int>{{5, 0}, {6, 2}, {7, 1}, {99, 0}}));
  QCOMPARE(counts(2), (std::map<int, int>{{6, 2}, {7, 1}}));
  QCOMPARE(tables.rows()[1].logits_row, 4);
  QCOMPARE(tables.rows()[1].bias_end - tables.rows()[1].bias_begin, 2);
  QCOMPARE(tables.biases()[1].token_id, 98);
  QCOMPARE(tables.rows()[2].bias_end - tables.rows()[2].bias_begin, 0);
  tables.clear();
  tables.add(presence, 0);
  QCOMPARE(counts(0), (std::map<int, int>{{6, 2}, {7, 1}}));
}

void CpuRunnerTest::draws_follow_their_parameters() {
  const ModelConfig config = odd_config();
  const MemoryWeights weights(config);
  const auto runner = engine::make_cpu_runner(small_config(), config, weights);
  // 40 prompts of one token in one batch: more rows of logits than one piece holds.
  RunnerDriver driver(*runner);
  std::vector<int> one_each(40, 1);
  for (int i = 0; i < 40; ++i) driver.add({i});
  engine::SamplingState sampling;
  sampling.temperature = 1.5f;
  sampling.seed = 77;
  driver.step(one_each, sampling);
  const std::map<int, float> bias = {{42, 1000}};
  for (size_t i = 0; i < 40; ++i) {
    RunnerDriver alone(*runner, 50);
    alone.add({static_cast<int32_t>(i)});
    alone.step({1}, sampling);
    QCOMPARE(alone.sequence(0).tokens[1], driver.sequence(i).tokens[1]);
  }
  sampling.logit_bias = &bias;
  driver.step(one_each, sampling);
  for (size_t i = 0; i < 40; ++i) QCOMPARE(driver.sequence(i).tokens[2], 42);
}

// Numbers that overflow float32 on the way: no token, and no crash.
void CpuRunnerTest::broken_weights_yield_no_token() {
  const ModelConfig config = odd_config();
  MemoryWeights weights(config, DType::F32);
  weights.add("model.norm.weight", {33}, DType::F32);
  auto& norm = const_cast<MemoryWeights::Tensor&>(weights.stored("model.norm.weight"));
  std::fill(norm.bytes.begin(), norm.bytes.end(), '\xff');
  const auto runner = engine::make_cpu_runner(small_config(), config, weights);
  RunnerDriver driver(*runner);
  driver.add({1, 2});
  driver.step({2});
  QCOMPARE(driver.sequence(0).tokens.back(), -1);
}
