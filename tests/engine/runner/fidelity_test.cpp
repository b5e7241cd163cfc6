// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/runner/fidelity_test.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/runner/cpu_runner.h"
#include "kernels/cpu_context.h"
#include "tests/engine/runner/golden.h"
#include "tests/engine/runner/memory_weights.h"
#include "tests/engine/runner/runner_driver.h"

using engine::EngineConfig;
using engine::ModelRunner;

namespace {

constexpr double kAllowed = 1e-3;  // of the range of the reference's logits

EngineConfig small_config(int threads) {
  EngineConfig config;
  config.num_threads = threads;
  config.kv_cache_bytes = 64 << 20;
  return config;
}

std::unique_ptr<ModelRunner> open_model(const std::string& name, const EngineConfig& config) {
  const std::string folder = model_folder(name);
  return engine::make_cpu_runner(config, engine::load_model_config(folder),
                                 *engine::open_safetensors(folder));
}

void add_models_and_levels() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("level");
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16", "tiny-qwen3-yarn"}) {
    for (const char* level : {"portable", "avx2", "avx512"}) {
      kernels::CpuLevel parsed;
      if (kernels::parse_cpu_level(level, &parsed) && parsed <= kernels::best_cpu_level())
        QTest::addRow("%s %s", model, level) << model << level;
    }
  }
}

// FIRESIDE_CPU_LEVEL for the length of a test.
struct LevelOverride {
  explicit LevelOverride(const QString& level) { qputenv("FIRESIDE_CPU_LEVEL", level.toUtf8()); }
  ~LevelOverride() { qunsetenv("FIRESIDE_CPU_LEVEL"); }
};

// Largest difference of one row, and the reference's range.
double row_error(const float* got, const float* want, size_t n) {
  double error = 0;
  for (size_t i = 0; i < n; ++i) {
    if (!std::isfinite(got[i])) return HUGE_VAL;
    error = std::max(error, std::abs(static_cast<double>(got[i]) - want[i]));
  }
  return error;
}

double range_of(const std::vector<float>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return static_cast<double>(*high) - *low;
}

std::vector<int32_t> random_tokens(int count, int vocab_size, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<int32_t> tokens;
  for (int i = 0; i < count; ++i)
    tokens.push_back(static_cast<int32_t>(random() % static_cast<uint32_t>(vocab_size)));
  return tokens;
}

}  // namespace

void FidelityTest::logits_are_the_reference_s_data() { add_models_and_levels(); }

void FidelityTest::logits_are_the_reference_s() {
  QFETCH(QString, model);
  QFETCH(QString, level);
  const LevelOverride with_level(level);
  const auto runner = open_model(model.toStdString(), small_config(2));
  const size_t vocab_size = static_cast<size_t>(runner->model_config().vocab_size);
  double worst = 0, worst_share = 0, smallest_range = HUGE_VAL, largest_range = 0;
  for (const GoldenPrompt& prompt : read_golden(model.toStdString()).prompts) {
    RunnerDriver driver(*runner);
    driver.add(prompt.ids);
    driver.finish_prompt(0, runner->max_num_batched_tokens());
    const double range = range_of(prompt.logits);
    smallest_range = std::min(smallest_range, range);
    largest_range = std::max(largest_range, range);
    for (int position = prompt.first_position; position < static_cast<int>(prompt.ids.size());
         ++position) {
      const std::vector<float>& got = driver.logits().at({0, position});
      QCOMPARE(got.size(), vocab_size);
      const size_t row = static_cast<size_t>(position - prompt.first_position);
      const double error =
          row_error(got.data(), prompt.logits.data() + row * vocab_size, vocab_size);
      worst = std::max(worst, error);
      worst_share = std::max(worst_share, error / range);
    }
  }
  qInfo("at most %.2g off, over a range of %.1f to %.1f: %.2g of it, allowed %.2g", worst,
        smallest_range, largest_range, worst_share, kAllowed);
  QVERIFY(worst_share <= kAllowed);
}

void FidelityTest::greedy_tokens_are_the_reference_s_data() { add_models_and_levels(); }

void FidelityTest::greedy_tokens_are_the_reference_s() {
  QFETCH(QString, model);
  QFETCH(QString, level);
  const LevelOverride with_level(level);
  const auto runner = open_model(model.toStdString(), small_config(2));
  const Golden golden = read_golden(model.toStdString());
  size_t equal = 0, total = 0;
  for (const GoldenGreedy& greedy : golden.greedy) {
    const GoldenPrompt& prompt = golden.prompts[static_cast<size_t>(greedy.prompt)];
    const double error = kAllowed * range_of(prompt.logits);
    RunnerDriver driver(*runner);
    driver.add(prompt.ids);
    driver.step({static_cast<int>(prompt.ids.size())});
    total += greedy.ids.size();
    for (size_t i = 0; i < greedy.ids.size(); ++i) {
      const int32_t token = driver.sequence(0).tokens.back();
      if (greedy.margins[i] <= error) break;  // either token is right from here on
      QCOMPARE(token, greedy.ids[i]);
      ++equal;
      driver.step({1});
    }
  }
  qInfo("%zu of %zu greedy tokens compared, all equal", equal, total);
  QVERIFY(equal > total / 2);
}

void FidelityTest::bits_do_not_depend_on_batch_chunks_prefix_or_preemption_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<int>("threads");
  QTest::addColumn<int>("block_size");
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16"}) {
    for (const int threads : {1, 2, 3}) {
      const int block_size = 8 << (2 * (threads - 1));
      QTest::addRow("%s, %d threads, blocks of %d", model, threads, block_size)
          << model << threads << block_size;
    }
  }
}

void FidelityTest::bits_do_not_depend_on_batch_chunks_prefix_or_preemption() {
  QFETCH(QString, model);
  QFETCH(int, threads);
  QFETCH(int, block_size);
  constexpr int kPrompt = 150, kAnswer = 10;
  // The model alone on one thread with the default blocks, its prompt in one piece.
  const auto plain = open_model(model.toStdString(), small_config(1));
  const std::vector<int32_t> prompt = random_tokens(kPrompt, plain->model_config().vocab_size, 5);
  RunnerDriver alone(*plain);
  alone.add(prompt);
  alone.step({kPrompt});
  for (int i = 1; i < kAnswer; ++i) alone.step({1});
  const auto same_as_alone = [&](const RunnerDriver& driver, size_t sequence, int first) {
    for (int position = first; position < kPrompt + kAnswer - 1; ++position) {
      if (!same_bits(driver.logits().at({sequence, position}), alone.logits().at({0, position})))
        return false;
    }
    return true;
  };

  EngineConfig config = small_config(threads);
  config.block_size = block_size;
  const auto runner = open_model(model.toStdString(), config);

  for (const int chunk : {16, 64, kPrompt, 1}) {
    RunnerDriver chunked(*runner, 3, 7);
    chunked.add(prompt);
    while (chunked.sequence(0).num_computed < kPrompt)
      chunked.step({std::min(chunk, kPrompt - chunked.sequence(0).num_computed)});
    for (int i = 1; i < kAnswer; ++i) chunked.step({1});
    QVERIFY(same_as_alone(chunked, 0, 0));
    QCOMPARE(chunked.sequence(0).tokens, alone.sequence(0).tokens);
  }

  // In a batch of 8 whose others come and go; preempted half way; then its prefix is reused.
  RunnerDriver batch(*runner, 1, 3);
  for (int i = 0; i < 8; ++i) {
    batch.add(i == 4 ? prompt
                     : random_tokens(10 + 31 * i, runner->model_config().vocab_size,
                                     static_cast<uint32_t>(i)));
  }
  batch.step({10, 5, 0, 50, 70, 0, 1, 3});
  batch.preempt(4);
  batch.step({1, 30, 72, 53, 90, 165, 0, 1});
  batch.step({1, 6, 1, 0, 60, 0, 13, 40});
  for (int i = 1; i < kAnswer; ++i) batch.step({1, 1, 1, 0, 1, 1, 13, 0});
  QVERIFY(same_as_alone(batch, 4, 0));
  QCOMPARE(batch.sequence(4).tokens, alone.sequence(0).tokens);

  const int prefix = (kPrompt - 1) / block_size * block_size;
  const size_t again = batch.add_with_prefix(prompt, 4, prefix);
  std::vector<int> num_new(again + 1, 0);
  num_new[again] = kPrompt - prefix;
  batch.step(num_new);
  num_new[again] = 1;
  for (int i = 1; i < kAnswer; ++i) batch.step(num_new);
  QVERIFY(same_as_alone(batch, again, prefix));
}

// Over 512 positions a single token's attention is shared among threads.
void FidelityTest::long_contexts_split_without_changing_bits() {
  engine::ModelConfig model = odd_config();
  model.max_position_embeddings = 1600;
  const MemoryWeights weights(model);
  EngineConfig config = small_config(1);
  const auto one = engine::make_cpu_runner(config, model, weights);
  config.num_threads = 4;
  const auto four = engine::make_cpu_runner(config, model, weights);
  const std::vector<int32_t> tokens = random_tokens(1500, model.vocab_size, 9);
  RunnerDriver a(*one), b(*four, 5, 11);
  a.add(tokens);
  b.add(tokens);
  a.finish_prompt(0, 512);
  while (b.sequence(0).num_computed < 1490) b.step({149});
  for (int i = 0; i < 10; ++i) b.step({1});
  for (int position = 0; position < 1500; ++position)
    QVERIFY(same_bits(a.logits().at({0, position}), b.logits().at({0, position})));
}
