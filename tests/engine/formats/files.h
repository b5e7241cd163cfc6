// SPDX-License-Identifier: Apache-2.0
// Files for tests, and a macro that expects an engine::Error of one kind whose message holds a
// text.
#pragma once

#include <QByteArray>
#include <QDir>
#include <QFile>
#include <QString>

#include "tests/engine/expect_error.h"

inline void write_file(const QString& path, const QByteArray& bytes) {
  QDir().mkpath(QFileInfo(path).path());
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
    qFatal("cannot write %s", qPrintable(path));
}

inline QByteArray read_bytes(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
  return file.readAll();
}

// A safetensors file of a JSON header and its data.
inline QByteArray safetensors(const QByteArray& header, const QByteArray& data = {}) {
  QByteArray file;
  auto length = static_cast<quint64>(header.size());
  for (int i = 0; i < 8; ++i, length >>= 8) file.append(static_cast<char>(length & 0xff));
  return file + header + data;
}

// A small model of the folder FIRESIDE_FIXTURES (tests/data/README.md), empty when it is not there.
inline QString fixture(const QString& name) {
  const QString folder = qEnvironmentVariable("FIRESIDE_FIXTURES") + "/" + name;
  return QFile::exists(folder + "/config.json") ? folder : QString();
}
