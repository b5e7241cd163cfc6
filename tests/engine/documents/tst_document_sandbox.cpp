// SPDX-License-Identifier: Apache-2.0
// A helper that was taken over gets nowhere and is reported as one clear error.
#include <fcntl.h>
#include <sys/wait.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <cerrno>
#include <cstring>
#include <random>
#include <string>

#include "engine/document.h"
#include "engine/documents/document_assembler.h"
#include "engine/documents/helper_protocol.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/utf8.h"

using namespace engine;

namespace {

constexpr uint32_t kAll = 15, kSeccompOnly = helper::kLayerSeccomp,
                   kLandlockOnly = helper::kLayerLandlock;
constexpr uint32_t kLimitsOnly = helper::kLayerLimits | helper::kLayerAddressSpace;

std::string number(uint32_t value) { return std::string(reinterpret_cast<const char*>(&value), 4); }
std::string number64(uint64_t value) {
  return std::string(reinterpret_cast<const char*>(&value), 8);
}

std::string frame(helper::FrameType type, const std::string& payload) {
  return number(static_cast<uint32_t>(type)) + number(static_cast<uint32_t>(payload.size())) +
         payload;
}

std::string hello() {
  return frame(helper::FrameType::Hello, number(helper::kProtocolVersion) + number(kAll));
}

std::string begin_pdf(uint32_t pages) {
  return frame(helper::FrameType::Begin, number(1) + number(pages) + number(0));
}

std::string begin_text(uint32_t encoding = 1) {
  return frame(helper::FrameType::Begin, number(2) + number(0) + number(encoding));
}

std::string text(const std::string& bytes) { return frame(helper::FrameType::Text, bytes); }
std::string page_end(uint32_t page) { return frame(helper::FrameType::PageEnd, number(page)); }

std::string done(uint32_t pages, uint64_t bytes) {
  return frame(helper::FrameType::Done, number(pages) + number64(bytes));
}

std::string failure(uint32_t code, uint64_t figure) {
  return frame(helper::FrameType::Failure, number(code) + number64(figure));
}

std::string good_pdf() {
  return hello() + begin_pdf(2) + text("one \xc3") + text("\xa9") + page_end(1) + text("two") +
         page_end(2) + done(2, 9);
}

// Empty when the document keeps every promise of document.h.
QString broken_promise(const Document& document, const DocumentLimits& limits) {
  size_t bytes = 0;
  for (const std::string& page : document.pages) {
    bytes += page.size();
    if (find_invalid_utf8(page) != kValidUtf8) return "a page is not UTF-8";
    for (const char c : page)
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
        return "a control character";
  }
  if (document.has_real_pages && document.pages.size() > static_cast<size_t>(limits.max_pages))
    return "too many pages";
  if (bytes > 2 * static_cast<size_t>(limits.max_text_bytes)) return "too much text";
  return {};
}

int open_descriptors() {
  return QDir("/proc/self/fd")
      .entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System)
      .size();
}

}  // namespace

class TestDocumentSandbox : public QObject {
  Q_OBJECT

 private:
  // What read_document() says about a "document" that holds orders for the hostile helper.
  Error outcome(const std::string& orders, const DocumentLimits& limits = {}) {
    QFile file(folder_.filePath("document.txt"));
    if (!file.open(QFile::WriteOnly | QFile::Truncate))
      return Error(ErrorCode::Internal, "test cannot write");
    file.write(orders.data(), static_cast<qint64>(orders.size()));
    file.close();
    try {
      const Document document = read_document(file.fileName().toStdString(), {}, limits);
      return Error(ErrorCode::Internal,
                   "read without an error: " + document.pages.front().substr(0, 100));
    } catch (const Error& error) {
      return error;
    }
  }

  void compare_unsafe(const Error& error) {
    QVERIFY2(error.code() == ErrorCode::InvalidFile, error.what());
    QVERIFY2(std::string(error.what()).find("'document.txt' could not be read safely: ") == 0,
             error.what());
  }

  QTemporaryDir folder_;
  QString old_folder_;
  DocumentHelperStatus real_helper_;

 private slots:
  void initTestCase() {
    spdlog::set_level(
        spdlog::level::err);  // each missing layer is a warning, and most rows miss some
    real_helper_ = check_document_helper();
    QVERIFY2(real_helper_.problem.empty(), real_helper_.problem.c_str());
    qputenv("FIRESIDE_DOCUMENT_HELPER",
            (QCoreApplication::applicationDirPath() + "/hostile_document_helper").toUtf8());
    old_folder_ = QDir::currentPath();
    QVERIFY(folder_.isValid());
    QVERIFY(QFile::setPermissions(folder_.path(), QFile::Permissions(0x7777)));
    QVERIFY(QDir::setCurrent(folder_.path()));
  }

  void cleanupTestCase() { QDir::setCurrent(old_folder_); }

  void attack_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<uint>("layers");
    const auto add = [](const char* set, uint32_t layers, const QStringList& names) {
      for (const QString& name : names)
        QTest::newRow(qPrintable(name + ", " + set)) << name << layers;
    };
    const QStringList calls = {"memfd",       "io_uring",
                               "bpf",         "userfaultfd",
                               "keyctl",      "mount",
                               "unshare",     "setns",
                               "perf",        "process_vm_readv",
                               "dup",         "openat2",
                               "prctl",       "process_vm_writev",
                               "pidfd_getfd", "setrlimit",
                               "clone3",      "shmget",
                               "personality", "kexec"};
    const QStringList actions = {"read_passwd", "read_parent", "read_parent_memory",
                                 "list_root",   "write_file",  "make_folder",
                                 "make_link",   "socket",      "connect_tcp",
                                 "run_program", "execve",      "fork_bomb",
                                 "thread",      "ptrace",      "signal_parent",
                                 "map_code",    "make_code",   "int80"};
    add("all layers", kAll, calls + actions);
    add("all layers", kAll,
        {"two_gigabytes", "endless_loop", "overflow_stack", "crash", "abort", "open_many"});
    add("seccomp alone", kSeccompOnly, calls + actions);
    add("Landlock alone", kLandlockOnly,
        {"read_passwd", "read_parent", "read_parent_memory", "list_root", "write_file",
         "make_folder", "make_link", "ptrace"});
    add("limits alone", kLimitsOnly,
        {"write_file", "fork_bomb", "two_gigabytes", "endless_loop", "open_many"});
  }

  void attack() {
    QFETCH(QString, name);
    QFETCH(uint, layers);
    if (layers == kLandlockOnly &&
        real_helper_.missing_layers.find("Landlock") != std::string::npos)
      QSKIP("this kernel has no Landlock");
#ifdef FIRESIDE_SANITIZED
    if (name == "two_gigabytes") QSKIP("sanitizers map terabytes: no limit on the address space");
    if (name == "map_code" || name == "int80") QSKIP("sanitizers are let off some of the filter");
#endif
    DocumentLimits limits;
    limits.timeout_s = 30;
    compare_unsafe(
        outcome("attack " + name.toStdString() + " " + std::to_string(layers) + "\n", limits));
    // Where only the size of files is limited, an empty one may appear; nothing may when it is
    // forbidden.
    QCOMPARE(QFile::exists("escaped.txt") && layers != kLimitsOnly, false);
    QCOMPARE(QFile::exists("escaped") || QFile::symLinkTarget("escaped.link").size() > 0, false);
    QFile::remove("escaped.txt");
    QCOMPARE(waitpid(-1, nullptr, WNOHANG), -1);  // no child is left, ended or not
    QCOMPARE(errno, ECHILD);
  }

  void a_known_attack_works_without_layers() {
    // Proof that the attacks themselves are no blanks: without any layer this one succeeds.
    const Error error = outcome("attack read_passwd 0\n");
    QCOMPARE(QString(error.what()), QString("read without an error: ESCAPED: read_passwd"));
    const Error code = outcome("attack map_code 0\n");
    QCOMPARE(QString(code.what()), QString("read without an error: ESCAPED: map_code"));
  }

  void inherits_nothing() {
    const int extra =
        open("/etc/passwd", O_RDONLY);  // not close-on-exec, as a careless library would leave it
    QVERIFY(extra >= 0);
    compare_unsafe(outcome("look\n"));
    close(extra);
  }

  void works_without_standard_input() {
    const int saved = fcntl(0, F_DUPFD_CLOEXEC, 20);
    close(0);
    compare_unsafe(outcome("look\n"));
    const Error error = outcome("raw\n" + good_pdf());
    QCOMPARE(QString(error.what()), QString("read without an error: one \u00e9\n"));
    if (saved >= 0) {
      dup2(saved, 0);
      close(saved);
    }
  }

  void endings_are_told_apart_data() {
    QTest::addColumn<QByteArray>("orders");
    QTest::addColumn<QString>("words");
    QTest::newRow("crash") << QByteArray("attack crash 15\n") << "crashed the reader";
    QTest::newRow("abort") << QByteArray("attack abort 15\n") << "gave up";
    QTest::newRow("words on stderr") << QByteArray("attack write_stderr 15\n") << "gave up";
    QTest::newRow("signal") << QByteArray("attack signal_parent 15\n") << "not allowed";
    QTest::newRow("forbidden") << QByteArray("attack socket 15\n") << "not allowed";
    QTest::newRow("loop") << QByteArray("attack endless_loop 4\n") << "too much computing time";
    QTest::newRow("silence") << QByteArray("raw\n") << "gave up";
  }

  void endings_are_told_apart() {
#ifdef FIRESIDE_SANITIZED
    QSKIP("sanitizers catch signals and are refused instead of ended");
#endif
    QFETCH(QByteArray, orders);
    QFETCH(QString, words);
    const Error error = outcome(orders.toStdString());
    compare_unsafe(error);
    QVERIFY2(QString(error.what()).contains(words), error.what());
  }

  // Its pages are mapped: one that became shorter crashes the reader, and is no attack.
  void a_file_that_became_shorter_is_told_apart() {
    const QString program = folder_.filePath("truncate");
    QFile file(program);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write("#!/bin/sh\n: > '" + folder_.filePath("document.txt").toUtf8() +
               "'\nkill -BUS $$\n");
    file.close();
    QVERIFY(QFile::setPermissions(program, QFile::ReadOwner | QFile::ExeOwner));
    const QByteArray helper = qgetenv("FIRESIDE_DOCUMENT_HELPER");
    qputenv("FIRESIDE_DOCUMENT_HELPER", program.toUtf8());
    const Error error = outcome(std::string(1 << 20, 'x'));
    qputenv("FIRESIDE_DOCUMENT_HELPER", helper);
    QVERIFY2(QString(error.what()).contains("was changed while it was read"), error.what());
    QCOMPARE(error.code(), ErrorCode::Io);
  }

  void silence_ends_at_the_time_limit() {
    DocumentLimits limits;
    limits.timeout_s = 1;
    const Error error = outcome("hang\n" + hello(), limits);
    compare_unsafe(error);
    QVERIFY2(QString(error.what()).contains("longer than 1 second"), error.what());
    QCOMPARE(waitpid(-1, nullptr, WNOHANG), -1);
  }

  void flood_is_stopped() {
    DocumentLimits limits;
    limits.max_text_bytes = 1 << 20;
    compare_unsafe(outcome("flood\n", limits));
    QCOMPARE(waitpid(-1, nullptr, WNOHANG), -1);
  }

  void a_helper_that_stays_after_the_answer_is_ended() {
    const Error error = outcome("hang\n" + good_pdf());
    QCOMPARE(QString(error.what()), QString("read without an error: one \u00e9\n"));
    QCOMPARE(waitpid(-1, nullptr, WNOHANG), -1);
  }

  void nothing_leaks() {
    outcome("raw\n" + hello());
    const int before = open_descriptors();
    for (int i = 0; i < 20; ++i)
      outcome(i % 2 == 0 ? "raw\n" + hello() + "garbage!garbage!" : "raw\n" + good_pdf());
    QCOMPARE(open_descriptors(), before);
  }

  void answers_data() {
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("good");
    const auto row = [](const char* name, const std::string& answer, bool good = false) {
      QTest::newRow(name) << QByteArray(answer.data(), static_cast<int>(answer.size())) << good;
    };
    row("a good PDF", good_pdf(), true);
    row("good text", hello() + begin_text() + text("a") + done(0, 1), true);
    row("no hello", begin_text() + text("a") + done(0, 1));
    row("hello twice", hello() + hello() + begin_text() + text("a") + done(0, 1));
    row("another version", frame(helper::FrameType::Hello, number(99) + number(15)));
    row("begin twice", hello() + begin_text() + begin_text());
    row("text before begin", hello() + text("a"));
    row("done before begin", hello() + done(0, 0));
    row("unknown frame", hello() + begin_text() + frame(static_cast<helper::FrameType>(77), "a"));
    row("unknown kind",
        hello() + frame(helper::FrameType::Begin, number(3) + number(0) + number(1)));
    row("unknown encoding", hello() + begin_text(99));
    row("a PDF without pages", hello() + begin_pdf(0));
    row("too many pages", hello() + begin_pdf(21));
    row("4 billion pages", hello() + begin_pdf(0xffffffff));
    row("a page twice", hello() + begin_pdf(2) + page_end(1) + page_end(1));
    row("a page left out", hello() + begin_pdf(2) + text("a") + page_end(2));
    row("a page too many", hello() + begin_pdf(1) + page_end(1) + page_end(2));
    row("a page missing", hello() + begin_pdf(2) + text("a") + page_end(1) + done(1, 1));
    row("pages in text", hello() + begin_text() + text("a") + page_end(1));
    row("text after the last page", hello() + begin_pdf(1) + page_end(1) + text("a") + done(1, 1));
    row("a wrong sum", hello() + begin_text() + text("a") + done(0, 2));
    row("more after the end", hello() + begin_text() + text("a") + done(0, 1) + text("b"));
    row("a frame too large", hello() + begin_text() + number(3) + number(0x7fffffff) + "a");
    row("too much text",
        hello() + begin_text() + text(std::string(60000, 'a')) + text(std::string(60000, 'a')));
    row("not UTF-8", hello() + begin_text() + text("a\xff") + done(0, 2));
    row("half a character", hello() + begin_text() + text("a\xe4\xbd") + done(0, 3));
    row("a surrogate", hello() + begin_pdf(1) + text("\xed\xa0\x80") + page_end(1) + done(1, 3));
    row("failure 0", hello() + failure(0, 0));
    row("unknown failure", hello() + failure(99, 0));
    row("unknown kind of file",
        hello() + failure(static_cast<uint32_t>(helper::FailureCode::Binary), 99));
    row("short payload", hello() + frame(helper::FrameType::Begin, "abc"));
    row("long payload",
        hello() + frame(helper::FrameType::Begin, number(2) + number(0) + number(1) + "x"));
    row("nothing", "");
    row("half a header", hello() + "abc");
  }

  void answers() {
    QFETCH(QByteArray, answer);
    QFETCH(bool, good);
    DocumentLimits limits;
    limits.max_pages = 20;
    limits.max_text_bytes = 100000;
    const Error error = outcome("raw\n" + answer.toStdString(), limits);
    if (good) {
      QCOMPARE(error.code(), ErrorCode::Internal);
      QVERIFY2(QString(error.what()).startsWith("read without an error"), error.what());
    } else {
      compare_unsafe(error);
    }
  }

  void failures_come_as_words() {
    for (uint32_t code = 1; code < static_cast<uint32_t>(helper::FailureCode::Count); ++code) {
      const Error error = outcome("raw\n" + hello() + failure(code, 5));
      QVERIFY(error.code() != ErrorCode::Internal);
      const QString words = error.what();
      QVERIFY2(words.endsWith('.') && words.size() > 30 && !words.contains("invalid data"),
               error.what());
    }
  }

  // The part that reads answers, without processes: a hundred thousand broken streams.
  void random_answers() {
    std::mt19937 random(20240611);
    const DocumentLimits limits{1 << 20, 1 << 16, 8, 5};
    const std::string seeds[] = {
        good_pdf(), hello() + begin_text() + text("line\r\n\x1b[31mred \xe2\xbc\x88") + done(0, 15),
        hello() + failure(9, 1)};
    int documents = 0;
    for (int round = 0; round < 100000; ++round) {
      std::string bytes = seeds[random() % 3];
      for (size_t changes = random() % 4; changes > 0; --changes) {
        const size_t at = random() % bytes.size();
        switch (random() % 4) {
          case 0:
            bytes[at] = static_cast<char>(random());
            break;
          case 1:
            bytes.erase(at, random() % 6 + 1);
            break;
          case 2:
            bytes.insert(at, 1 + random() % 5, static_cast<char>(random()));
            break;
          default:
            bytes[at] = static_cast<char>(bytes[at] ^ 1 << random() % 8);
        }
        if (bytes.empty()) bytes.push_back('x');
      }
      DocumentAssembler assembler("random.pdf", limits);
      try {
        for (size_t at = 0; at < bytes.size();) {
          const size_t piece = std::min<size_t>(1 + random() % 40, bytes.size() - at);
          assembler.feed(std::string_view(bytes).substr(at, piece));
          at += piece;
        }
        if (!assembler.is_done()) continue;
        const QString broken = broken_promise(assembler.take(), limits);
        QVERIFY2(broken.isEmpty(), qPrintable(broken));
        ++documents;
      } catch (const Error&) {
        continue;
      }
    }
    QVERIFY(documents > 1000);
  }
};

QTEST_GUILESS_MAIN(TestDocumentSandbox)
#include "tst_document_sandbox.moc"
