// SPDX-License-Identifier: Apache-2.0
// Files to read through the real helper.
#pragma once

#include <QFile>
#include <QString>
#include <QTemporaryDir>
#include <QTest>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/error.h"
#include "tests/engine/documents/pdf_writer.h"

inline std::string simple_pdf(int pages, int lines_a_page = 40) {
  PdfWriter pdf;
  for (int page = 1; page <= pages; ++page) {
    std::vector<std::string> lines;
    for (int line = 1; line <= lines_a_page; ++line)
      lines.push_back("Page " + std::to_string(page) + ", line " + std::to_string(line) +
                      ": some words that fill the rest of it.");
    pdf.add_page(PdfWriter::lines(72, 740, 11, lines));
  }
  return pdf.finish();
}

inline QString as_text(const std::string& text) { return QString::fromStdString(text); }

// A folder of its own for the files of a test; the tests of documents begin with it.
class ReaderFixture : public QObject {
  Q_OBJECT

 protected:
  std::string put(const QString& name, const std::string& content) {
    QFile file(folder_.filePath(name));
    if (!file.open(QFile::WriteOnly | QFile::Truncate)) qFatal("cannot write a test file");
    file.write(content.data(), static_cast<qint64>(content.size()));
    return file.fileName().toStdString();
  }

  engine::Document read(const QString& name, const std::string& content) {
    return engine::read_document(put(name, content));
  }

  // The error that reading gives, as "code: message".
  static QString error_of(const std::string& path, const std::string& password = {},
                          const engine::DocumentLimits& limits = {}) {
    try {
      engine::read_document(path, password, limits);
    } catch (const engine::Error& error) {
      return QString(engine::error_code_name(error.code())) + ": " + error.what();
    }
    return "no error";
  }

  static std::string fixture(const char* name) {
    return std::string(FIRESIDE_TEST_DATA "/documents/") + name;
  }

  QTemporaryDir folder_;

 private slots:
  void initTestCase() {
    QVERIFY(folder_.isValid());
    const engine::DocumentHelperStatus status = engine::check_document_helper();
    QVERIFY2(status.problem.empty(), status.problem.c_str());
    QVERIFY2(status.path.find("fireside-document-helper") != std::string::npos,
             status.path.c_str());
  }
};
