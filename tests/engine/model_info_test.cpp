// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/model_info_test.h"

#include <unistd.h>

#include <QtTest>
#include <algorithm>
#include <functional>

#include "engine/core/loading.h"
#include "engine/device_info.h"
#include "engine/model_info.h"
#include "tests/engine/expect_error.h"
#include "tests/engine/formats/files.h"
#include "tests/engine/tiny_model.h"

using engine::ErrorCode;
using engine::ModelInfo;

namespace {

constexpr const char* kVariables[] = {"HOME",         "XDG_DATA_HOME",  "HF_HOME",
                                      "HF_HUB_CACHE", "FIRESIDE_MODEL", "FIRESIDE_RESOURCES"};
const QString kCommit = "0123456789abcdef0123456789abcdef01234567";

ModelInfo inspect(const QString& folder) { return engine::inspect_model(folder.toStdString()); }

void replace_in(const QString& path, const QByteArray& from, const QByteArray& to) {
  QByteArray bytes = read_bytes(path);
  QVERIFY(bytes.contains(from));
  write_file(path, bytes.replace(from, to));
}

std::vector<std::string> names(const std::vector<ModelInfo>& models) {
  std::vector<std::string> out;
  for (const ModelInfo& model : models) out.push_back(model.name);
  return out;
}

}  // namespace

// Each test has a home of its own.
void ModelInfoTest::init() {
  dir_ = std::make_unique<QTemporaryDir>();
  for (const char* name : kVariables) {
    if (qEnvironmentVariableIsSet(name)) saved_[name] = qgetenv(name);
    qunsetenv(name);
  }
  qputenv("HOME", dir_->filePath("home").toUtf8());
  qputenv("FIRESIDE_RESOURCES", dir_->filePath("resources").toUtf8());
  QDir().mkpath(dir_->filePath("resources/roles"));
}

void ModelInfoTest::cleanup() {
  for (const char* name : kVariables) {
    saved_.contains(name) ? qputenv(name, saved_[name]) : qunsetenv(name);
  }
  saved_.clear();
}

QString ModelInfoTest::model_copy(const QString& name) {
  const QString folder = dir_->filePath(name);
  QDir().mkpath(folder);
  for (const char* file : {"config.json", "generation_config.json", "model.safetensors",
                           "tokenizer.json", "tokenizer_config.json"})
    QFile::copy(QString::fromStdString(tiny_model()) + '/' + file, folder + '/' + file);
  for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files))
    QFile::setPermissions(file.filePath(), QFile::ReadOwner | QFile::WriteOwner);
  return folder;
}

void ModelInfoTest::set_environment(const char* name, const QString& value) {
  qputenv(name, value.toUtf8());
}

void ModelInfoTest::describes_a_model() {
  const QString folder = model_copy("some/Tiny-Model");
  for (const QString& spelled : {folder, folder + '/', folder + "/../Tiny-Model"}) {
    const ModelInfo info = inspect(spelled);
    QCOMPARE(QString::fromStdString(info.path), folder);
    QCOMPARE(info.name, std::string("Tiny-Model"));
    QCOMPARE(info.architecture, std::string("Qwen3ForCausalLM"));
    QCOMPARE(info.dtype, std::string("BF16"));
    QCOMPARE(info.weight_bytes, info.num_parameters * 2);
    QVERIFY(info.num_parameters > 3'000'000 && info.num_parameters < 4'000'000);
    QCOMPARE(info.max_context, 4096);
    QCOMPARE(info.kv_bytes_per_token, int64_t(4 * 2 * 2 * 128 * 2));
    QCOMPARE(info.required_bytes(100), info.weight_bytes + 100 * info.kv_bytes_per_token);
    QVERIFY(!info.bundled);
    QCOMPARE(info.unsupported, std::string());
  }
}

void ModelInfoTest::says_why_a_model_cannot_be_loaded_data() {
  QTest::addColumn<std::function<void(QString)>>("change");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, std::function<void(QString)> change, const char* fragment) {
    QTest::newRow(name) << change << fragment;
  };
  row(
      "architecture", [](const QString& f) { replace_in(f + "/config.json", "qwen3", "gemma9"); },
      "gemma9");
  row(
      "no tokenizer", [](const QString& f) { QFile::remove(f + "/tokenizer.json"); },
      "tokenizer.json is missing");
  row(
      "other template",
      [](const QString& f) {
        write_file(f + "/tokenizer_config.json", R"({"chat_template":"{{ messages }}"})");
      },
      "template");
  row(
      "other weights",
      [](const QString& f) {
        QFile::remove(f + "/model.safetensors");
        write_file(f + "/model.gguf", "GGUF");
      },
      "*.gguf");
  row(
      "integer weights",
      [](const QString& f) {
        write_file(f + "/model.safetensors",
                   safetensors(R"({"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}})",
                               QByteArray(8, 'x')));
      },
      "its weights are I32");
}

void ModelInfoTest::says_why_a_model_cannot_be_loaded() {
  QFETCH(std::function<void(QString)>, change);
  QFETCH(QString, fragment);
  const QString folder = model_copy("model");
  change(folder);
  const ModelInfo info = inspect(folder);
  QVERIFY2(QString::fromStdString(info.unsupported).contains(fragment), info.unsupported.c_str());
  QCOMPARE(info.max_context, 4096);
  QCOMPARE(info.kv_bytes_per_token, int64_t(4096));
}

void ModelInfoTest::foreign_fixtures_are_named_data() {
  QTest::addColumn<QString>("fragment");
  QTest::newRow("tiny-qwen3-fp8") << "method 'fp8'";
  QTest::newRow("tiny-qwen3-awq") << "method 'awq'";
  QTest::newRow("tiny-qwen3-gptq") << "method 'gptq'";
  QTest::newRow("tiny-qwen2") << "qwen2";
  QTest::newRow("tiny-llama-spm") << "llama";
  QTest::newRow("tiny-llama3-rope") << "llama";
}

void ModelInfoTest::foreign_fixtures_are_named() {
  QFETCH(QString, fragment);
  const QString folder = fixture(QTest::currentDataTag());
  if (folder.isEmpty()) QSKIP("the small models are not in $FIRESIDE_FIXTURES");
  const ModelInfo info = inspect(folder);
  QVERIFY2(QString::fromStdString(info.unsupported).contains(fragment), info.unsupported.c_str());
  QVERIFY(info.weight_bytes > 0 && info.max_context > 0 && !info.architecture.empty());
}

void ModelInfoTest::refuses_what_is_no_model_folder() {
  EXPECT_ERROR(inspect(dir_->filePath("absent")), ErrorCode::NotFound, "no folder");
  EXPECT_ERROR(inspect(""), ErrorCode::NotFound, "no folder");
  write_file(dir_->filePath("file.gguf"), "x");
  EXPECT_ERROR(inspect(dir_->filePath("file.gguf")), ErrorCode::InvalidFile, "choose the folder");
  QDir().mkpath(dir_->filePath("empty"));
  EXPECT_ERROR(inspect(dir_->filePath("empty")), ErrorCode::NotFound, "config.json");
  const QString broken = model_copy("broken");
  QFile(broken + "/model.safetensors").resize(1000);
  EXPECT_ERROR(inspect(broken), ErrorCode::InvalidFile, "model.safetensors");
}

// The layout of huggingface.co/docs/hub/local-cache: blobs, refs, snapshots of relative links.
void ModelInfoTest::finds_the_hugging_face_cache() {
  const QString cache = dir_->filePath("home/.cache/huggingface/hub");
  const QString repository = cache + "/models--Some-Org--Chat-4B";
  const QString blobs = model_copy("home/.cache/huggingface/hub/models--Some-Org--Chat-4B/blobs");
  for (const QString& commit : {QString(40, 'a'), kCommit}) {
    const QString snapshot = repository + "/snapshots/" + commit;
    QDir().mkpath(snapshot);
    for (const QFileInfo& blob : QDir(blobs).entryInfoList(QDir::Files))
      QVERIFY(QFile::link("../../blobs/" + blob.fileName(), snapshot + '/' + blob.fileName()));
  }
  write_file(repository + "/refs/main", kCommit.toUtf8() + '\n');
  // Not chat models, half downloads, other kinds of repositories: nothing to see.
  QDir().mkpath(cache + "/models--org--empty/snapshots/" + kCommit);
  QDir().mkpath(cache + "/models--org--no-snapshots");
  model_copy("home/.cache/huggingface/hub/datasets--org--data/snapshots/" + kCommit);
  model_copy("home/.cache/huggingface/hub/.locks");

  const auto models = engine::find_models();
  QCOMPARE(names(models), std::vector<std::string>{"Chat-4B"});
  QCOMPARE(QString::fromStdString(models[0].path), repository + "/snapshots/" + kCommit);
  QCOMPARE(models[0].unsupported, std::string());

  // Without refs/main, or with one that points outside: a snapshot that exists.
  for (const QByteArray ref : {"../../../../elsewhere", "ffff", ""}) {
    write_file(repository + "/refs/main", ref);
    QCOMPARE(names(engine::find_models()), std::vector<std::string>{"Chat-4B"});
  }
  // A missing blob is said.
  write_file(repository + "/refs/main", kCommit.toUtf8());
  QFile::remove(blobs + "/model.safetensors");
  QVERIFY(!engine::find_models().at(0).unsupported.empty());

  set_environment("HF_HOME", dir_->filePath("elsewhere"));
  QVERIFY(engine::find_models().empty());
  set_environment("HF_HUB_CACHE", cache);
  QCOMPARE(engine::find_models().size(), size_t(1));
}

void ModelInfoTest::finds_models_in_order() {
  set_environment("XDG_DATA_HOME", dir_->filePath("data"));
  model_copy("data/fireside/models/Small");
  const QString large = model_copy("data/fireside/models/Large");
  QByteArray weights = read_bytes(large + "/model.safetensors");
  // One more tensor at the end makes it larger.
  QByteArray header = weights.mid(8, *reinterpret_cast<const quint64*>(weights.constData()));
  const QByteArray data = weights.mid(8 + header.size());
  header = header.trimmed();
  header.chop(1);
  const QByteArray end = QByteArray::number(data.size());
  header += R"(,"extra":{"dtype":"F32","shape":[2],"data_offsets":[)" + end + ',' +
            QByteArray::number(data.size() + 8) + "]}}";
  write_file(large + "/model.safetensors", safetensors(header, data + QByteArray(8, '\0')));
  const QString broken = model_copy("data/fireside/models/Broken");
  write_file(broken + "/config.json", "{");
  QDir().mkpath(dir_->filePath("data/fireside/models/notes"));
  write_file(dir_->filePath("data/fireside/models/notes/readme.txt"), "x");
  model_copy("resources/models/demo");
  model_copy("extra/Chosen");
  const QString single = model_copy("single/Alone");
  set_environment("FIRESIDE_MODEL", dir_->filePath("data/fireside/models/Small"));  // listed once

  const auto models =
      engine::find_models({dir_->filePath("extra").toStdString(), single.toStdString(),
                           dir_->filePath("absent").toStdString()});
  QCOMPARE(names(models),
           (std::vector<std::string>{"Small", "Large", "Chosen", "Alone", "Broken", "demo"}));
  QVERIFY(QString::fromStdString(models[4].unsupported).contains("not valid JSON"));
  QVERIFY(models[5].bundled);
  // A variable that names nothing is not passed over in silence.
  set_environment("FIRESIDE_MODEL", "/nowhere/model");
  const auto again = engine::find_models();
  QCOMPARE(QString::fromStdString(again[0].path), "/nowhere/model");
  QVERIFY(!again[0].unsupported.empty());
  QCOMPARE(names({again.begin() + 1, again.end()}),
           (std::vector<std::string>{"Large", "Small", "Broken", "demo"}));
  QCOMPARE(engine::model_from_environment(), std::string("/nowhere/model"));
  // Empty is as good as not set.
  set_environment("FIRESIDE_MODEL", "");
  QCOMPARE(engine::model_from_environment(), std::string());
  QCOMPARE(engine::find_models().size(), again.size() - 1);
}

void ModelInfoTest::bundled_model_brings_its_name() {
  const QByteArray name = R"json({"name": "Demo (bundled)", "note": "What it can do."})json";
  write_file(model_copy("resources/models/demo") + "/fireside.json", name);
  write_file(model_copy("other") + "/fireside.json", name);
  const auto models = engine::find_models({dir_->filePath("other").toStdString()});
  QCOMPARE(names(models),
           (std::vector<std::string>{"other", "Demo (bundled)"}));
  QVERIFY(models[1].bundled && !models[0].bundled);
  QCOMPARE(QString::fromStdString(models[1].note), "What it can do.");
  QVERIFY(models[0].note.empty());
}

void ModelInfoTest::resources_are_looked_for() {
  QCOMPARE(QString::fromStdString(engine::resource_directory()), dir_->filePath("resources"));
  set_environment("FIRESIDE_RESOURCES", dir_->filePath("absent"));
  EXPECT_ERROR(engine::resource_directory(), ErrorCode::NotFound, dir_->filePath("absent"));
  QVERIFY(engine::find_models().empty());
}

void ModelInfoTest::devices_are_listed() {
  const auto devices = engine::list_devices();
  QVERIFY(devices.size() >= 2);
  const engine::DeviceInfo& cpu = devices[0];
  QCOMPARE(cpu.id, std::string("cpu"));
  QVERIFY(!cpu.name.empty() && cpu.problem.empty());
  QVERIFY(cpu.memory_total > 0 && cpu.memory_free > 0 && cpu.memory_free <= cpu.memory_total);
  QVERIFY2(QString::fromStdString(cpu.features).contains(QRegularExpression("^[0-9]+ threads?, ")),
           cpu.features.c_str());
  for (size_t i = 1; i < devices.size(); ++i) QVERIFY(devices[i].id.starts_with("cuda"));
  if (!QFile::exists("/proc/driver/nvidia/version")) {
    QCOMPARE(devices.size(), size_t(2));
    QCOMPARE(devices[1].id, std::string("cuda"));
    QVERIFY(devices[1].problem.find("driver") != std::string::npos);
  }
}

void ModelInfoTest::cuda_is_refused_with_a_reason() {
  QCOMPARE(engine::choose_device("cpu"), std::string("cpu"));
  const auto devices = engine::list_devices();
  if (devices[1].problem.empty()) QSKIP("this machine has a GPU that can be used");
  QCOMPARE(engine::choose_device("auto"), std::string("cpu"));
  for (const char* device : {"cuda", "cuda:0", "cuda:7"}) {
    try {
      engine::choose_device(device);
      QFAIL("nothing was thrown");
    } catch (const engine::Error& error) {
      QVERIFY(error.code() == ErrorCode::Device || error.code() == ErrorCode::Unsupported);
      QVERIFY(QString(error.what()).contains(device));
    }
  }
}
