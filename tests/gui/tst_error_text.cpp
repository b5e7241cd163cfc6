// SPDX-License-Identifier: Apache-2.0
// Errors of the engine in the language of the window. Messages come from the engine itself, so that
// a message that is worded anew and left out of gui/chat/error_text.cpp fails here.
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QTranslator>
#include <csignal>
#include <functional>
#include <optional>

#include "engine/core/loading.h"
#include "engine/documents/document_errors.h"
#include "engine/engine.h"
#include "engine/model_info.h"
#include "engine/runner/cuda/gpu_memory_plan.h"
#include "engine/runner/cuda/gpu_problems.h"
#include "engine/runner/memory_plan.h"
#include "gui/chat/error_phrases.h"
#include "gui/chat/error_text.h"

namespace gui {
namespace {

const std::string kName = "Jahresbericht '%2'.pdf";  // a name may look like anything

// A language in which every sentence is the English one between angle quotes.
class Marking : public QTranslator {
 public:
  bool isEmpty() const override { return false; }
  QString translate(const char* context, const char* source, const char*, int) const override {
    return qstrcmp(context, "EngineWords") == 0 ? u'«' + QString::fromUtf8(source) + u'»'
                                                : QString();
  }
};

std::optional<engine::Error> caught(const std::function<void()>& act) {
  try {
    act();
  } catch (const engine::Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace

class ErrorTextTest : public QObject {
  Q_OBJECT

 private slots:
  void cleanup() { QCoreApplication::removeTranslator(&marking_); }

  void englishIsASentence_data() {
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("shown");
    QTest::newRow("none") << QString() << QString();
    QTest::newRow("sentence") << "The GPU failed."
                              << "The GPU failed.";
    QTest::newRow("clauses") << "the prompt is empty; give at least one token"
                             << "The prompt is empty; give at least one token.";
    QTest::newRow("bracket") << "no folder (looked in two)"
                             << "No folder (looked in two).";
    QTest::newRow("file") << "config.json: 'head_dim' is 3"
                          << "config.json: 'head_dim' is 3.";
    QTest::newRow("field") << "max_model_len is 9"
                           << "max_model_len is 9.";
    QTest::newRow("word") << "broken"
                          << "broken.";
  }
  void englishIsASentence() {
    QFETCH(QString, message);
    QFETCH(QString, shown);
    QCOMPARE(errorText(engine::ErrorCode::InvalidFile, message), shown);
  }

  // The options have the names of the settings, in a reason as well; a file keeps its own.
  void englishNamesTheSettings_data() {
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("shown");
    QTest::newRow("context") << "max_model_len is 9, the model's limit is 8"
                             << "The longest context is 9, the model's limit is 8.";
    QTest::newRow("reason")
        << "the GPU cannot be used: compute capability 7.5 is too old: Fireside "
           "needs 8.0 (Ampere) or newer; choose another GPU or the device cpu"
        << "The GPU cannot be used: compute capability 7.5 is too old: Fireside "
           "needs 8.0 (Ampere) or newer; choose another GPU or the processor.";
    QTest::newRow("file") << "'max_model_len.txt' was not found."
                          << "'max_model_len.txt' was not found.";
  }
  void englishNamesTheSettings() {
    QFETCH(QString, message);
    QFETCH(QString, shown);
    QCOMPARE(errorText(engine::ErrorCode::InvalidFile, message), shown);
  }

  void documentErrorsAreTranslatedWhole() {
    using namespace engine::helper;
    QCoreApplication::installTranslator(&marking_);
    const engine::DocumentLimits limits;
    QList<engine::Error> errors = {
        engine::scanned_error(kName, 1), engine::scanned_error(kName, 12),
        engine::too_large_error(kName, 1ull << 40, limits),
        engine::unsafe_error(kName, "reading it took longer than 60 seconds")};
    for (const int status : {SIGSYS, SIGXCPU, SIGKILL, SIGSEGV, 1 << 8}) {
      errors.append(engine::ended_error(kName, status));
    }
    for (uint32_t code = 1; code <= static_cast<uint32_t>(FailureCode::Count); ++code) {
      errors.append(engine::failure_error(kName, static_cast<FailureCode>(code), 5, limits));
    }
    for (uint32_t kind = 0; kind < static_cast<uint32_t>(FileKind::Count); ++kind) {
      errors.append(engine::failure_error(kName, FailureCode::Binary, kind, limits));
    }
    for (const engine::Error& error : errors) {
      checkWhole(error);
    }
  }

  void filesThatCannotBeOpenedAreTranslatedWhole() {
    QCoreApplication::installTranslator(&marking_);
    QTemporaryDir folder;
    const auto read = [](const QString& path) {
      return caught([&path] { engine::read_document(path.toStdString()); });
    };
    QFile empty(folder.filePath(QStringLiteral("empty.txt")));
    QVERIFY(empty.open(QIODevice::WriteOnly));
    empty.close();
    for (const QString& path :
         {folder.path(), folder.filePath(QStringLiteral("gone.pdf")), empty.fileName()}) {
      const auto error = read(path);
      QVERIFY(error);
      checkWhole(*error);
    }
  }

  void modelsThatCannotRunAreTranslatedWhole_data() {
    QTest::addColumn<QByteArray>("config");
    QTest::newRow("architecture") << QByteArray(
        R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama"})");
    QTest::newRow("nothing") << QByteArray();
  }
  void modelsThatCannotRunAreTranslatedWhole() {
    QFETCH(QByteArray, config);
    QCoreApplication::installTranslator(&marking_);
    QTemporaryDir folder;
    QString path = folder.path();
    if (config.isEmpty()) {
      path += QStringLiteral("/none");
    } else {
      QFile file(folder.filePath(QStringLiteral("config.json")));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(config);
    }
    std::string reason;
    const auto error =
        caught([&] { reason = engine::inspect_model(path.toStdString()).unsupported; });
    checkWhole(error ? *error : engine::Error(engine::ErrorCode::Unsupported, reason));
  }

  void memoryAndDevicesAreTranslatedWhole() {
    QCoreApplication::installTranslator(&marking_);
    engine::ModelConfig model;
    model.num_hidden_layers = 4;
    model.num_key_value_heads = 2;
    model.head_dim = 64;
    model.max_position_embeddings = 4096;
    engine::EngineConfig config;
    const auto plan = [&](int64_t available) {
      return caught(
          [&, available] { engine::plan_cpu_memory(config, model, 1 << 20, 1 << 20, available); });
    };
    const auto tooLittle = plan(1 << 20);
    QVERIFY(tooLittle);
    checkWhole(*tooLittle);
    config.kv_cache_bytes = 1ll << 40;
    const auto tooMuch = plan(1ll << 30);
    QVERIFY(tooMuch);
    checkWhole(*tooMuch);
    config.kv_cache_bytes = 1 << 20;
    config.max_model_len = 4096;
    const auto tooShort = plan(1ll << 30);
    QVERIFY(tooShort);
    checkWhole(*tooShort);
    config.max_model_len = 0;
    const auto onGpu = caught([&] {
      engine::plan_gpu_memory(config, model, 8'040'000'000, 1 << 20, 512, 6ll << 30, 8ll << 30);
    });
    QVERIFY(onGpu);
    checkWhole(*onGpu);
    const QString figures = errorText(*onGpu);
    QVERIFY2(
        figures.contains(QStringLiteral("7.5\u00a0GiB")) && !figures.contains(QLatin1String("GB")),
        qPrintable(figures));
    for (const std::string& problem :
         {engine::gpu_too_old(75), engine::gpu_lost(),
          engine::no_gpu_reason(engine::NoGpu::DeviceAbsent, 0, 0, ""),
          engine::no_gpu_reason(engine::NoGpu::DriverTooOld, 12040, 13000, ""),
          engine::no_gpu_reason(engine::NoGpu::DriverAbsent, 0, 0, ""),
          engine::no_gpu_reason(engine::NoGpu::DriverBroken, 0, 0, "it sleeps")}) {
      checkWhole(engine::Error(engine::ErrorCode::Unsupported, problem));
    }
    const auto device = caught([] { engine::choose_device("cuda:97"); });
    QVERIFY(device);
    checkWhole(*device);
  }

  // A model whose files are damaged in many ways, one at a time.
  void damagedModelsAreTranslatedWhole_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("no weights") << "model.safetensors" << QByteArray() << QByteArray();
    QTest::newRow("no tokenizer") << "tokenizer.json" << QByteArray() << QByteArray();
    QTest::newRow("no config") << "config.json" << QByteArray() << QByteArray();
    QTest::newRow("config cut") << "config.json" << QByteArray("}") << QByteArray();
    QTest::newRow("config a list") << "config.json" << QByteArray("{") << QByteArray("[{");
    QTest::newRow("no layers") << "config.json" << QByteArray("num_hidden_layers")
                               << QByteArray("layers");
    QTest::newRow("strange field")
        << "config.json" << QByteArray("{") << QByteArray("{\"new_attention\": 3,");
    QTest::newRow("vocabulary") << "config.json" << QByteArray("\"vocab_size\": ")
                                << QByteArray("\"vocab_size\": 1");
    QTest::newRow("header") << "model.safetensors" << QByteArray("{") << QByteArray("x");
    QTest::newRow("dtype") << "model.safetensors" << QByteArray("\"BF16\"")
                           << QByteArray("\"I8\"  ");
    QTest::newRow("tensor") << "model.safetensors" << QByteArray("model.norm.weight")
                            << QByteArray("model.form.weight");
    QTest::newRow("tokenizer cut") << "tokenizer.json" << QByteArray("}") << QByteArray();
  }
  void damagedModelsAreTranslatedWhole() {
    QFETCH(QString, name);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QCoreApplication::installTranslator(&marking_);
    QTemporaryDir folder;
    const QDir model(QStringLiteral(FIRESIDE_TEST_DATA "/tiny-qwen3"));
    for (const QString& file : model.entryList(QDir::Files)) {
      if (file == name && before.isEmpty()) continue;
      QFile from(model.filePath(file));
      QVERIFY(from.open(QIODevice::ReadOnly));
      QByteArray bytes = from.readAll();
      if (file == name) {
        const qsizetype at = after.isEmpty() ? bytes.lastIndexOf(before) : bytes.indexOf(before);
        QVERIFY(at >= 0);
        bytes.replace(at, before.size(), after);
      }
      QFile to(folder.filePath(file));
      QVERIFY(to.open(QIODevice::WriteOnly));
      to.write(bytes);
    }
    engine::EngineConfig config;
    config.model = folder.path().toStdString();
    config.device = "cpu";
    const auto error = caught([&config] { engine::Engine::load(config); });
    QVERIFY2(error, "was loaded");
    const QString text = errorText(*error);
    QVERIFY2(!text.contains(u'\n') && text.startsWith(u'«'), qPrintable(text));
  }

  // No phrase is hidden by a more general one before it.
  void eachPhraseIsFound() {
    QCoreApplication::installTranslator(&marking_);
    for (const char* phrase : enginePhrases()) {
      QString message = QString::fromUtf8(phrase);
      for (int i = 1; i <= 9; ++i)
        message.replace(QStringLiteral("%%1").arg(i), QStringLiteral("~"));
      const QString text = engineWords(message);
      QCOMPARE(QString(text).remove(u'«').remove(u'»'), message);
      QVERIFY2(text.startsWith(u'«'), phrase);
      QString source = QString::fromUtf8(phrase);
      source.replace(QRegularExpression(QStringLiteral("%[1-9]")), QStringLiteral("~"));
      QCOMPARE(text, u'«' + source + u'»');
    }
  }

  // What nobody translated: the kind in the language of the window, the engine's words below it.
  void otherMessagesKeepTheirDetail() {
    QCoreApplication::installTranslator(&marking_);
    const QString text =
        errorText(engine::ErrorCode::Io, QStringLiteral("writing x failed: no space"));
    QCOMPARE(text, QStringLiteral("«Reading or writing failed. Check the disk and its "
                                  "permissions.»\nWriting x failed: no space."));
    QCOMPARE(errorText(std::runtime_error("vector::at")).section(u'\n', 0, 0),
             QStringLiteral(
                 "«Something went wrong inside Fireside. Try again, and start it anew if that does "
                 "not help.»"));
    for (int code = 0; code <= static_cast<int>(engine::ErrorCode::Internal); ++code) {
      QVERIFY(errorText(static_cast<engine::ErrorCode>(code), QStringLiteral("x y"))
                  .endsWith(QStringLiteral("»\nX y.")));
    }
    QCOMPARE(errorText(engine::ErrorCode::Io, {}), QString());
  }

  void wordsWithinWords() {
    QCOMPARE(engineWords(QStringLiteral("CPU, 8 threads, AVX2")),
             QStringLiteral("CPU, 8 threads, AVX2"));
    QCoreApplication::installTranslator(&marking_);
    QCOMPARE(engineWords(QStringLiteral("CPU, 8 threads, no vector instructions")),
             QStringLiteral("«CPU, 8 threads, «no vector instructions»»"));
    QCOMPARE(engineWords(QStringLiteral("NVIDIA H200")), QStringLiteral("NVIDIA H200"));
    QCOMPARE(engineWords(QStringLiteral("Reading weights")), QStringLiteral("«Reading weights»"));
  }

 private:
  static void checkWhole(const engine::Error& error) {
    const QString text = errorText(error);
    const QString message = QString::fromUtf8(error.what());
    QVERIFY2(!text.contains(u'\n') && text.startsWith(u'«'), qPrintable(text));
    // Names and figures are where they were; sizes in the format of the window.
    static const QRegularExpression kSize(QStringLiteral("[0-9.,]+[ \\x{a0}](GB|[KMG]iB|bytes)"));
    QCOMPARE(QString(text).remove(u'«').remove(u'»').remove(kSize), QString(message).remove(kSize));
  }

  Marking marking_;
};

}  // namespace gui

QTEST_GUILESS_MAIN(gui::ErrorTextTest)
#include "tst_error_text.moc"
