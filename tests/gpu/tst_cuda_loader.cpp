// SPDX-License-Identifier: Apache-2.0
// On any machine: what is missing for the GPU is said in words, and nothing crashes or falls back.
//
// The library is looked for once in a process, so each case runs in one of its own:
//   tst_cuda_loader --devices CHOICE   lists the devices, then what CHOICE becomes
//   tst_cuda_loader --load             makes a runner of a model without weights
#include <sys/stat.h>

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/core/loading.h"
#include "engine/device_info.h"
#include "engine/error.h"
#include "engine/runner/cuda/cuda_loader.h"
#include "engine/runner/cuda/gpu_memory_plan.h"
#include "engine/runner/cuda/tuning_file.h"
#include "tests/engine/expect_error.h"
#include "tests/gpu/tuning_file_test.h"

namespace {

int say_devices(const std::string& choice) {
  for (const engine::DeviceInfo& gpu : engine::list_cuda_devices())
    std::printf("%s: %s\n", gpu.id.c_str(), gpu.problem.empty() ? "usable" : gpu.problem.c_str());
  try {
    std::printf("chosen: %s\n", engine::choose_device(choice).c_str());
  } catch (const engine::Error& error) {
    std::printf("refused: %s: %s\n", engine::error_code_name(error.code()), error.what());
  }
  return 0;
}

struct NoWeights final : engine::WeightSource {
  engine::TensorView tensor(const std::string&, const std::vector<int64_t>&) const override {
    return {};
  }
  bool contains(const std::string&) const override { return false; }
  const std::vector<engine::TensorView>& tensors() const override { return none; }
  int64_t total_bytes() const override { return 0; }
  std::vector<engine::TensorView> none;
};

int load() {
  engine::EngineConfig config;
  config.device = "cuda:0";
  engine::ModelConfig model;
  model.vocab_size = 100;
  model.max_position_embeddings = 100;
  std::printf("loaded on %s\n",
              engine::make_cuda_runner(config, model, NoWeights(), {}, {})->device_name().c_str());
  return 0;
}

// This program with the stand-ins for driver and CUDA library; what it says.
QByteArray with_fakes(const QStringList& arguments, const QString& library,
                      const std::vector<std::pair<QString, QString>>& variables) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("LD_LIBRARY_PATH", QStringLiteral(FAKE_FOLDER) +
                                            "/driver:" + environment.value("LD_LIBRARY_PATH"));
  environment.insert("FIRESIDE_CUDA_LIBRARY", library);
  for (const auto& [name, value] : variables) environment.insert(name, value);
  process.setProcessEnvironment(environment);
  process.start(QCoreApplication::applicationFilePath(), arguments);
  if (!process.waitForFinished(30000) || process.exitCode() != 0) return "has failed";
  return process.readAllStandardOutput();
}

engine::ModelConfig qwen3_4b() {
  engine::ModelConfig model;
  model.num_hidden_layers = 36;
  model.num_key_value_heads = 8;
  model.num_attention_heads = 32;
  model.head_dim = 128;
  model.max_position_embeddings = 262144;
  return model;
}

constexpr int64_t kGiB = int64_t{1} << 30;

engine::GpuMemoryPlan plan(const engine::EngineConfig& config, int64_t free_bytes,
                           int64_t total_bytes) {
  return engine::plan_gpu_memory(config, qwen3_4b(), 8 * kGiB, kGiB / 2, 2048, free_bytes,
                                 total_bytes);
}

}  // namespace

class CudaLoaderTest : public QObject {
  Q_OBJECT
 private slots:
  // Each GPU is usable, or says why it is not and what to do.
  void devices_are_usable_or_explain_themselves() {
    const auto gpus = engine::list_cuda_devices();
    QVERIFY(!gpus.empty());
    for (const auto& gpu : gpus) {
      QVERIFY(QString::fromStdString(gpu.id).startsWith("cuda"));
      QVERIFY(!gpu.name.empty());
      if (gpu.problem.empty()) {
        QVERIFY(gpu.memory_total > 0 && gpu.memory_free > 0);
      } else {
        qInfo("%s: %s", gpu.id.c_str(), gpu.problem.c_str());
        QVERIFY2(gpu.problem.size() > 30, gpu.problem.c_str());
      }
    }
  }

  void auto_takes_what_there_is() {
    const auto gpus = engine::list_cuda_devices();
    const bool usable =
        std::ranges::any_of(gpus, [](const auto& gpu) { return gpu.problem.empty(); });
    QCOMPARE(engine::choose_device("auto") == "cpu", !usable);
    QCOMPARE(engine::choose_device("cpu"), std::string("cpu"));
  }

  // Asked for a GPU that is not there: an error, never the CPU in silence.
  void a_missing_gpu_is_an_error() {
    try {
      engine::choose_device("cuda:97");
      QFAIL("was accepted");
    } catch (const engine::Error& error) {
      QVERIFY(error.code() == engine::ErrorCode::Device ||
              error.code() == engine::ErrorCode::Unsupported);
      QVERIFY(QString(error.what()).contains("cuda:97"));
    }
  }

  void what_is_missing_data() {
    QTest::addColumn<QString>("library");
    QTest::addColumn<QString>("devices");
    QTest::addColumn<QString>("choice");
    QTest::addColumn<QStringList>("words");
    const auto row = [](const char* name, const char* library, const char* devices,
                        const char* choice, const QStringList& words) {
      QTest::newRow(name) << QString(library) << QString(devices) << QString(choice) << words;
    };
    row("two GPUs", "libfake_cuda.so", "usable usable", "cuda:1",
        {"cuda:0: usable", "cuda:1: usable", "chosen: cuda:1"});
    row("cuda is the first", "libfake_cuda.so", "usable usable", "cuda", {"chosen: cuda:0"});
    row("no such GPU", "libfake_cuda.so", "usable", "cuda:1",
        {"refused: device: ", "no device cuda:1", "doctor"});
    row("an old card is passed over", "libfake_cuda.so", "old usable", "auto",
        {"cuda:0: compute capability 7.5 is too old", "chosen: cuda:1"});
    row("an old card is refused", "libfake_cuda.so", "old", "cuda:0",
        {"refused: unsupported: ", "needs 8.0", "choose another GPU or the device cpu"});
    row("only an old card", "libfake_cuda.so", "old", "auto", {"chosen: cpu"});
    row("driver too old", "libfake_cuda.so", "driver-old", "cuda",
        {"refused: device: ", "supports CUDA 12.4, Fireside needs 13.0", "update the driver"});
    row("hidden", "libfake_cuda.so", "none", "cuda:0",
        {"refused: device: ", "CUDA_VISIBLE_DEVICES"});
    row("no cuBLAS", "libfake_cuda_without_cublas.so", "usable", "cuda",
        {"refused: device: ", "cuBLAS is not installed", "libcublas-13-0"});
    row("another version", "libfake_cuda_other_version.so", "usable", "cuda",
        {"refused: device: ", "another version of Fireside (0.0.1", "reinstall"});
    row("not a library", "text", "usable", "cuda",
        {"refused: device: ", "cannot be opened", "reinstall Fireside, or choose the device cpu"});
    row("a build without CUDA", "absent.so", "usable", "cuda",
        {"refused: device: ", "has no CUDA library"});
  }

  void what_is_missing() {
    QFETCH(QString, library);
    QFETCH(QString, devices);
    QFETCH(QString, choice);
    QFETCH(QStringList, words);
    const QString fakes = QStringLiteral(FAKE_FOLDER);
    if (!QFile::exists(fakes)) QSKIP("the stand-ins are only in the folder of the build");
    QTemporaryDir folder;
    QString path = fakes + "/" + library;
    if (library == "text") {
      path = folder.filePath("libfireside_cuda.so");
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly) && file.write("not a library") > 0);
    }
    const QByteArray said =
        with_fakes({"--devices", choice}, path, {{"FAKE_CUDA_DEVICES", devices}});
    for (const QString& word : words) QVERIFY2(said.contains(word.toUtf8()), said.constData());
  }

  // What a runner finds out is there at the next load; nothing is written when nothing is new.
  void choices_are_kept() {
    const QString library = QStringLiteral(FAKE_FOLDER) + "/libfake_cuda.so";
    if (!QFile::exists(library)) QSKIP("the stand-ins are only in the folder of the build");
    QTemporaryDir folder;
    const std::string file = folder.filePath("cache/fireside/products.tuning").toStdString();
    const auto load = [&](const QString& choice, const QString& cache) {
      return with_fakes({"--load"}, library,
                        {{"FAKE_CUDA_CHOICE", choice}, {"XDG_CACHE_HOME", cache}});
    };
    using Choices = std::map<std::string, std::string>;
    const QString cache = folder.filePath("cache");
    QCOMPARE(load("", cache), QByteArray("loaded on Fake GPU\n"));
    QVERIFY(!QFile::exists(cache));
    load("a", cache);
    QVERIFY(engine::read_tuning_file(file).choices == (Choices{{"a", "kept"}}));
    load("b", cache);
    const Choices both = {{"a", "kept"}, {"b", "kept"}};
    QVERIFY(engine::read_tuning_file(file).choices == both);
    struct stat before = {}, after = {};
    QCOMPARE(::stat(file.c_str(), &before), 0);
    load("b", cache);
    QCOMPARE(::stat(file.c_str(), &after), 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QFile broken(QString::fromStdString(file));
    QVERIFY(broken.open(QIODevice::Append) && broken.write("x") == 1);
    broken.close();
    load("c", cache);
    QVERIFY(engine::read_tuning_file(file).choices == (Choices{{"c", "kept"}}));
    // No place to keep anything: it loads all the same.
    QCOMPARE(load("d", QString::fromStdString(file)), QByteArray("loaded on Fake GPU\n"));
  }

  void no_driver() {
    if (engine::list_cuda_devices()[0].id != "cuda" || QFile::exists("/proc/driver/nvidia/version"))
      QSKIP("this machine has a driver");
    const std::string problem = engine::list_cuda_devices()[0].problem;
    QVERIFY2(problem.find("no NVIDIA driver found") != std::string::npos, problem.c_str());
    QVERIFY2(problem.find("install the driver") != std::string::npos, problem.c_str());
  }

  void plans_of_gpu_memory() {
    engine::EngineConfig config;
    config.max_num_seqs = 4;
    const engine::GpuMemoryPlan whole = plan(config, 78 * kGiB, 80 * kGiB);
    // 90 % of 80 GiB less the 2 that others hold.
    QCOMPARE(whole.budget_bytes, 70 * kGiB);
    QVERIFY(whole.weight_bytes + whole.workspace_bytes + whole.reserve_bytes +
                whole.kv_cache_bytes <=
            whole.budget_bytes);
    QCOMPARE(whole.max_model_len, 262144);
    QCOMPARE(whole.kv_bytes_per_token, int64_t{147456});
    // The largest context that fits: all that is left on a small card.
    const engine::GpuMemoryPlan small = plan(config, 15 * kGiB, 16 * kGiB);
    QVERIFY(small.max_model_len < 262144 && small.max_model_len > 20000);
    QVERIFY(int64_t{small.num_kv_blocks} * small.block_size - small.max_model_len <
            small.block_size);
    // Half the share, half the cache (less what is fixed).
    config.gpu_memory_utilization = 0.5;
    QCOMPARE(plan(config, 78 * kGiB, 80 * kGiB).budget_bytes, 38 * kGiB);
    QVERIFY(plan(config, 78 * kGiB, 80 * kGiB).describe().find("KV cache") != std::string::npos);
  }

  void plans_that_do_not_fit() {
    engine::EngineConfig config;
    EXPECT_ERROR(plan(config, 7 * kGiB, 8 * kGiB), engine::ErrorCode::OutOfMemory,
                 "weights 8.59 GB");
    EXPECT_ERROR(plan(config, 9 * kGiB, 80 * kGiB), engine::ErrorCode::OutOfMemory,
                 "9.66 GB free of 85.90 GB");
    config.max_model_len = 200000;
    EXPECT_ERROR(plan(config, 15 * kGiB, 16 * kGiB), engine::ErrorCode::OutOfMemory,
                 "200,000 tokens");
    config.max_model_len = 300000;
    EXPECT_ERROR(plan(config, 78 * kGiB, 80 * kGiB), engine::ErrorCode::InvalidArgument, "262144");
    config.max_model_len = 0;
    config.kv_cache_bytes = 100 * kGiB;
    EXPECT_ERROR(plan(config, 78 * kGiB, 80 * kGiB), engine::ErrorCode::OutOfMemory, "107.37 GB");
  }
};

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--devices") return say_devices(argv[2]);
  if (argc == 2 && std::string(argv[1]) == "--load") return load();
  QCoreApplication application(argc, argv);
  CudaLoaderTest test;
  TuningFileTest tuning;
  return QTest::qExec(&test, argc, argv) + QTest::qExec(&tuning, argc, argv);
}

#include "tst_cuda_loader.moc"
