// SPDX-License-Identifier: Apache-2.0
// The engine in its thread, with a real small model: tokens stream, stop and cancel work, failures
// are words.
#include <dlfcn.h>

#include <QDir>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/chat/local_backend.h"

namespace gui {
namespace {

const QString kModel = QStringLiteral(FIRESIDE_TEST_DATA "/tiny-qwen3");

engine::EngineConfig config(const QString& model = kModel) {
  engine::EngineConfig config;
  config.model = model.toStdString();
  config.device = "cpu";
  config.num_threads = 1;
  return config;
}

engine::ChatRequest question(int maxTokens, const std::string& text = "Hello") {
  engine::ChatRequest request;
  request.messages = {{"user", text}};
  request.sampling.temperature = 0;
  request.sampling.max_tokens = maxTokens;
  request.sampling.ignore_eos = true;
  return request;
}

// Collects what a generation says; `text` grows by its signals.
struct Listener {
  explicit Listener(Generation* generation) {
    QObject::connect(generation, &Generation::textAdded, generation, [this](const QString& added) {
      text += added;
      ++pieces;
    });
    QObject::connect(generation, &Generation::finished, generation, [this] { ++finished; });
  }
  QString text;
  int pieces = 0;
  int finished = 0;
};

}  // namespace

class WorkerTest : public QObject {
  Q_OBJECT

 private slots:
  // A GPU for everybody: a stand-in for the driver and for Fireside's CUDA library.
  void initTestCase() {
    qputenv("FIRESIDE_CUDA_LIBRARY", FAKE_FOLDER "/libfake_cuda.so");
    QVERIFY2(dlopen(FAKE_FOLDER "/driver/libcuda.so.1", RTLD_NOW) != nullptr, dlerror());
  }

  void loadsAndReportsTheModel() {
    LocalBackend backend;
    QSignalSpy progress(&backend, &Backend::loadProgressChanged);
    backend.load(config());
    QCOMPARE(backend.state().status, Backend::Status::Loading);
    QTRY_VERIFY(backend.ready());
    QVERIFY(progress.size() > 0);
    QVERIFY(backend.state().contextLimit > 0);
    QVERIFY(backend.state().deviceName.contains(QLatin1String("CPU")));
    const engine::MemoryUse& memory = backend.state().memory;
    QVERIFY(memory.weights > 0 && memory.workspace > 0 && memory.kv_cache > 0);
    QCOMPARE(memory.graphs, 0);
    QCOMPARE(memory.kv_bits, 32);
    QVERIFY(memory.kv_tokens >= backend.state().contextLimit);
    QVERIFY(memory.used() <= memory.available);
    QVERIFY(memory.available <= backend.state().memoryTotal);
    QCOMPARE(backend.state().counter->count("a"), 1);
    backend.unload();
    QCOMPARE(backend.state().status, Backend::Status::NoModel);
    QVERIFY(backend.state().counter == nullptr);
  }

  // A choice for GPUs does not stop the processor; a GPU gets it.
  void theCompactCacheIsForGpus_data() {
    QTest::addColumn<QByteArray>("gpus");
    QTest::addColumn<std::string>("device");
    QTest::addColumn<int>("bits");
    QTest::newRow("the processor") << QByteArray("usable") << std::string("cpu") << 32;
    QTest::newRow("no gpu") << QByteArray("none") << std::string("auto") << 32;
    QTest::newRow("a gpu") << QByteArray("usable") << std::string("auto") << 8;
    QTest::newRow("this gpu") << QByteArray("old usable") << std::string("cuda:1") << 8;
  }

  void theCompactCacheIsForGpus() {
    QFETCH(QByteArray, gpus);
    QFETCH(std::string, device);
    QFETCH(int, bits);
    qputenv("FAKE_CUDA_DEVICES", gpus);
    LocalBackend backend;
    engine::EngineConfig compact = config();
    compact.device = device;
    compact.kv_cache_dtype = engine::KvCacheDType::Fp8;
    backend.load(compact);
    QTRY_VERIFY(backend.state().status != Backend::Status::Loading);
    qunsetenv("FAKE_CUDA_DEVICES");
    QVERIFY2(backend.ready(), qPrintable(backend.state().error));
    QCOMPARE(backend.state().memory.kv_bits, bits);
  }

  void streamsTokens() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    const auto generation = backend.generate(question(64));
    const Listener listener(generation.get());
    QTRY_COMPARE(listener.finished, 1);
    const GenerationResult& result = generation->result();
    QCOMPARE(result.reason, engine::FinishReason::Length);
    QCOMPARE(result.usage.completion_tokens, 64);
    QCOMPARE(result.usage.prompt_tokens, backend.state().counter->countPrompt(question(64)));
    QCOMPARE(listener.text, generation->text());
    QVERIFY(!listener.text.isEmpty());
    QVERIFY(result.timings.total_ms >= result.timings.ttft_ms);
  }

  void sameRequestSameText() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    const auto first = backend.generate(question(40));
    const auto second = backend.generate(question(40));
    const auto other = backend.generate(question(40, "Something else entirely"));
    QTRY_VERIFY(first->isFinished() && second->isFinished() && other->isFinished());
    QCOMPARE(first->text(), second->text());
    QTRY_COMPARE(backend.stats().num_running, 0);
  }

  void answersWhatWasAskedWhileLoading() {
    LocalBackend backend;
    backend.load(config());
    const auto generation = backend.generate(question(8));
    QVERIFY(!backend.ready());
    QTRY_VERIFY(generation->isFinished());
    QCOMPARE(generation->result().reason, engine::FinishReason::Length);
  }

  void stopsAtTheNextStep() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    const auto generation = backend.generate(question(100000));
    const Listener listener(generation.get());
    QTRY_VERIFY(!listener.text.isEmpty());
    generation->stop();
    QTRY_COMPARE(listener.finished, 1);
    QCOMPARE(generation->result().reason, engine::FinishReason::Abort);
    QTRY_COMPARE(backend.stats().num_running, 0);
  }

  void stopsBeforeItStarts() {
    LocalBackend backend;
    backend.load(config());
    const auto waiting = backend.generate(question(100));
    waiting->stop();
    QTRY_VERIFY(waiting->isFinished());
    QCOMPARE(waiting->result().reason, engine::FinishReason::Abort);
    QTRY_VERIFY(backend.ready());
    const auto next = backend.generate(question(100));
    next->stop();
    QTRY_VERIFY(next->isFinished());
    QCOMPARE(next->result().reason, engine::FinishReason::Abort);
  }

  void deletedGenerationEndsItsRequest() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    auto generation = backend.generate(question(100000));
    QSignalSpy added(generation.get(), &Generation::textAdded);
    QTRY_VERIFY(added.size() > 0);
    generation.reset();
    QTRY_COMPARE(backend.stats().num_running, 0);
    const auto next = backend.generate(question(4));
    QTRY_VERIFY(next->isFinished());
  }

  void switchingTheModelEndsAnswersAndKeepsText() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    const auto generation = backend.generate(question(100000));
    QTRY_VERIFY(!generation->text().isEmpty());
    backend.load(config());
    QTRY_VERIFY(generation->isFinished());
    QCOMPARE(generation->result().reason, engine::FinishReason::Abort);
    QVERIFY(!generation->text().isEmpty());
    QTRY_VERIFY(backend.ready());
  }

  void tooLongPromptIsAnError() {
    LocalBackend backend;
    engine::EngineConfig small = config();
    small.max_model_len = 64;
    backend.load(small);
    QTRY_VERIFY(backend.ready());
    QCOMPARE(backend.state().contextLimit, 64);
    const auto generation = backend.generate(question(4, std::string(4000, 'x')));
    QTRY_VERIFY(generation->isFinished());
    QCOMPARE(generation->result().reason, engine::FinishReason::Error);
    QCOMPARE(generation->result().errorCode, engine::ErrorCode::ContextTooLong);
    QVERIFY(generation->result().error.contains(QLatin1String("64")));
  }

  void badSamplingIsAnError() {
    LocalBackend backend;
    backend.load(config());
    QTRY_VERIFY(backend.ready());
    engine::ChatRequest request = question(4);
    request.sampling.temperature = -1;
    const auto generation = backend.generate(request);
    QTRY_VERIFY(generation->isFinished());
    QCOMPARE(generation->result().errorCode, engine::ErrorCode::InvalidArgument);
  }

  // The device breaks in the middle of an answer: the text stays, the reason is said, nothing more
  // can be asked, and loading again is all it takes.
  void aBrokenDeviceKeepsTheTextAndLoadsAgain() {
    LocalBackend backend;
    engine::EngineConfig gpu = config();
    gpu.device = "cuda:0";
    qputenv("FIRESIDE_CUDA_FAULT", "step:40");
    backend.load(gpu);
    QTRY_VERIFY2(backend.ready() || backend.state().status == Backend::Status::Failed,
                 qPrintable(backend.state().error));
    qunsetenv("FIRESIDE_CUDA_FAULT");
    QVERIFY2(backend.ready(), qPrintable(backend.state().error));
    const auto generation = backend.generate(question(100000));
    QTRY_VERIFY(!generation->text().isEmpty());
    const auto other = backend.generate(question(9999));  // in time or not: it ends
    QTRY_VERIFY(generation->isFinished() && other->isFinished());
    QCOMPARE(generation->result().reason, engine::FinishReason::Error);
    QCOMPARE(generation->result().errorCode, engine::ErrorCode::Device);
    QVERIFY(generation->result().error.contains(QLatin1String("on purpose")));
    QVERIFY(!generation->text().isEmpty());
    QTRY_COMPARE(backend.state().status, Backend::Status::Failed);
    QCOMPARE(backend.state().errorCode, engine::ErrorCode::Device);
    const auto refused = backend.generate(question(4));
    QTRY_VERIFY(refused->isFinished());
    QCOMPARE(refused->result().reason, engine::FinishReason::Error);
    backend.load(gpu);
    QTRY_VERIFY(backend.ready());
    const auto again = backend.generate(question(60));
    QTRY_VERIFY(again->isFinished());
    QCOMPARE(again->result().reason, engine::FinishReason::Length);
    QVERIFY(again->text().startsWith(generation->text().left(20)));
  }

  // What the model before had still to say is not taken for news of the one that loads.
  void aLateFailureIsNotOfTheNextModel() {
    LocalBackend backend;
    engine::EngineConfig gpu = config();
    gpu.device = "cuda:0";
    qputenv("FIRESIDE_CUDA_FAULT", "step:40");
    backend.load(gpu);
    QTRY_VERIFY2(backend.ready(), qPrintable(backend.state().error));
    qunsetenv("FIRESIDE_CUDA_FAULT");
    const auto generation = backend.generate(question(100000));
    QTest::qSleep(500);  // the worker fails meanwhile, and this thread does not hear of it
    QVERIFY(backend.ready());
    QList<Backend::Status> states;
    connect(&backend, &Backend::stateChanged, this, [&] { states.append(backend.state().status); });
    backend.load(gpu);
    QTRY_VERIFY(backend.ready() || backend.state().status == Backend::Status::Failed);
    QVERIFY(generation->isFinished());
    QCOMPARE(generation->result().errorCode, engine::ErrorCode::Device);
    QCOMPARE(states, (QList<Backend::Status>{Backend::Status::Loading, Backend::Status::Ready}));
  }

  // It is of no use to this process again: no other device is taken in silence.
  void aLostDeviceTakesANewProcess() {
    LocalBackend backend;
    engine::EngineConfig gpu = config();
    gpu.device = "auto";
    qputenv("FIRESIDE_CUDA_FAULT", "lost:20");
    backend.load(gpu);
    QTRY_VERIFY(backend.ready());
    const auto generation = backend.generate(question(100000));
    QTRY_VERIFY(generation->isFinished());
    QVERIFY(!generation->text().isEmpty());
    QTRY_COMPARE(backend.state().status, Backend::Status::Failed);
    for (const char* device : {"auto", "cuda", "cuda:0"}) {
      QCOMPARE(backend.state().errorCode, engine::ErrorCode::DeviceLost);
      QVERIFY(backend.state().error.contains(QLatin1String("restart Fireside")));
      gpu.device = device;
      backend.load(gpu);
      QTRY_COMPARE(backend.state().status, Backend::Status::Failed);
    }
    gpu.device = "cpu";
    backend.load(gpu);
    QTRY_VERIFY(backend.ready());
    qunsetenv("FIRESIDE_CUDA_FAULT");
  }

  void badModelFails_data() {
    QTest::addColumn<QString>("folder");
    QTest::newRow("missing") << QStringLiteral("/nowhere/at-all");
    QTest::newRow("empty") << empty_.path();
    QTest::newRow("broken") << broken();
  }

  void badModelFails() {
    QFETCH(QString, folder);
    LocalBackend backend;
    backend.load(config(folder));
    const auto waiting = backend.generate(question(4));
    QTRY_COMPARE(backend.state().status, Backend::Status::Failed);
    QVERIFY(!backend.state().error.isEmpty());
    QTRY_VERIFY(waiting->isFinished());
    QCOMPARE(waiting->result().reason, engine::FinishReason::Error);
    backend.load(config());
    QTRY_VERIFY(backend.ready());
  }

  void loadingCanBeCancelled() {
    LocalBackend backend;
    backend.load(config());
    const auto waiting = backend.generate(question(4));
    backend.cancelLoad();
    QCOMPARE(backend.state().status, Backend::Status::NoModel);
    QTRY_VERIFY(waiting->isFinished());
    QTest::qWait(300);
    QCOMPARE(backend.state().status, Backend::Status::NoModel);
    backend.load(config());
    backend.load(config());
    QTRY_VERIFY(backend.ready());
  }

  void withoutAModelARequestFails() {
    LocalBackend backend;
    const auto generation = backend.generate(question(4));
    QTRY_VERIFY(generation->isFinished());
    QCOMPARE(generation->result().errorCode, engine::ErrorCode::NotFound);
  }

  void endsWhileWorking() {
    auto backend = std::make_unique<LocalBackend>();
    backend->load(config());
    QTRY_VERIFY(backend->ready());
    const auto generation = backend->generate(question(100000));
    QTRY_VERIFY(!generation->text().isEmpty());
    backend.reset();
    QTRY_VERIFY(generation->isFinished());
  }

 private:
  // A copy whose weights are cut off.
  QString broken() {
    const QDir to(broken_.path());
    for (const QString& name : QDir(kModel).entryList(QDir::Files)) {
      QFile::copy(kModel + u'/' + name, to.filePath(name));
      QFile::setPermissions(to.filePath(name), QFile::ReadOwner | QFile::WriteOwner);
    }
    QFile weights(to.filePath(QStringLiteral("model.safetensors")));
    weights.resize(weights.size() / 2);
    return broken_.path();
  }

  QTemporaryDir empty_;
  QTemporaryDir broken_;
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::WorkerTest)
#include "tst_worker.moc"
