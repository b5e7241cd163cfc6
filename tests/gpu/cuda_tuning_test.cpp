// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda_tuning_test.h"

#include <QtTest>

#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/product_tuning.h"
#include "tests/gpu/cuda_engine_case.h"
#include "tests/gpu/random_model.h"

using engine::TuningTable;

namespace {

constexpr int kChunk = 1000;
const size_t kChoices = 4 * engine::tuned_tokens(kChunk).size();

engine::ModelConfig small_model() {
  engine::ModelConfig model;
  model.architecture = "Qwen3ForCausalLM";
  model.vocab_size = 2000;
  model.hidden_size = 1024;
  model.intermediate_size = 3072;
  model.num_hidden_layers = 3;
  model.num_attention_heads = 16;
  model.num_key_value_heads = 4;
  model.head_dim = 128;
  model.max_position_embeddings = 4096;
  model.rope_theta = 1e6;
  model.tie_word_embeddings = true;
  return model;
}

std::unique_ptr<Engine> tuned_engine(TuningTable* table, bool graphs = true) {
  static const RandomModel weights(small_model());
  EngineConfig config = small_config();
  config.max_num_batched_tokens = kChunk;
  config.enable_prefix_caching = false;
  CudaRunnerOptions options;
  options.graphs = graphs;
  options.tuning = table;
  return Engine::with_runner(
      config, std::make_unique<CudaRunner>(config, small_model(), weights, 0, options,
                                           engine::LoadProgress(), std::stop_token()));
}

// Steps of measured numbers of tokens, of numbers between them and of full chunks, bit by bit.
std::vector<Answer> answers(Engine* engine) {
  std::vector<Answer> all;
  for (const int length : {65, 90, 128, 150, 320, 500, 512, 700, 999, 1000, 1700}) {
    TokenRequest ask = request(some_prompt(length, length), 3);
    ask.sampling.logprobs = 5;
    all.push_back(run_all(engine, {ask})[0]);
  }
  return all;
}

TuningTable kept_table() {
  TuningTable table;
  table.is_kept = true;
  return table;
}

}  // namespace

void CudaTuningTest::initTestCase() {
  const auto gpus = engine::list_gpus();
  if (gpus.empty() || !gpus[0].problem.empty()) QSKIP("no usable GPU");
}

void CudaTuningTest::tokens_up_to_the_largest_step() {
  using List = std::vector<int64_t>;
  QCOMPARE(engine::tuned_tokens(64), List());
  QCOMPARE(engine::tuned_tokens(65), List{65});
  QCOMPARE(engine::tuned_tokens(512), List{512});
  QCOMPARE(engine::tuned_tokens(kChunk), (List{512, kChunk}));
  QCOMPARE(engine::tuned_tokens(4096), (List{512, 1024, 1536, 2048, 3072, 4096}));
}

void CudaTuningTest::algorithms_as_text() {
  kernels::CudaMatmul::Algorithm algorithm, back;
  for (size_t i = 0; i < algorithm.size(); ++i) algorithm[i] = 0xfedcba9876543210ull >> i;
  const std::string text = engine::format_algorithm(algorithm);
  QVERIFY(engine::parse_algorithm(text, &back) && back == algorithm);
  for (const std::string& wrong :
       {std::string(), text + "0", text.substr(1), " " + text.substr(1), "g" + text.substr(1),
        "-" + text.substr(1), text.substr(0, 20) + "+" + text.substr(21)})
    QVERIFY2(!engine::parse_algorithm(wrong, &back), wrong.c_str());
}

void CudaTuningTest::second_load_measures_nothing() {
  TuningTable table = kept_table();
  tuned_engine(&table);
  std::printf("tuning: %s\n", table.report.c_str());
  QCOMPARE(table.choices.size(), kChoices);
  const auto choices = table.choices;
  tuned_engine(&table);
  std::printf("tuning: %s\n", table.report.c_str());
  const std::string known = std::to_string(kChoices) + " choices known, 0 measured";
  QVERIFY2(table.report.find(known) != std::string::npos, table.report.c_str());
  QVERIFY(table.choices == choices);
}

void CudaTuningTest::same_bits_in_every_load() {
  TuningTable table = kept_table();
  std::vector<Answer> first;
  for (int load = 0; load < 4; ++load) {
    const auto engine = tuned_engine(&table, load % 2 == 0);
    for (int run = 0; run < 5; ++run) {
      const std::vector<Answer> all = answers(engine.get());
      if (first.empty()) first = all;
      for (const Answer& answer : all) QVERIFY(answer.error.empty() && answer.tokens.size() == 3);
      QVERIFY2(all == first, qPrintable(QString("load %1, run %2").arg(load).arg(run)));
    }
  }
}

// Each such load measures for itself, and nobody can tell.
void CudaTuningTest::no_other_bits_where_nothing_is_kept() {
  const std::vector<Answer> untuned = answers(tuned_engine(nullptr).get());
  for (int load = 0; load < 3; ++load) {
    TuningTable table;
    const auto engine = tuned_engine(&table);
    QVERIFY2(table.report.find(" 0 with other bits") != std::string::npos, table.report.c_str());
    QVERIFY(answers(engine.get()) == untuned);
  }
}

void CudaTuningTest::useless_entries_are_measured_anew_data() {
  QTest::addColumn<QString>("text");
  QTest::newRow("nonsense") << "nonsense";
  QTest::newRow("empty") << "";
  QTest::newRow("no such algorithm") << QString(128, '0');
}

void CudaTuningTest::useless_entries_are_measured_anew() {
  QFETCH(QString, text);
  TuningTable table = kept_table();
  tuned_engine(&table);
  for (auto& [key, value] : table.choices) value = text.toStdString();
  const auto engine = tuned_engine(&table);
  for (const Answer& answer : answers(engine.get())) {
    QVERIFY(answer.error.empty() && answer.tokens.size() == 3);
    for (const float logprob : answer.logprobs) QVERIFY(std::isfinite(logprob));
  }
  kernels::CudaMatmul::Algorithm algorithm;
  for (const auto& [key, value] : table.choices)
    QVERIFY(value == "first proposal" || engine::parse_algorithm(value, &algorithm));
  std::printf("tuning: %s\n", table.report.c_str());
}

void CudaTuningTest::goldens() {
  TuningTable table = kept_table();
  CudaRunnerOptions options;
  options.tuning = &table;
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16"}) {
    const bool f16 = std::string(model).find("f16") != std::string::npos;
    const auto engine = make_engine(model, options);
    const Fidelity result = fidelity(engine.get(), model, f16 ? 0.02 : 0.15);
    QCOMPARE(result.problem, std::string());
    QVERIFY2(result.mean_kl < (f16 ? 2e-5 : 1e-3), result.describe().c_str());
  }
}
