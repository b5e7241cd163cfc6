// SPDX-License-Identifier: Apache-2.0
// Runs fireside-cli in a home of its own, so that nothing of the machine's user is read or written.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>
#include <QTemporaryFile>

struct CliResult {
  int exit_code = -1;
  QByteArray out, err;

  QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
  QList<QJsonObject> json_lines() const {
    QList<QJsonObject> lines;
    for (const QByteArray& line : out.split('\n'))
      if (!line.isEmpty()) lines += QJsonDocument::fromJson(line).object();
    return lines;
  }
};

inline const QString kModel = QStringLiteral(FIRESIDE_TEST_DATA "/tiny-qwen3");

inline QProcessEnvironment cli_environment() {
  static const QTemporaryDir home;
  auto environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"FIRESIDE_MODEL", "HF_HOME", "HF_HUB_CACHE", "FIRESIDE_LOG",
                           "XDG_DATA_HOME", "XDG_STATE_HOME"})
    environment.remove(name);
  environment.insert("HOME", home.path());
  return environment;
}

inline CliResult run_cli(const QStringList& arguments, const QByteArray& input = {},
                         const QProcessEnvironment& environment = cli_environment()) {
  QProcess process;
  process.setProcessEnvironment(environment);
  // A file, not a pipe: a program that refuses to run leaves its input unread.
  QTemporaryFile input_file;
  if (!input_file.open() || input_file.write(input) != input.size() || !input_file.flush())
    qFatal("no temporary file");
  process.setStandardInputFile(input_file.fileName());
  process.start(FIRESIDE_CLI, arguments);
  if (!process.waitForFinished(120000) || process.exitStatus() != QProcess::NormalExit)
    return {-1, process.readAllStandardOutput(),
            "did not end well: " + process.readAllStandardError()};
  return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

inline void write_test_file(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
    qFatal("cannot write %s", qPrintable(path));
}

// One line on stderr, named after the program, without control characters.
inline bool is_one_line(const QByteArray& err) {
  return err.startsWith("fireside-cli: ") && err.count('\n') == 1 && err.endsWith('\n') &&
         !err.contains('\x1b');
}
