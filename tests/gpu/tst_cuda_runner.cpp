// SPDX-License-Identifier: Apache-2.0
// The CUDA runner as a whole: the published goldens, running ahead, refusals; fixed bits are in
// cuda_bits_test.cpp, the types of the KV cache in cuda_cache_test.cpp, faults in
// cuda_fault_test.cpp.
#include <QtTest>
#include <cstring>

#include "engine/runner/cuda/cuda_loader.h"
#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/resources.h"
#include "tests/engine/expect_error.h"
#include "tests/gpu/cuda_bits_test.h"
#include "tests/gpu/cuda_cache_test.h"
#include "tests/gpu/cuda_engine_case.h"
#include "tests/gpu/cuda_fault_test.h"
#include "tests/gpu/cuda_tuning_test.h"

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
  void takes_what_was_planned();
  void memory_that_others_hold();
  void memory_taken_while_loading();

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
  const bool f16 = model.contains("f16");
  const auto engine = make_engine(model.toStdString());
  const Fidelity result = fidelity(engine.get(), model.toStdString(), f16 ? 0.02 : 0.15);
  std::printf("fidelity %s %s\n", qPrintable(model), result.describe().c_str());
  QCOMPARE(result.problem, std::string());
  QVERIFY(result.rows > 0 && result.checked > 0);
  QVERIFY2(result.mean_kl < (f16 ? 2e-5 : 1e-3), result.describe().c_str());
}

void CudaRunnerTest::same_answers_with_and_without_graphs() {
  std::vector<std::vector<Answer>> answers;
  for (const auto& [graphs, pdl, ahead] : {std::tuple{true, true, true},
                                           {true, true, false},
                                           {true, false, true},
                                           {false, true, false},
                                           {false, false, false}}) {
    CudaRunnerOptions options;
    options.graphs = graphs;
    options.programmatic_launch = pdl;
    options.run_ahead = ahead;
    const auto engine = make_engine("tiny-qwen3", options);
    // One alone (small buckets), then three at once, some sampled.
    std::vector<Answer> all = run_all(engine.get(), {request(some_prompt(70, 2), 60)});
    for (const Answer& answer : run_all(
             engine.get(), {request(some_prompt(300, 3), 40, 0.8f), request(some_prompt(9, 4), 50),
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
  std::vector<Answer> answers(60);
  for (int i = 0; i < 60; ++i)
    engine->submit(request(some_prompt(3 + i * 7 % 200, i % 9), 5 + i % 30),
                   into(&answers[static_cast<size_t>(i)]));
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
  const std::string planned = Engine::plan_memory(config).description;
  const auto loaded = Engine::load(config);
  // Free memory, and with it what may be used, is not the same to the byte.
  const auto before_of = [](const std::string& plan) { return plan.substr(0, plan.rfind(" of ")); };
  QCOMPARE(before_of(loaded->memory_summary()), before_of(planned));
  QVERIFY2(planned.find("KV cache 0.27 GB") != std::string::npos, planned.c_str());
}

// After loading and answering nothing more is taken than the plan says.
void CudaRunnerTest::takes_what_was_planned() {
  const std::string folder = data_folder() + "/tiny-qwen3";
  const auto weights = engine::open_safetensors(folder);
  EngineConfig config = small_config();
  config.kv_cache_bytes = 0;
  size_t before = 0, after = 0, total = 0;
  QCOMPARE(cudaMemGetInfo(&before, &total), cudaSuccess);
  engine::TuningTable choices;
  CudaRunnerOptions options;
  options.tuning = &choices;
  auto runner =
      std::make_unique<CudaRunner>(config, engine::load_model_config(folder), *weights, 0, options,
                                   engine::LoadProgress(), std::stop_token());
  const engine::GpuMemoryPlan plan = runner->memory_plan();
  const auto engine = Engine::with_runner(config, std::move(runner));
  QCOMPARE(run_all(engine.get(), {request(some_prompt(900, 1), 20)})[0].tokens.size(), size_t{20});
  QCOMPARE(cudaMemGetInfo(&after, &total), cudaSuccess);
  const auto taken = static_cast<int64_t>(before) - static_cast<int64_t>(after);
  const int64_t planned =
      plan.weight_bytes + plan.workspace_bytes + plan.reserve_bytes + plan.kv_cache_bytes;
  std::printf("memory: planned %lld MB, taken %lld MB\n", static_cast<long long>(planned >> 20),
              static_cast<long long>(taken >> 20));
  QVERIFY(taken <= planned);
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

int main(int argc, char** argv) {
  const QCoreApplication application(argc, argv);
  if (argc == 5 && std::string(argv[1]) == "--break")
    return break_and_reload(argv[2], std::atoi(argv[3]), std::string(argv[4]) == "graphs");
  if (argc == 3 && std::string(argv[1]) == "--again") return answer_again(argv[2]);
  CudaBitsTest bits;
  CudaCacheTest cache;
  CudaTuningTest tuning;
  CudaRunnerTest runner;
  CudaFaultTest fault;
  return QTest::qExec(&bits, argc, argv) + QTest::qExec(&cache, argc, argv) +
         QTest::qExec(&tuning, argc, argv) + QTest::qExec(&runner, argc, argv) +
         QTest::qExec(&fault, argc, argv);
}

#include "tst_cuda_runner.moc"
