// SPDX-License-Identifier: Apache-2.0
// On any machine: what is missing for the GPU is said in words, and nothing crashes or falls back.
#include <QtTest>

#include "engine/core/loading.h"
#include "engine/device_info.h"
#include "engine/error.h"
#include "engine/runner/cuda/cuda_loader.h"

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
    const bool usable = engine::list_cuda_devices()[0].problem.empty();
    QCOMPARE(engine::choose_device("auto") == "cpu", !usable);
    QCOMPARE(engine::choose_device("cpu"), std::string("cpu"));
  }

  // Asked for a GPU that is not there: an error, never the CPU in silence.
  void a_missing_gpu_is_an_error() {
    try {
      engine::choose_device("cuda:97");
      QFAIL("was accepted");
    } catch (const engine::Error& error) {
      QVERIFY(error.code() == engine::ErrorCode::Device || error.code() == engine::ErrorCode::Unsupported);
      QVERIFY(QString(error.what()).contains("cuda:97"));
    }
  }
};

QTEST_GUILESS_MAIN(CudaLoaderTest)
#include "tst_cuda_loader.moc"
