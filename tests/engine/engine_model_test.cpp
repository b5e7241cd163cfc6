// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_model_test.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cstring>
#include <functional>
#include <map>
#include <random>

#include "engine/document.h"
#include "engine/engine.h"
#include "engine/prompt.h"
#include "engine/runner/machine.h"
#include "tests/engine/expect_error.h"
#include "tests/engine/formats/files.h"
#include "tests/engine/runner/golden.h"
#include "tests/engine/tiny_model.h"

using engine::Engine;
using engine::EngineConfig;
using engine::ErrorCode;
using engine::FinishReason;
using engine::RequestOutput;
using engine::TokenRequest;
using Tokens = std::vector<int32_t>;

namespace {

constexpr int kVocab = 2048;
constexpr int kMaxTokens = 12;

// Logits of each position as bytes: equal means bitwise equal, NaN included.
using Logits = std::map<int, QByteArray>;

struct Answer {
  Tokens tokens;
  std::string text;
  RequestOutput last;
  Logits logits;
};

EngineConfig tiny_config() {
  EngineConfig config;
  config.model = tiny_model();
  config.device = "cpu";
  config.num_threads = 1;
  config.max_model_len = 2560;
  config.kv_cache_bytes = 64 << 20;
  return config;
}

Tokens random_tokens(int count, unsigned seed) {
  std::mt19937 random(seed);
  Tokens tokens(static_cast<size_t>(count));
  for (int32_t& token : tokens) token = static_cast<int32_t>(random() % 2000);  // no added tokens
  return tokens;
}

TokenRequest greedy(const Tokens& prompt, int max_tokens = kMaxTokens) {
  TokenRequest request;
  request.prompt_token_ids = prompt;
  request.sampling.temperature = 0.f;
  request.sampling.max_tokens = max_tokens;
  request.sampling.ignore_eos = true;
  return request;
}

std::shared_ptr<Answer> submit(Engine* engine, TokenRequest request) {
  auto answer = std::make_shared<Answer>();
  request.on_logits = [answer](int position, std::span<const float> logits) {
    const QByteArray bytes(reinterpret_cast<const char*>(logits.data()),
                           static_cast<qsizetype>(logits.size_bytes()));
    if (answer->logits.contains(position)) qFatal("logits of position %d came twice", position);
    answer->logits[position] = bytes;
  };
  engine->submit(std::move(request), [answer](const RequestOutput& output) {
    answer->tokens.insert(answer->tokens.end(), output.token_ids.begin(), output.token_ids.end());
    answer->text += output.text;
    answer->last = output;
  });
  return answer;
}

void run(Engine* engine) {
  while (engine->step()) engine->check_integrity();
}

// The request alone in a fresh engine.
Answer alone(const EngineConfig& config, const TokenRequest& request) {
  const auto engine = Engine::load(config);
  const auto answer = submit(engine.get(), request);
  run(engine.get());
  return *answer;
}

}  // namespace

void EngineModelTest::loads_and_answers() {
  std::vector<double> progress;
  EngineConfig config = tiny_config();
  config.device = "auto";
  config.num_threads = 0;
  config.max_model_len = 0;
  const auto engine = Engine::load(config, [&](const std::string& stage, double done) {
    QVERIFY(!stage.empty());
    progress.push_back(done);
  });
  QVERIFY(std::is_sorted(progress.begin(), progress.end()));
  QCOMPARE(progress.back(), 1.0);
  const EngineConfig& chosen = engine->config();
  QVERIFY(chosen.num_threads > 0 && chosen.max_num_batched_tokens > 0 && chosen.max_model_len > 0);
  QVERIFY(chosen.device == "cpu" || chosen.device.starts_with("cuda:"));
  QVERIFY(!engine->device_name().empty());
  QCOMPARE(engine->model_info().name, std::string("tiny-qwen3"));

  engine::ChatRequest chat;
  chat.messages = {{"system", "Be brief."}, {"user", "Hello \u4f60\u597d <|im_end|>"}};
  chat.sampling.max_tokens = 20;
  TokenRequest request = engine->encoder()->encode(chat);
  const auto answer = submit(engine.get(), request);
  run(engine.get());
  QVERIFY(!answer->tokens.empty());
  QVERIFY(answer->last.finished());
  QVERIFY(answer->last.finish_reason == FinishReason::Length ||
          answer->last.finish_reason == FinishReason::Stop);
}

void EngineModelTest::greedy_answers_are_the_reference_s_data() {
  QTest::addColumn<int>("budget");
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16", "tiny-qwen3-yarn"})
    for (const int budget : {7, 512}) QTest::addRow("%s %d", model, budget) << budget;
}

// All prompts of the golden file at once. Where the best two logits are closer than our arithmetic
// is exact, either token is right, and what follows cannot be compared.
void EngineModelTest::greedy_answers_are_the_reference_s() {
  QFETCH(int, budget);
  const std::string name = QString(QTest::currentDataTag()).section(' ', 0, 0).toStdString();
  const Golden golden = read_golden(name);
  EngineConfig config = tiny_config();
  config.model = model_folder(name);
  config.max_model_len = 256;
  config.max_num_batched_tokens = budget;
  const auto engine = Engine::load(config);
  std::vector<std::shared_ptr<Answer>> answers;
  for (const GoldenPrompt& prompt : golden.prompts)
    answers.push_back(submit(engine.get(), greedy(prompt.ids, 24)));
  run(engine.get());
  size_t compared = 0;
  for (const GoldenGreedy& expected : golden.greedy) {
    const Tokens& tokens = answers.at(static_cast<size_t>(expected.prompt))->tokens;
    for (size_t i = 0; i < tokens.size() && expected.margins[i] >= 2e-3; ++i, ++compared)
      QCOMPARE(tokens[i], expected.ids[i]);
  }
  QVERIFY2(compared > 12 * golden.prompts.size(), qPrintable(QString::number(compared)));
}

void EngineModelTest::loading_can_be_cancelled() {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_ERROR(Engine::load(tiny_config(), {}, stop.get_token()), ErrorCode::Cancelled,
               "cancelled");
  std::stop_source later;
  const auto in_the_middle = [&later](const std::string&, double done) {
    if (done > 0.05) later.request_stop();
  };
  EXPECT_ERROR(Engine::load(tiny_config(), in_the_middle, later.get_token()), ErrorCode::Cancelled,
               "");
}

// More only wait for one another.
void EngineModelTest::no_more_threads_than_processors() {
  EngineConfig config = tiny_config();
  config.num_threads = 1024;
  const auto engine = Engine::load(config);
  const int processors = engine::available_processors();
  QCOMPARE(engine->config().num_threads, std::min(1024, processors));
  const std::string name = "CPU, " + std::to_string(processors) + " thread";
  QVERIFY2(engine->device_name().starts_with(name), engine->device_name().c_str());
  // The plan counts the same workspace.
  config.num_threads = processors;
  const int64_t workspace = Engine::plan_memory(config).workspace;
  config.num_threads = 1024;
  QCOMPARE(Engine::plan_memory(config).workspace, workspace);
}

void EngineModelTest::weights_that_change_while_they_are_read_data() {
  QTest::addColumn<bool>("shorter");
  QTest::newRow("cut short") << true;
  QTest::newRow("written anew") << false;
}

// A download that begins anew, a network disk. Cut short was SIGBUS.
void EngineModelTest::weights_that_change_while_they_are_read() {
  QFETCH(bool, shorter);
  const QTemporaryDir dir;
  const QDir original(QString::fromStdString(tiny_model()));
  for (const QString& name : original.entryList(QDir::Files))
    write_file(dir.filePath(name), read_bytes(original.filePath(name)));
  const QString weights = dir.filePath("model.safetensors");
  const QByteArray whole = read_bytes(weights);
  QFile file(weights);  // the clock of a file system may tick slowly
  QVERIFY(file.open(QIODevice::ReadWrite) &&
          file.setFileTime(QDateTime::fromSecsSinceEpoch(1), QFile::FileModificationTime));
  EngineConfig config = tiny_config();
  config.model = dir.path().toStdString();
  bool is_reading = false;
  const auto change = [&](const std::string& stage, double) {
    // The second report: the headers have been read, and the first tensor.
    if (stage == "Reading weights" && std::exchange(is_reading, true) && file.isOpen()) {
      file.close();
      write_file(weights, shorter ? whole.left(1000) : whole);
    }
  };
  EXPECT_ERROR(Engine::load(config, change), ErrorCode::Io,
               weights +
                   " changed while it was read: another program is writing it; wait until "
                   "it is done, then try again");
}

void EngineModelTest::same_request_same_bits_data() {
  QTest::addColumn<int>("budget");
  QTest::addColumn<int>("others");
  QTest::addColumn<int>("threads");
  for (const int budget : {16, 64, 512}) {
    for (const int others : {0, 7}) {
      for (const int threads : {1, 2}) {
        QTest::addRow("chunks of %d, %d others, %d threads", budget, others, threads)
            << budget << others << threads;
      }
    }
  }
}

void EngineModelTest::same_request_same_bits() {
  QFETCH(int, budget);
  QFETCH(int, others);
  QFETCH(int, threads);
  TokenRequest request = greedy(random_tokens(150, 1));
  request.prompt_logits = true;
  static const Answer reference = alone(tiny_config(), request);
  QCOMPARE(reference.logits.size(), size_t(150 + kMaxTokens - 1));

  EngineConfig config = tiny_config();
  config.max_num_batched_tokens = budget;
  config.num_threads = threads;
  const auto engine = Engine::load(config);
  for (int i = 0; i < others; ++i)
    submit(engine.get(), greedy(random_tokens(20 + 31 * i, 100u + static_cast<unsigned>(i))));
  for (int i = 0; i < others / 2; ++i) engine->step();  // joins a batch that is under way
  const auto answer = submit(engine.get(), request);
  run(engine.get());
  QCOMPARE(answer->tokens, reference.tokens);
  QVERIFY(answer->logits == reference.logits);
}

void EngineModelTest::same_bits_after_a_prefix_hit() {
  const Tokens prompt = random_tokens(300, 2);
  const Answer reference = alone(tiny_config(), greedy(prompt));
  for (const int cached : {17, 160, 299, 300}) {
    const auto engine = Engine::load(tiny_config());
    submit(engine.get(), greedy(Tokens(prompt.begin(), prompt.begin() + cached), 1));
    run(engine.get());
    const auto answer = submit(engine.get(), greedy(prompt));
    run(engine.get());
    QCOMPARE(answer->last.usage.cached_tokens, std::min(cached, 299) / 16 * 16);
    QCOMPARE(answer->tokens, reference.tokens);
    QVERIFY(answer->logits == reference.logits);
  }
}

void EngineModelTest::same_bits_after_a_preemption() {
  const TokenRequest request = greedy(random_tokens(60, 3), 40);
  const Answer reference = alone(tiny_config(), request);
  for (const bool caching : {false, true}) {
    EngineConfig config = tiny_config();
    config.max_model_len = 160;
    config.kv_cache_bytes = 16ll * 4096 * 2 * 12;  // 12 blocks of float32 keys and values
    config.enable_prefix_caching = caching;
    const auto engine = Engine::load(config);
    submit(engine.get(), greedy(random_tokens(60, 4), 90));
    const auto answer = submit(engine.get(), request);
    run(engine.get());
    QVERIFY(engine->stats().num_preemptions > 0);
    QCOMPARE(answer->tokens, reference.tokens);
    QVERIFY(answer->logits == reference.logits);
  }
}

void EngineModelTest::same_seed_same_tokens_in_any_batch() {
  TokenRequest request = greedy(random_tokens(40, 5), 30);
  request.sampling.temperature = 1.3f;
  request.sampling.top_k = 200;
  request.sampling.top_p = 0.95f;
  request.sampling.repetition_penalty = 1.1f;
  request.sampling.seed = 12345;
  const Answer reference = alone(tiny_config(), request);
  EngineConfig config = tiny_config();
  config.max_num_batched_tokens = 24;
  const auto engine = Engine::load(config);
  std::vector<std::shared_ptr<Answer>> same, other;
  for (unsigned i = 0; i < 4; ++i) {
    same.push_back(submit(engine.get(), request));
    TokenRequest different = request;
    different.sampling.seed = 777 + i;
    other.push_back(submit(engine.get(), different));
    engine->step();
  }
  run(engine.get());
  for (const auto& answer : same) QCOMPARE(answer->tokens, reference.tokens);
  for (const auto& answer : other) QVERIFY(answer->tokens != reference.tokens);
  QVERIFY(other[0]->tokens != other[1]->tokens);
}

// A conversation about a document as the window holds it: turns, rendered anew for each question.
void EngineModelTest::second_question_reuses_the_document() {
  const auto engine = Engine::load(tiny_config());
  std::string text;
  while (engine->encoder()->count_tokens(text) < 2000)
    text += "The quick brown fox number " + std::to_string(text.size()) + " jumps over it.\n";
  const engine::Document document = engine::document_from_text("foxes.txt", text);
  std::vector<engine::Turn> turns = {{"user", "Summarise this.", {&document}}};
  const auto ask = [&] {
    engine::ChatRequest chat{engine::build_messages("Be brief.", turns), {}};
    chat.sampling.max_tokens = 16;
    chat.sampling.ignore_eos = true;
    return engine->encoder()->encode(chat);
  };
  const TokenRequest first = ask();
  const auto first_answer = submit(engine.get(), first);
  run(engine.get());
  QCOMPARE(first_answer->last.usage.cached_tokens, 0);

  // The answer is part of the history now; it may be encoded with other borders than it was drawn.
  turns.push_back({"assistant", first_answer->text, {}});
  turns.push_back({"user", "And what about number 27?", {}});
  const TokenRequest second = ask();
  const auto [mine, theirs] =
      std::mismatch(first.prompt_token_ids.begin(), first.prompt_token_ids.end(),
                    second.prompt_token_ids.begin());
  QVERIFY(mine == first.prompt_token_ids.end());
  const int64_t before = engine->stats().prompt_tokens;
  const auto second_answer = submit(engine.get(), second);
  run(engine.get());
  const auto num_prompt = static_cast<int64_t>(second.prompt_token_ids.size());
  const auto num_new = num_prompt - static_cast<int64_t>(first.prompt_token_ids.size());
  const int64_t computed = engine->stats().prompt_tokens - before;
  qInfo("second question: %lld of %lld prompt tokens computed, %lld of them new (block of %d)",
        static_cast<long long>(computed), static_cast<long long>(num_prompt),
        static_cast<long long>(num_new), engine->config().block_size);
  QVERIFY(computed <= num_new + engine->config().block_size);
  QCOMPARE(int64_t(second_answer->last.usage.cached_tokens), num_prompt - computed);
}

void EngineModelTest::broken_models_are_refused_data() {
  QTest::addColumn<std::function<void(QString)>>("change");
  QTest::addColumn<QString>("fragment");
  const auto replace = [](const QString& path, const QByteArray& from, const QByteArray& to) {
    QByteArray bytes = read_bytes(path);
    if (!bytes.contains(from)) qFatal("%s holds no %s", qPrintable(path), from.constData());
    write_file(path, bytes.replace(from, to));
  };
  const auto row = [](const char* name, std::function<void(QString)> change, const char* fragment) {
    QTest::newRow(name) << change << fragment;
  };
  row(
      "truncated weights",
      [](const QString& f) { QFile(f + "/model.safetensors").resize(1 << 20); }, "truncated?");
  row(
      "renamed tensor",
      [=](const QString& f) {
        replace(f + "/model.safetensors", "model.norm.weight", "model.norm.wEight");
      },
      "'model.norm.weight' is missing");
  row(
      "sizes that lie",
      [=](const QString& f) {
        replace(f + "/config.json", "\"intermediate_size\": 512", "\"intermediate_size\": 384");
      },
      "config.json asks for");
  row(
      "vocabulary that lies",
      [=](const QString& f) {
        replace(f + "/config.json", "\"vocab_size\": 2048", "\"vocab_size\": 2025");
      },
      "different models");
  row(
      "broken tokenizer", [](const QString& f) { write_file(f + "/tokenizer.json", "{"); },
      "tokenizer.json");
  row(
      "no tokenizer", [](const QString& f) { QFile::remove(f + "/tokenizer.json"); },
      "tokenizer.json");
  row(
      "no weights", [](const QString& f) { QFile::remove(f + "/model.safetensors"); },
      "neither model.safetensors nor");
  row(
      "no config", [](const QString& f) { QFile::remove(f + "/config.json"); }, "config.json");
}

void EngineModelTest::broken_models_are_refused() {
  QFETCH(std::function<void(QString)>, change);
  QFETCH(QString, fragment);
  const QTemporaryDir dir;
  for (const QFileInfo& file :
       QDir(QString::fromStdString(tiny_model())).entryInfoList(QDir::Files)) {
    const QString copy = dir.filePath(file.fileName());
    QFile::copy(file.filePath(), copy);
    QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
  }
  change(dir.path());
  EngineConfig config = tiny_config();
  config.model = dir.path().toStdString();
  try {
    Engine::load(config);
    QFAIL("a broken model was loaded");
  } catch (const engine::Error& error) {
    QVERIFY2(QString(error.what()).contains(fragment), error.what());
  }
}
