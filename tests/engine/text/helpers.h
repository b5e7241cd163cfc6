// SPDX-License-Identifier: Apache-2.0
// The small tokenizer and the golden files.
#pragma once

#include <QFile>
#include <QString>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"
#include "tests/engine/expect_error.h"

inline std::string read_text(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  return file.readAll().toStdString();
}

inline QString test_data(const QString& name) { return QString(FIRESIDE_TEST_DATA "/") + name; }

// A file of the folder FIRESIDE_FIXTURES (tests/data/README.md), empty when it is not there.
inline QString fixture_file(const QString& name) {
  const QString path = qEnvironmentVariable("FIRESIDE_FIXTURES") + "/" + name;
  return QFile::exists(path) ? path : QString();
}

inline std::vector<nlohmann::json> read_json_lines(const QString& path) {
  std::vector<nlohmann::json> rows;
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  while (!file.atEnd()) rows.push_back(nlohmann::json::parse(file.readLine().toStdString()));
  return rows;
}

inline const engine::Tokenizer& small_tokenizer() {
  static const auto tokenizer =
      engine::Tokenizer::load(test_data("tiny-qwen3/tokenizer.json").toStdString());
  return *tokenizer;
}

using Ids = std::vector<int32_t>;
