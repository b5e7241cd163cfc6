// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda_bits_test.h"

#include <QtTest>

#include "engine/formats/weight_source.h"
#include "engine/runner/cuda/cuda_runner.h"
#include "engine/runner/cuda/devices.h"
#include "tests/gpu/random_model.h"
#include "tests/gpu/requests.h"

using engine::CudaRunner;
using engine::CudaRunnerOptions;
using engine::Engine;
using engine::EngineConfig;
using engine::TokenRequest;

namespace {

// A model large enough that its matrices take every kind of kernel: rows for a multiprocessor from
// below 24 to above 256, sizes that are no multiple of 128.
engine::ModelConfig middle_model() {
  engine::ModelConfig model;
  model.architecture = "Qwen3ForCausalLM";
  model.vocab_size = 40000;
  model.hidden_size = 1088;
  model.intermediate_size = 4160;
  model.num_hidden_layers = 4;
  model.num_attention_heads = 24;
  model.num_key_value_heads = 6;
  model.head_dim = 128;
  model.max_position_embeddings = 8192;
  model.rope_theta = 5e6;
  model.tie_word_embeddings = true;
  return model;
}

// A model whose weights are read once for all engines on it.
struct Subject {
  engine::ModelConfig config;
  std::unique_ptr<engine::WeightSource> weights;

  explicit Subject(const QString& name) {
    if (name == "random") {
      config = middle_model();
      weights = std::make_unique<RandomModel>(config);
      return;
    }
    const std::string folder =
        qEnvironmentVariable("FIRESIDE_TEST_DATA", FIRESIDE_TEST_DATA).toStdString() + "/" +
        name.toStdString();
    config = engine::load_model_config(folder);
    weights = engine::open_safetensors(folder);
  }
  std::unique_ptr<Engine> engine(const CudaRunnerOptions& options, EngineConfig settings) const {
    settings.max_num_seqs = 40;
    settings.max_model_len = config.max_position_embeddings;
    settings.kv_cache_bytes = int64_t{1} << 30;
    return Engine::with_runner(
        settings, std::make_unique<CudaRunner>(settings, config, *weights, 0, options,
                                               engine::LoadProgress(), std::stop_token()));
  }
};

// Every token and the exact probabilities of six of them at each place.
TokenRequest open_request(const std::vector<int32_t>& prompt, int max_tokens) {
  TokenRequest ask = request(prompt, max_tokens);
  ask.sampling.logprobs = 5;
  return ask;
}

CudaRunnerOptions options_of(bool graphs, bool programmatic_launch, bool run_ahead) {
  CudaRunnerOptions options;
  options.graphs = graphs;
  options.programmatic_launch = programmatic_launch;
  options.run_ahead = run_ahead;
  return options;
}

void models() {
  QTest::addColumn<QString>("model");
  for (const char* name : {"tiny-qwen3", "random"}) QTest::newRow(name) << name;
}

}  // namespace

void CudaBitsTest::initTestCase() {
  const auto gpus = engine::list_gpus();
  if (gpus.empty() || !gpus[0].problem.empty()) QSKIP("no usable GPU");
}

void CudaBitsTest::same_schedule_200_times_data() { models(); }

// 200 runs of a request alone and of three at once, with graphs and without: one result.
void CudaBitsTest::same_schedule_200_times() {
  QFETCH(QString, model);
  const Subject subject(model);
  std::vector<Answer> first;
  for (const bool graphs : {true, false}) {
    EngineConfig settings;
    settings.enable_prefix_caching = false;
    CudaRunnerOptions options;
    options.graphs = graphs;
    const auto engine = subject.engine(options, settings);
    for (int i = 0; i < 100; ++i) {
      std::vector<Answer> answers = run_all(engine.get(), {open_request(some_prompt(150, 1), 6)});
      for (const Answer& answer :
           run_all(engine.get(), {request(some_prompt(70, 2), 24), request(some_prompt(9, 3), 30),
                                  request(some_prompt(33, 4), 20, 0.9f)}))
        answers.push_back(answer);
      if (first.empty()) first = answers;
      QCOMPARE(answers[0].error, std::string());
      QCOMPARE(answers[0].tokens.size(), size_t{6});
      QVERIFY2(answers == first,
               qPrintable(QString("run %1, graphs %2").arg(i).arg(graphs ? "on" : "off")));
    }
  }
}

void CudaBitsTest::batch_invariant_1000_times_data() { models(); }

// One request among 0 to 31 others (some of them the same), in steps of 40 to 4,096 tokens, with
// prefix hits and without, with graphs, programmatic launches and running ahead and without: one
// result.
void CudaBitsTest::batch_invariant_1000_times() {
  QFETCH(QString, model);
  const Subject subject(model);
  struct Way {
    int chunk;
    bool prefix_cache;
    CudaRunnerOptions options;
  };
  const Way ways[] = {{4096, false, options_of(true, true, true)},
                      {40, true, options_of(true, true, false)},
                      {777, true, options_of(false, false, true)}};
  const std::vector<int32_t> prompt = some_prompt(150, 1);
  Answer seen, drawn;
  int runs = 0;
  for (const Way& way : ways) {
    EngineConfig settings;
    settings.batch_invariant = true;
    settings.max_num_batched_tokens = way.chunk;
    settings.enable_prefix_caching = way.prefix_cache;
    const auto engine = subject.engine(way.options, settings);
    for (int size = 1; size <= 32; ++size) {
      // Three of four are the request, with probabilities or, run ahead, without.
      std::vector<TokenRequest> batch;
      for (int i = 0; i < size; ++i) {
        const int kind = (i + size) % 4;
        if (kind == 0)
          batch.push_back(request(some_prompt(3 + (i * 41 + size * 7) % 190, i), 1 + i % 7));
        else
          batch.push_back(kind == 3 ? request(prompt, 6, 0.9f) : open_request(prompt, 6));
      }
      const std::vector<Answer> answers = run_all(engine.get(), batch);
      for (int i = 0; i < size; ++i) {
        const int kind = (i + size) % 4;
        const Answer& answer = answers[static_cast<size_t>(i)];
        QCOMPARE(answer.error, std::string());
        if (kind == 0) continue;
        Answer& want = kind == 3 ? drawn : seen;
        if (want.tokens.empty()) want = answer;
        QCOMPARE(answer.tokens.size(), size_t{6});
        QVERIFY2(answer == want, qPrintable(QString("run %1: batch of %2, steps of %3 tokens")
                                                .arg(runs)
                                                .arg(size)
                                                .arg(way.chunk)));
        ++runs;
      }
    }
  }
  QVERIFY2(runs >= 1000, qPrintable(QString::number(runs)));
}

void CudaBitsTest::forty_answers_in_steps_of_forty_data() { models(); }

// 33 to 40 answers at once are padded to 48, more than a step of 40 tokens has.
void CudaBitsTest::forty_answers_in_steps_of_forty() {
  QFETCH(QString, model);
  const Subject subject(model);
  EngineConfig settings;
  settings.batch_invariant = true;
  settings.max_num_batched_tokens = 40;
  settings.enable_prefix_caching = false;
  for (const bool ahead : {false, true}) {
    const auto engine = subject.engine(options_of(true, true, ahead), settings);
    std::vector<TokenRequest> batch;
    for (int i = 0; i < 40; ++i) {
      const std::vector<int32_t> prompt = some_prompt(3 + i % 5, i);
      batch.push_back(ahead ? request(prompt, 80, 0.9f) : open_request(prompt, 80));
    }
    const std::vector<Answer> together = run_all(engine.get(), batch);
    for (size_t i = 0; i < batch.size(); ++i) {
      const Answer alone = run_all(engine.get(), {batch[i]})[0];
      QCOMPARE(together[i].error, std::string());
      QCOMPARE(alone.tokens.size(), size_t{80});
      QVERIFY2(together[i] == alone, qPrintable(QString("answer %1").arg(i)));
    }
  }
}

void CudaBitsTest::batch_invariant_over_long_contexts_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("cache");
  for (const char* name : {"tiny-qwen3", "random"}) {
    for (const char* cache : {"auto", "fp8"})
      QTest::newRow(qPrintable(QString("%1, cache %2").arg(name, cache))) << name << cache;
  }
}

// Contexts that attention takes in several splits, the end of the prompt near a border of them.
void CudaBitsTest::batch_invariant_over_long_contexts() {
  QFETCH(QString, model);
  QFETCH(QString, cache);
  const Subject subject(model);
  const TokenRequest ask = open_request(some_prompt(2045, 5), 8);
  Answer want;
  for (const int chunk : {4096, 300, 64}) {
    EngineConfig settings;
    settings.batch_invariant = true;
    settings.max_num_batched_tokens = chunk;
    settings.kv_cache_dtype = engine::parse_kv_cache_dtype(cache.toStdString());
    const auto engine = subject.engine({}, settings);
    for (const int others : {0, 1, 31, 0}) {
      std::vector<TokenRequest> batch = {ask};
      for (int i = 0; i < others; ++i)
        batch.push_back(request(some_prompt(20 + i * 20, i), 9 + i % 3));
      const Answer answer = run_all(engine.get(), batch)[0];
      QCOMPARE(answer.error, std::string());
      if (want.tokens.empty()) want = answer;
      QCOMPARE(answer.tokens.size(), size_t{8});
      QVERIFY2(answer == want,
               qPrintable(QString("%1 others, steps of %2 tokens").arg(others).arg(chunk)));
    }
  }
}
