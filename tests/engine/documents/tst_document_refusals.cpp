// SPDX-License-Identifier: Apache-2.0
// Files that cannot or must not be read through the real helper, and readings that are broken off:
// what is said, and that nothing is left behind.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTest>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "engine/document.h"
#include "engine/error.h"
#include "tests/engine/documents/pdf_writer.h"
#include "tests/engine/documents/reader_fixture.h"

using namespace engine;

namespace {

int open_descriptors() {
  return static_cast<int>(QDir("/proc/self/fd")
                              .entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System)
                              .size());
}

bool has_children() { return waitpid(-1, nullptr, WNOHANG) != -1; }

}  // namespace

class TestDocumentRefusals : public ReaderFixture {
  Q_OBJECT

 private slots:
  void broken_files_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* name, const std::string& content, const char* error) {
      QTest::newRow(name) << QString(name)
                          << QByteArray(content.data(), static_cast<int>(content.size())) << error;
    };
    const std::string pdf = simple_pdf(3);
    PdfWriter pictures;
    for (int i = 0; i < 12; ++i) pictures.add_page(PdfWriter::picture());
    row("empty.pdf", "", "invalid_file: 'empty.pdf' is empty (0 bytes)");
    row("empty.txt", "", "invalid_file: 'empty.txt' is empty (0 bytes)");
    row("cut.pdf", pdf.substr(0, pdf.size() * 2 / 3), "invalid_file: 'cut.pdf' is incomplete");
    row("begun.pdf", pdf.substr(0, 20), "invalid_file: 'begun.pdf' is incomplete");
    row("web.pdf", "<html>404</html>", "invalid_file: 'web.pdf' is not a PDF");
    row("scan.pdf", pictures.finish(),
        "unsupported: 'scan.pdf' has no text layer: its 12 pages look scanned");
    row("hollow.pdf", "%PDF-1.4\nnothing\n%%EOF\n",
        "invalid_file: 'hollow.pdf' is not a readable PDF");
    row("no-pages.pdf",
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count "
        "0>>endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n",
        "invalid_file: 'no-pages.pdf' is a PDF without pages");
    row("binary.txt", std::string("\0\1\2\3\4\5\6\7", 8) + std::string(500, '\x02'),
        "unsupported: 'binary.txt' holds binary data");
    row("report.docx", std::string("PK\x03\x04\x14\0\6\0", 8) + std::string(300, '\x9c'),
        "unsupported: 'report.docx' is a zip-based file");
    row("cyrillic.txt",
        "\xcf\xf0\xe8\xe2\xe5\xf2, \xea\xe0\xea \xe4\xe5\xeb\xe0? \xd5\xee\xf0\xee\xf8\xee.",
        "unsupported: 'cyrillic.txt' is text in an encoding");
    row("blank.txt", "  \n\n \t", "unsupported: 'blank.txt' holds no text");
  }

  void broken_files() {
    QFETCH(QString, name);
    QFETCH(QByteArray, content);
    QFETCH(QString, error);
    const QString got = error_of(put(name, content.toStdString()));
    QVERIFY2(got.startsWith(error), qPrintable(got));
    QVERIFY2(got.endsWith('.'), qPrintable(got));
  }

  void things_that_are_no_files() {
    QVERIFY(error_of(folder_.path().toStdString()).contains("is a folder"));
    const std::string pipe = folder_.filePath("pipe").toStdString();
    QCOMPARE(mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(error_of(pipe), QString("unsupported: 'pipe' is a pipe or device, not a file. Save "
                                     "its content to a file first."));
    QVERIFY(error_of("/dev/zero").startsWith("unsupported: 'zero' is a pipe or device"));
    QVERIFY(error_of("/nonexistent/x.pdf").startsWith("not_found: 'x.pdf' was not found"));
    QVERIFY(error_of(std::string("/tmp/a\0b", 8)).startsWith("not_found: "));
    QVERIFY(error_of("").startsWith("not_found: "));
    QVERIFY(error_of(std::string(5000, 'a')).startsWith("not_found: "));
    QVERIFY(QFile::link("loop.txt", folder_.filePath("loop.txt")));
    QVERIFY(error_of(folder_.filePath("loop.txt").toStdString()).startsWith("not_found: "));
    QVERIFY(QFile::link("/nonexistent", folder_.filePath("dangling.txt")));
    QVERIFY(error_of(folder_.filePath("dangling.txt").toStdString()).startsWith("not_found: "));
    const std::string secret = put("locked.txt", "secret");
    QVERIFY(QFile::link(as_text(secret), folder_.filePath("link.txt")));
    QCOMPARE(as_text(read_document(folder_.filePath("link.txt").toStdString()).pages[0]),
             QString("secret"));
    if (geteuid() == 0) return;  // root may read everything
    QCOMPARE(chmod(secret.c_str(), 0), 0);
    QVERIFY(error_of(secret).startsWith("io: 'locked.txt' cannot be opened: "));
  }

  void limits_are_said_with_figures() {
    DocumentLimits limits;
    limits.max_file_bytes = 2000;
    const std::string text(3000, 'a');
    QCOMPARE(error_of(put("big.txt", text), {}, limits),
             QString("out_of_memory: 'big.txt' is 2.9 KB, larger than the 2 KB that Fireside "
                     "reads. Split it and add the "
                     "parts you need."));
    limits = {};
    limits.max_text_bytes = 1 << 20;
    for (const int megabytes : {2, 20}) {
      const std::string path =
          put("log.txt", std::string(static_cast<size_t>(megabytes) << 20, 'a'));
      QVERIFY2(error_of(path, {}, limits)
                   .startsWith("out_of_memory: 'log.txt' holds more than 1 MB of text"),
               qPrintable(error_of(path, {}, limits)));
    }
    limits = {};
    limits.max_pages = 4;
    QVERIFY(error_of(put("five.pdf", simple_pdf(5)), {}, limits)
                .startsWith("out_of_memory: 'five.pdf' has 5 pages, more than the 4"));
    limits = {};
    limits.max_text_bytes = 3000;
    QVERIFY(
        error_of(put("five.pdf", simple_pdf(5)), {}, limits).contains("more than 2.9 KB of text"));
  }

  void damaged_pdfs_never_harm_us() {
    std::mt19937 random(4711);
    const std::string good = simple_pdf(4, 10);
    int read_anyway = 0, refused = 0;
    for (int round = 0; round < 120; ++round) {
      std::string bytes = good;
      for (size_t flips = 1 + random() % 12; flips > 0; --flips)
        bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      try {
        const Document document = read("damaged.pdf", bytes);
        QVERIFY(!document.pages.empty());
        ++read_anyway;
      } catch (const Error& error) {
        QVERIFY2(error.code() == ErrorCode::InvalidFile || error.code() == ErrorCode::Unsupported ||
                     error.code() == ErrorCode::PasswordRequired ||
                     error.code() == ErrorCode::OutOfMemory,
                 error.what());
        ++refused;
      }
    }
    QVERIFY(read_anyway > 0);
    QCOMPARE(read_anyway + refused, 120);
    QVERIFY(!has_children());
  }

  void cut_pdfs_are_refused_at_any_length() {
    const std::string good = simple_pdf(3, 5);
    for (size_t tenth = 1; tenth < 20; ++tenth) {
      const QString error = error_of(put("cut.pdf", good.substr(0, good.size() * tenth / 20)));
      QVERIFY2(error.startsWith("invalid_file: "), qPrintable(error));
    }
  }

  void hostile_structures_data() {
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char* name, const std::string& body) {
      QTest::newRow(name) << QByteArray::fromStdString("%PDF-1.4\n" + body +
                                                       "\ntrailer<</Root 1 0 R>>\n%%EOF\n");
    };
    row("pages that contain themselves",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count "
        "9>>endobj");
    row("a million pages that are not there",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count "
        "1000000>>endobj");
    row("negative pages",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count -5>>endobj");
    std::string deep = "1 0 obj<</Type/Catalog/Pages 2 0 R/X ";
    deep += std::string(200000, '[') + std::string(200000, ']') +
            ">>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj";
    row("deep nesting", deep);
    row("a form that draws itself",
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count "
        "1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</XObject<</X "
        "5 0 R>>>>>>endobj\n"
        "4 0 obj<</Length 5>>stream\n/X Do\nendstream endobj\n"
        "5 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 "
        "R>>>>/Length 11>>stream\n/X Do /X Do\nendstream endobj");
  }

  void hostile_structures() {
    QFETCH(QByteArray, body);
    DocumentLimits limits;
    limits.timeout_s = 10;
    const QString error = error_of(put("hostile.pdf", body.toStdString()), {}, limits);
    QVERIFY2(error != "no error" && !error.startsWith("internal"), qPrintable(error));
  }

  void cancel_leaves_nothing_behind() {
    const std::string path = put("cancel.pdf", simple_pdf(300));
    const int before = open_descriptors();
    for (int round = 0; round < 5; ++round) {
      std::stop_source source;
      int last = 0;
      try {
        read_document(
            path, {}, {},
            [&](int done, int) {
              last = done;
              if (done >= 20 * round) source.request_stop();
            },
            source.get_token());
        QFAIL("was not cancelled");
      } catch (const Error& error) {
        QCOMPARE(error.code(), ErrorCode::Cancelled);
      }
      QVERIFY(last < 300);
    }
    std::stop_source stopped;
    stopped.request_stop();
    QVERIFY_EXCEPTION_THROWN(read_document(path, {}, {}, {}, stopped.get_token()), Error);
    QCOMPARE(open_descriptors(), before);
    QVERIFY(!has_children());
  }

  void several_at_once() {
    const std::string pdf = put("together.pdf", simple_pdf(20)),
                      text = put("together.txt", std::string(50000, 'x'));
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
      threads.emplace_back([&, i] {
        for (int round = 0; round < 3; ++round)
          if (read_document(i % 2 == 0 ? pdf : text).pages.size() == (i % 2 == 0 ? 20u : 17u))
            ++good;
      });
    for (std::thread& thread : threads) thread.join();
    QCOMPARE(good.load(), 18);
    QVERIFY(!has_children());
  }

  void an_exception_in_progress_passes_through() {
    const std::string path = put("throw.pdf", simple_pdf(10));
    QVERIFY_EXCEPTION_THROWN(
        read_document(path, {}, {}, [](int, int) { throw std::runtime_error("stop"); }),
        std::runtime_error);
    QVERIFY(!has_children());
  }

  void a_missing_helper_is_named() {
    qputenv("FIRESIDE_DOCUMENT_HELPER", "/nonexistent/helper");
    const QString error = error_of(put("x.txt", "x"));
    QVERIFY2(
        error.startsWith("not_found: the document reader") && error.contains("/nonexistent/helper"),
        qPrintable(error));
    QVERIFY(!check_document_helper().problem.empty());
    const std::string text = put("not-a-program", "plain text");
    QFile::setPermissions(as_text(text), QFile::ReadOwner | QFile::ExeOwner);
    qputenv("FIRESIDE_DOCUMENT_HELPER", QByteArray::fromStdString(text));
    const QString other = error_of(put("x.txt", "x"));
    QVERIFY2(other.startsWith("io: the document reader cannot be started"), qPrintable(other));
    qunsetenv("FIRESIDE_DOCUMENT_HELPER");
    QVERIFY(check_document_helper().problem.empty());
  }
};

QTEST_GUILESS_MAIN(TestDocumentRefusals)
#include "tst_document_refusals.moc"
