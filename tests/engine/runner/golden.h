// SPDX-License-Identifier: Apache-2.0
// What the reference says of a small model in tests/data: golden.json and golden_logits.safetensors
// (their README is tests/data/README.md).
#pragma once

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <cstring>
#include <string>
#include <vector>

struct GoldenPrompt {
  std::vector<int32_t> ids;
  int first_position = 0;     // of the kept logits
  std::vector<float> logits;  // [ids.size() - first_position, vocab_size]
};

struct GoldenGreedy {
  int prompt = 0;
  std::vector<int32_t> ids;     // what argmax gives after the prompt
  std::vector<double> margins;  // between the best two logits at each step
};

struct Golden {
  std::vector<GoldenPrompt> prompts;
  std::vector<GoldenGreedy> greedy;
};

inline std::string model_folder(const std::string& name) {
  return std::string(FIRESIDE_TEST_DATA) + "/" + name;
}

inline QByteArray file_bytes(const std::string& path) {
  QFile file(QString::fromStdString(path));
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", path.c_str());
  return file.readAll();
}

inline std::vector<int32_t> id_list(const QJsonValue& value) {
  std::vector<int32_t> ids;
  for (const QJsonValue& id : value.toArray()) ids.push_back(id.toInt());
  return ids;
}

inline Golden read_golden(const std::string& name) {
  Golden golden;
  const QJsonObject json =
      QJsonDocument::fromJson(file_bytes(model_folder(name) + "/golden.json")).object();
  const QByteArray file = file_bytes(model_folder(name) + "/golden_logits.safetensors");
  uint64_t header_size = 0;
  std::memcpy(&header_size, file.constData(), sizeof header_size);
  const QJsonObject header =
      QJsonDocument::fromJson(file.mid(8, static_cast<qsizetype>(header_size))).object();
  const char* data = file.constData() + 8 + header_size;
  for (const QJsonValue& entry : json["prompts"].toArray()) {
    GoldenPrompt prompt;
    prompt.ids = id_list(entry["ids"]);
    prompt.first_position = entry["first_position"].toInt();
    const QString tensor = QString("logits.%1").arg(golden.prompts.size());
    const QJsonArray range = header[tensor].toObject()["data_offsets"].toArray();
    const qint64 begin = range[0].toInteger(), end = range[1].toInteger();
    prompt.logits.resize(static_cast<size_t>(end - begin) / sizeof(float));
    std::memcpy(prompt.logits.data(), data + begin, static_cast<size_t>(end - begin));
    golden.prompts.push_back(std::move(prompt));
  }
  for (const QJsonValue& entry : json["greedy"].toArray()) {
    GoldenGreedy greedy{entry["prompt"].toInt(), id_list(entry["ids"]), {}};
    for (const QJsonValue& margin : entry["top1_minus_top2"].toArray())
      greedy.margins.push_back(margin.toDouble());
    golden.greedy.push_back(std::move(greedy));
  }
  return golden;
}
