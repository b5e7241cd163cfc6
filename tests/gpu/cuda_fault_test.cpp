// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/cuda_fault_test.h"

#include <unistd.h>

#include <QProcess>
#include <QtTest>

#include "engine/runner/cuda/devices.h"
#include "tests/engine/expect_error.h"
#include "tests/gpu/cuda_engine_case.h"

namespace {

const std::vector<TokenRequest>& questions() {
  static const std::vector<TokenRequest> requests = {request(some_prompt(40, 3), 60),
                                                     request(some_prompt(15, 5), 60, 0.8f)};
  return requests;
}

std::vector<Answer> answer_all() { return run_all(make_engine("tiny-qwen3").get(), questions()); }

std::string digest(const std::vector<Answer>& answers) {
  uint64_t sum = 14695981039346656037u;
  for (const Answer& answer : answers) {
    for (const int32_t token : answer.tokens)
      sum = (sum ^ static_cast<uint32_t>(token)) * 1099511628211u;
  }
  return std::to_string(sum);
}

bool holds(bool condition, const char* what) {
  if (!condition) std::printf("fault: wrong: %s\n", what);
  return condition;
}

// The device fails: what was said is kept, every request ends with the reason, and step() says so.
bool break_engine(const CudaRunnerOptions& options, const std::vector<Answer>& whole) {
  const auto engine = make_engine("tiny-qwen3", options);
  std::vector<Answer> answers(2);
  for (size_t i = 0; i < 2; ++i) engine->submit(questions()[i], into(&answers[i]));
  bool failed = false, good = true;
  try {
    for (int steps = 0; engine->has_work() && steps < 200; ++steps) engine->step();
  } catch (const engine::Error& error) {
    failed = error.code() == engine::ErrorCode::Device &&
             std::string(error.what()).find("reload the model") != std::string::npos;
  }
  good = holds(failed, "step() throws Error{Device} that says what to do") && good;
  const int least = std::max(options.fault_step - 2, 0);
  for (size_t i = 0; i < 2; ++i) {
    const auto& tokens = answers[i].tokens;
    good = holds(!answers[i].error.empty(), "the answer says why it ended") && good;
    good = holds(tokens.size() < whole[i].tokens.size() && static_cast<int>(tokens.size()) >= least,
                 "the answer so far is kept") &&
           good;
    good = holds(std::equal(tokens.begin(), tokens.end(), whole[i].tokens.begin()),
                 "the answer so far is right") &&
           good;
  }
  good = holds(!engine->has_work(), "nothing is left to do") && good;
  try {
    engine->submit(questions()[0], {});
    good = holds(false, "nothing more is accepted");
  } catch (const engine::Error&) {
  }
  return good;
}

// As the window's button does.
int start_again(const std::string& wanted) {
  std::fflush(stdout);
  ::execl("/proc/self/exe", "tst_cuda_runner", "--again", wanted.c_str(), nullptr);
  return 1;
}

}  // namespace

void CudaFaultTest::initTestCase() {
  const auto gpus = engine::list_gpus();
  if (gpus.empty() || !gpus[0].problem.empty()) QSKIP("no usable GPU");
}

void CudaFaultTest::fault_names() {
  for (const char* wrong : {"step", "step:0", "1", "step:x", "call:"}) {
    qputenv("FIRESIDE_CUDA_FAULT", wrong);
    EXPECT_ERROR(CudaRunnerOptions::from_environment(), engine::ErrorCode::InvalidArgument,
                 "FIRESIDE_CUDA_FAULT");
  }
  qputenv("FIRESIDE_CUDA_FAULT", "step:12");
  QCOMPARE(CudaRunnerOptions::from_environment().fault_step, 12);
  QVERIFY(!CudaRunnerOptions::from_environment().fault_is_call);
  qputenv("FIRESIDE_CUDA_FAULT", "call:3");
  QVERIFY(CudaRunnerOptions::from_environment().fault_is_call);
  qunsetenv("FIRESIDE_CUDA_FAULT");
  QCOMPARE(CudaRunnerOptions::from_environment().fault_step, 0);
}

void CudaFaultTest::answers_end_and_loading_again_works_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::newRow("a kernel, while reading the prompt") << QStringList{"step", "1", "graphs"};
  QTest::newRow("a kernel, while answering") << QStringList{"step", "20", "graphs"};
  QTest::newRow("a kernel, without graphs") << QStringList{"step", "20", "launches"};
  QTest::newRow("a call, while reading the prompt") << QStringList{"call", "1", "graphs"};
  QTest::newRow("a call, while answering") << QStringList{"call", "20", "graphs"};
}

void CudaFaultTest::answers_end_and_loading_again_works() {
  QFETCH(QStringList, arguments);
  QProcess process;
  process.start(QCoreApplication::applicationFilePath(), QStringList{"--break"} + arguments);
  if (!process.waitForFinished(60000)) process.kill();
  const QByteArray said = process.readAllStandardOutput();
  std::printf("%s", said.constData());
  QVERIFY2(process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0,
           said.constData());
}

int break_and_reload(const char* fault, int step, bool graphs) {
  const std::vector<Answer> whole = answer_all();
  CudaRunnerOptions options;
  options.graphs = graphs;
  options.fault_step = step;
  options.fault_is_call = std::string(fault) == "call";
  const bool good = break_engine(options, whole);
  try {
    const bool same = answer_all() == whole;
    std::printf("fault %s:%d: loaded again, %s answers\n", fault, step,
                same ? "the same" : "other");
    return good && same ? 0 : 1;
  } catch (const engine::Error& error) {
    std::printf("fault %s:%d: %s\n", fault, step, error.what());
    const engine::DeviceInfo listed = engine::list_gpus()[0];
    if (!good || !holds(!options.fault_is_call, "a refused call ends nothing") ||
        !holds(error.code() == engine::ErrorCode::DeviceLost, "the code says what helps") ||
        !holds(listed.lost && listed.problem == error.what(), "the list of devices says the same"))
      return 1;
    return start_again(digest(whole));
  }
}

int answer_again(const char* wanted) {
  const bool same = digest(answer_all()) == wanted;
  std::printf("fault: started again, %s answers\n", same ? "the same" : "other");
  return same ? 0 : 1;
}
