// SPDX-License-Identifier: Apache-2.0
// The CUDA runner as a whole: the published goldens, running ahead, refusals; fixed bits are in
// cuda_bits_test.cpp.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <cmath>
#include <cstring>

#include "engine/engine.h"
#include "engine/formats/weight_source.h"
#include "engine/runner/cuda/cuda_loader.h"
#include "engine/runner/cuda/cuda_runner.h"
#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/resources.h"
#include "tests/engine/expect_error.h"
#include "tests/gpu/cuda_bits_test.h"
#include "tests/gpu/requests.h"

using engine::CudaRunner;
using engine::CudaRunnerOptions;
using engine::Engine;
using engine::EngineConfig;
using engine::TokenRequest;

namespace {

std::string data_folder() {
  return qEnvironmentVariable("FIRESIDE_TEST_DATA", FIRESIDE_TEST_DATA).toStdString();
}

struct Golden {
  struct Prompt {
    std::vector<int32_t> ids, greedy;
    std::vector<double> margins;
    int first_position = 0;
    std::vector<std::vector<float>> logits;  // from first_position on
  };
  std::vector<Prompt> prompts;
};

QByteArray read(const std::string& path) {
  QFile file(QString::fromStdString(path));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<int32_t> ids_of(const QJsonValue& value) {
  std::vector<int32_t> ids;
  for (const QJsonValue& id : value.toArray()) ids.push_back(id.toInt());
  return ids;
}

Golden read_golden(const std::string& folder) {
  Golden golden;
  const QJsonObject json = QJsonDocument::fromJson(read(folder + "/golden.json")).object();
  const QByteArray tensors = read(folder + "/golden_logits.safetensors");
  uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, tensors.data(), 8);
  const QJsonObject header =
      QJsonDocument::fromJson(tensors.mid(8, static_cast<qsizetype>(header_bytes))).object();
  int index = 0;
  for (const QJsonValue& value : json["prompts"].toArray()) {
    Golden::Prompt prompt;
    prompt.ids = ids_of(value["ids"]);
    prompt.first_position = value["first_position"].toInt();
    const QJsonObject entry = header[QString("logits.%1").arg(index)].toObject();
    const auto rows = static_cast<size_t>(entry["shape"][0].toInt());
    const auto width = static_cast<size_t>(entry["shape"][1].toInt());
    const char* at = tensors.data() + 8 + header_bytes + entry["data_offsets"][0].toInteger();
    for (size_t r = 0; r < rows; ++r) {
      prompt.logits.emplace_back(width);
      std::memcpy(prompt.logits.back().data(), at + r * width * 4, width * 4);
    }
    for (const QJsonValue& greedy : json["greedy"].toArray()) {
      if (greedy["prompt"].toInt() != index) continue;
      prompt.greedy = ids_of(greedy["ids"]);
      for (const QJsonValue& margin : greedy["top1_minus_top2"].toArray())
        prompt.margins.push_back(margin.toDouble());
    }
    golden.prompts.push_back(prompt);
    ++index;
  }
  return golden;
}

double divergence(const std::vector<float>& want, std::span<const float> got) {
  const auto log_sum = [](std::span<const float> x) {
    double top = -INFINITY, sum = 0;
    for (const float v : x) top = std::max(top, static_cast<double>(v));
    for (const float v : x) sum += std::exp(v - top);
    return top + std::log(sum);
  };
  const double want_sum = log_sum(want), got_sum = log_sum(got);
  double kl = 0;
  for (size_t i = 0; i < want.size(); ++i)
    kl += std::exp(want[i] - want_sum) * ((want[i] - want_sum) - (got[i] - got_sum));
  return kl;
}

EngineConfig small_config() {
  EngineConfig config;
  config.max_model_len = 2048;
  config.max_num_seqs = 40;
  config.kv_cache_bytes = 256 << 20;
  return config;
}

std::unique_ptr<Engine> make_engine(const std::string& model, const CudaRunnerOptions& options = {},
                                    EngineConfig config = small_config()) {
  const std::string folder = data_folder() + "/" + model;
  const auto weights = engine::open_safetensors(folder);
  const engine::ModelConfig description = engine::load_model_config(folder);
  config.max_model_len = std::min(config.max_model_len, description.max_position_embeddings);
  auto runner = std::make_unique<CudaRunner>(config, description, *weights, 0, options,
                                             engine::LoadProgress(), std::stop_token());
  return Engine::with_runner(config, std::move(runner));
}

}  // namespace

class CudaRunnerTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void goldens_data();
  void goldens();
  void same_answers_with_and_without_graphs();
  void sampled_answers_repeat();
  void many_sequences_come_and_go();
  void cancel_while_loading();
  void refuses_what_does_not_fit();
  void loads_again_after_unloading();
  void plans_without_loading();
  void memory_that_others_hold();
  void memory_taken_while_loading();
  void fault_names();
  void answers_end_and_reload_works_after_a_fault_data();
  void answers_end_and_reload_works_after_a_fault();

 private:
  bool has_gpu_ = false;
};

void CudaRunnerTest::initTestCase() {
  const auto gpus = engine::list_gpus();
  QVERIFY(!gpus.empty());
  has_gpu_ = gpus[0].problem.empty();
  if (!has_gpu_) QSKIP(("no usable GPU: " + gpus[0].problem).c_str());
  qInfo("%s, %s", gpus[0].name.c_str(), gpus[0].features.c_str());
}

void CudaRunnerTest::goldens_data() {
  QTest::addColumn<QString>("model");
  for (const char* model : {"tiny-qwen3", "tiny-qwen3-sharded-untied-f16", "tiny-qwen3-yarn"})
    QTest::newRow(model) << model;
}

// Every logit of the goldens in one go, then the greedy continuation wherever its margin is safe.
void CudaRunnerTest::goldens() {
  QFETCH(QString, model);
  const Golden golden = read_golden(data_folder() + "/" + model.toStdString());
  QVERIFY(!golden.prompts.empty());
  const bool f16 = model.contains("f16");
  const auto engine = make_engine(model.toStdString());
  double total = 0, worst = 0;
  int rows = 0, checked = 0;
  for (const Golden::Prompt& prompt : golden.prompts) {
    TokenRequest ask = request(prompt.ids, static_cast<int>(prompt.greedy.size()));
    ask.prompt_logits = true;
    ask.on_logits = [&](int position, std::span<const float> logits) {
      const int row = position - prompt.first_position;
      if (row < 0 || row >= static_cast<int>(prompt.logits.size())) return;
      const double kl = divergence(prompt.logits[static_cast<size_t>(row)], logits);
      total += kl;
      worst = std::max(worst, kl);
      ++rows;
    };
    const Answer answer = run_all(engine.get(), {ask})[0];
    QCOMPARE(answer.error, std::string());
    QCOMPARE(answer.tokens.size(), prompt.greedy.size());
    for (size_t i = 0; i < prompt.greedy.size(); ++i) {
      if (prompt.margins[i] < (f16 ? 0.02 : 0.15)) break;  // may differ, and then all that follows
      QCOMPARE(answer.tokens[i], prompt.greedy[i]);
      ++checked;
    }
  }
  std::printf("fidelity %s mean_kl %.3e worst_kl %.3e rows %d greedy_checked %d\n", qPrintable(model),
              total / rows, worst, rows, checked);
  QVERIFY(rows > 0 && checked > 0);
  QVERIFY2(total / rows < (f16 ? 2e-5 : 1e-3), qPrintable(QString::number(total / rows)));
}

void CudaRunnerTest::same_answers_with_and_without_graphs() {
  std::vector<std::vector<Answer>> answers;
  for (const auto& [graphs, pdl, ahead] :
       {std::tuple{true, true, true}, {true, true, false}, {true, false, true}, {false, true, false},
        {false, false, false}}) {
    CudaRunnerOptions options;
    options.graphs = graphs;
    options.programmatic_launch = pdl;
    options.run_ahead = ahead;
    const auto engine = make_engine("tiny-qwen3", options);
    // One alone (small buckets), then three at once, some sampled.
    std::vector<Answer> all = run_all(engine.get(), {request(some_prompt(70, 2), 60)});
    for (const Answer& answer :
         run_all(engine.get(), {request(some_prompt(300, 3), 40, 0.8f), request(some_prompt(9, 4), 50),
                                request(some_prompt(33, 5), 20, 1.2f)}))
      all.push_back(answer);
    answers.push_back(all);
  }
  for (const auto& one : answers) QVERIFY(one == answers[0]);
}

void CudaRunnerTest::sampled_answers_repeat() {
  const auto engine = make_engine("tiny-qwen3");
  TokenRequest ask = request(some_prompt(40, 6), 40, 0.9f);
  const Answer first = run_all(engine.get(), {ask})[0];
  QVERIFY(run_all(engine.get(), {ask})[0].tokens == first.tokens);
  ask.sampling.seed = 8;
  QVERIFY(run_all(engine.get(), {ask})[0].tokens != first.tokens);
  ask.sampling.repetition_penalty = 1.3f;
  ask.sampling.presence_penalty = 0.5f;
  ask.sampling.logit_bias = {{5, 100.0f}};
  const Answer biased = run_all(engine.get(), {ask})[0];
  QCOMPARE(biased.error, std::string());
  QCOMPARE(biased.tokens[0], 5);
}

// More requests than fit a step, of many lengths, with prefix hits and aborts on the way.
void CudaRunnerTest::many_sequences_come_and_go() {
  const auto engine = make_engine("tiny-qwen3");
  std::vector<Answer> alone, answers(60);
  for (int i = 0; i < 60; ++i)
    engine->submit(request(some_prompt(3 + i * 7 % 200, i % 9), 5 + i % 30), into(&answers[static_cast<size_t>(i)]));
  const uint64_t doomed = engine->submit(request(some_prompt(100, 1), 500), [](const auto&) {});
  for (int steps = 0; engine->has_work(); ++steps) {
    engine->step();
    if (steps == 20) engine->abort(doomed);
  }
  engine->check_integrity();
  for (int i = 0; i < 60; ++i) {
    QCOMPARE(answers[static_cast<size_t>(i)].error, std::string());
    QCOMPARE(answers[static_cast<size_t>(i)].tokens.size(), static_cast<size_t>(5 + i % 30));
  }
}

void CudaRunnerTest::cancel_while_loading() {
  std::stop_source stop;
  stop.request_stop();
  const std::string folder = data_folder() + "/tiny-qwen3";
  const auto weights = engine::open_safetensors(folder);
  try {
    CudaRunner runner(small_config(), engine::load_model_config(folder), *weights, 0, {}, {},
                      stop.get_token());
    QFAIL("was not cancelled");
  } catch (const engine::Error& error) {
    QVERIFY(error.code() == engine::ErrorCode::Cancelled);
  }
}

void CudaRunnerTest::refuses_what_does_not_fit() {
  EngineConfig config = small_config();
  config.kv_cache_bytes = int64_t{4} << 40;
  EXPECT_ERROR(make_engine("tiny-qwen3", {}, config), engine::ErrorCode::OutOfMemory, "GB");
}

void CudaRunnerTest::loads_again_after_unloading() {
  Answer first;
  for (int i = 0; i < 3; ++i) {
    const auto engine = make_engine("tiny-qwen3-sharded-untied-f16");
    const Answer answer = run_all(engine.get(), {request(some_prompt(20, 3), 12)})[0];
    if (i == 0) first = answer;
    QVERIFY(answer == first);
  }
}

void CudaRunnerTest::plans_without_loading() {
  const std::string folder = data_folder() + "/tiny-qwen3";
  EngineConfig config = small_config();
  config.model = folder;
  config.device = "cuda:0";
  const std::string planned = Engine::plan_memory(config);
  const auto loaded = Engine::load(config);
  // Free memory, and with it what may be used, is not the same to the byte.
  const auto before_of = [](const std::string& plan) { return plan.substr(0, plan.rfind(" of ")); };
  QCOMPARE(before_of(loaded->memory_summary()), before_of(planned));
  QVERIFY2(planned.find("KV cache 0.27 GB") != std::string::npos, planned.c_str());
}

// Somebody else has taken nearly everything: refused with figures, and fine once it is back.
void CudaRunnerTest::memory_that_others_hold() {
  size_t free_bytes = 0, total_bytes = 0;
  QCOMPARE(cudaMemGetInfo(&free_bytes, &total_bytes), cudaSuccess);
  {
    const auto taken = engine::device_bytes(static_cast<int64_t>(free_bytes) - (300 << 20), "test");
    EXPECT_ERROR(make_engine("tiny-qwen3"), engine::ErrorCode::OutOfMemory, "GB free of");
  }
  QCOMPARE(run_all(make_engine("tiny-qwen3").get(), {request({1, 2}, 3)})[0].tokens.size(),
           size_t{3});
}

// It was free when the plan was made, and is not when the cache is taken.
void CudaRunnerTest::memory_taken_while_loading() {
  const std::string folder = data_folder() + "/tiny-qwen3";
  const auto weights = engine::open_safetensors(folder);
  EngineConfig config = small_config();
  std::vector<engine::DeviceBytes> taken;
  const auto take_all = [&taken](const std::string&, double) {
    for (int64_t size = int64_t{1} << 38; size >= 1 << 20; size /= 2) {
      void* data = nullptr;
      while (cudaMalloc(&data, static_cast<size_t>(size)) == cudaSuccess)
        taken.emplace_back(data, size);
      cudaGetLastError();
    }
  };
  config.max_model_len = 256;
  const auto model = engine::load_model_config(folder);
  EXPECT_ERROR(CudaRunner(config, model, *weights, 0, {}, take_all, {}),
               engine::ErrorCode::OutOfMemory, "no memory left");
  QVERIFY(!taken.empty());
  taken.clear();
  const CudaRunner again(config, model, *weights, 0, {}, {}, {});
  QVERIFY(again.num_kv_blocks() > 0);
}

void CudaRunnerTest::fault_names() {
  for (const char* wrong : {"step", "step:0", "1", "step:x"}) {
    qputenv("FIRESIDE_CUDA_FAULT", wrong);
    EXPECT_ERROR(CudaRunnerOptions::from_environment(), engine::ErrorCode::InvalidArgument,
                 "FIRESIDE_CUDA_FAULT");
  }
  qputenv("FIRESIDE_CUDA_FAULT", "step:12");
  QCOMPARE(CudaRunnerOptions::from_environment().fault_step, 12);
  qunsetenv("FIRESIDE_CUDA_FAULT");
  QCOMPARE(CudaRunnerOptions::from_environment().fault_step, 0);
}

void CudaRunnerTest::answers_end_and_reload_works_after_a_fault_data() {
  QTest::addColumn<int>("step");
  QTest::addColumn<bool>("graphs");
  QTest::newRow("while reading the prompt") << 1 << true;
  QTest::newRow("while answering") << 20 << true;
  QTest::newRow("while answering, without graphs") << 20 << false;
}

// The device is gone for good: what was said is kept, every request ends with the reason, step()
// says so, and a new engine in the same process gives the same answer as ever. Last of all tests.
void CudaRunnerTest::answers_end_and_reload_works_after_a_fault() {
  QFETCH(int, step);
  QFETCH(bool, graphs);
  const std::vector<TokenRequest> requests = {request(some_prompt(40, 3), 60),
                                              request(some_prompt(15, 5), 60, 0.8f)};
  const std::vector<Answer> whole = run_all(make_engine("tiny-qwen3").get(), requests);
  {
    CudaRunnerOptions options;
    options.graphs = graphs;
    options.fault_step = step;
    const auto engine = make_engine("tiny-qwen3", options);
    std::vector<Answer> answers(2);
    for (size_t i = 0; i < 2; ++i) engine->submit(requests[i], into(&answers[i]));
    try {
      while (engine->has_work()) engine->step();
      QFAIL("the device did not fail");
    } catch (const engine::Error& error) {
      QVERIFY2(error.code() == engine::ErrorCode::Device, error.what());
      QVERIFY2(std::string(error.what()).find("reload the model") != std::string::npos,
               error.what());
    }
    for (size_t i = 0; i < 2; ++i) {
      QVERIFY(!answers[i].error.empty());
      QVERIFY(static_cast<int>(answers[i].tokens.size()) >= (step > 1 ? step - 2 : 0));
      QVERIFY(answers[i].tokens.size() < whole[i].tokens.size());
      QVERIFY(
          std::equal(answers[i].tokens.begin(), answers[i].tokens.end(), whole[i].tokens.begin()));
    }
    QVERIFY(!engine->has_work());
    EXPECT_ERROR(engine->submit(requests[0], {}), engine::ErrorCode::Device, "");
  }
  const auto again = make_engine("tiny-qwen3");
  QVERIFY(run_all(again.get(), requests) == whole);
}

// The runner's tests last: the last of them break the device on purpose.
int main(int argc, char** argv) {
  const QCoreApplication application(argc, argv);
  CudaBitsTest bits;
  CudaRunnerTest runner;
  return QTest::qExec(&bits, argc, argv) + QTest::qExec(&runner, argc, argv);
}

#include "tst_cuda_runner.moc"
