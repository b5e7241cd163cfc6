// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/cli/streams_test.h"

#include <signal.h>

#include <QtTest>

#include "tests/engine/cli/cli_process.h"

namespace {

// fireside-cli by way of a shell, which can close its streams.
CliResult run_in_shell(const QString& redirection, const QStringList& arguments,
                       const QProcessEnvironment& environment = cli_environment()) {
  QProcess process;
  process.setProcessEnvironment(environment);
  process.start("/bin/sh",
                QStringList{"-c", "exec \"$0\" \"$@\" " + redirection, FIRESIDE_CLI} + arguments);
  if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit)
    return {-1, {}, "did not end well"};
  return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

// One page that draws a form ten times, which draws the next one ten times, and so on: no reader
// ever comes to its end.
QByteArray endless_pdf() {
  const QByteArray draws = QByteArray("/X Do ").repeated(10);
  QByteArray pdf =
      "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
      "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
      "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
      "/Resources<</XObject<</X 5 0 R>>>>>>\nendobj\n"
      "4 0 obj\n<</Length 6>>stream\n/X Do \nendstream\nendobj\n";
  for (int i = 5; i < 35; ++i)
    pdf += QByteArray::number(i) +
           " 0 obj\n<</Type/XObject/Subtype/Form/BBox[0 0 600 600]/Resources<</XObject<</X " +
           QByteArray::number(i + 1) + " 0 R>>>>/Length " + QByteArray::number(draws.size()) +
           ">>stream\n" + draws + "\nendstream\nendobj\n";
  return pdf + "trailer <</Size 35/Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
}

}  // namespace

// The first file opened would get the free number: the answer went into the log, and all was well.
void StreamsTest::a_closed_output_is_an_error() {
  const QTemporaryDir state;
  auto environment = cli_environment();
  environment.insert("XDG_STATE_HOME", state.path());
  const QStringList generate{"generate",    "--model",      kModel, "--prompt",
                             "The weather", "--max-tokens", "8",    "--temperature",
                             "0",           "--ignore-eos"};
  const QByteArray answer = run_in_shell("", generate, environment).out.trimmed();
  QVERIFY(answer.size() > 4);
  const CliResult closed = run_in_shell(">&-", generate, environment);
  QCOMPARE(closed.exit_code, 1);
  QVERIFY2(closed.err.contains("cannot write the output") && is_one_line(closed.err),
           closed.err.constData());
  QCOMPARE(run_in_shell("<&- >&- 2>&-", generate, environment).exit_code, 1);
  QCOMPARE(run_in_shell("<&-", generate, environment).exit_code, 0);  // which it does not read
  QFile log(state.filePath("fireside/fireside.log"));
  QVERIFY(log.open(QIODevice::ReadOnly));
  QVERIFY(!log.readAll().contains(answer));
}

void StreamsTest::no_place_for_a_log_is_a_warning() {
  const QTemporaryDir dir;
  write_test_file(dir.filePath("file"), "x");
  auto environment = cli_environment();
  const QStringList generate{"generate", "--model", kModel, "--prompt", "The", "--max-tokens", "2"};
  environment.insert("XDG_STATE_HOME", dir.filePath("file"));
  const CliResult result = run_cli(generate, {}, environment);
  QCOMPARE(result.exit_code, 0);
  QVERIFY2(result.err.startsWith("warning: no log file: the folder ") &&
               result.err.contains("file/fireside cannot be made: Not a directory; set ") &&
               result.err.count('\n') == 1,
           result.err.constData());
  // Nor is it put where others may write.
  environment.remove("XDG_STATE_HOME");
  environment.remove("HOME");
  const CliResult homeless = run_cli(generate, {}, environment);
  QCOMPARE(homeless.exit_code, 0);
  QVERIFY2(homeless.err.startsWith("warning: no log file: HOME names no folder; set it"),
           homeless.err.constData());
}

// `| head`: no words about it, and the end that shells know of other programs.
void StreamsTest::a_reader_that_has_enough_is_no_failure() {
  QProcess process;
  process.setProcessEnvironment(cli_environment());
  process.start("/bin/sh",
                {"-c", R"({ sleep 0.3; "$0" --help; echo "code $?" >&2; } | true)", FIRESIDE_CLI});
  QVERIFY(process.waitForFinished(60000));
  QCOMPARE(process.readAllStandardError().trimmed(), QByteArray("code 141"));
}

void StreamsTest::unreadable_input_is_an_error_data() {
  QTest::addColumn<QStringList>("arguments");
  const QStringList model{"--model", kModel};
  QTest::newRow("tokenize") << QStringList{"tokenize"} + model;
  QTest::newRow("template") << QStringList{"template"} + model;
  QTest::newRow("batch") << QStringList{"generate", "--batch"} + model;
  QTest::newRow("messages") << QStringList{"generate", "--messages", "-"} + model;
  QTest::newRow("chat") << QStringList{"chat"} + model;
}

// An end of file would mean that all was read.
void StreamsTest::unreadable_input_is_an_error() {
  QFETCH(QStringList, arguments);
  for (const char* redirection : {"</", "<&-"}) {
    const CliResult result = run_in_shell(redirection, arguments);
    QVERIFY2(result.err.contains("cannot read the standard input: "), result.err.constData());
    QCOMPARE(result.exit_code, 1);
    QVERIFY(result.out.isEmpty());
  }
}

void StreamsTest::a_line_without_an_end_is_refused() {
  if (!QFile::exists("/dev/zero")) QSKIP("this system has no /dev/zero");
  const CliResult line = run_in_shell("</dev/zero", {"tokenize", "--model", kModel});
  QCOMPARE(line.exit_code, 3);
  QVERIFY2(line.err.contains("line 1 is longer than 256 MB") && is_one_line(line.err),
           line.err.constData());
}

void StreamsTest::chat_takes_commands_with_nothing_behind_them() {
  const CliResult result = run_cli({"chat", "--model", kModel, "--max-tokens", "4"},
                                   "/file \n/file\n/role \n/clear \nHello\r\n/exit\r\nno more\n");
  QVERIFY2(result.exit_code == 2, result.err.constData());
  QCOMPARE(result.err.count("/file needs the path of a document"), 2);
  QVERIFY2(result.err.contains("summarizer"), result.err.constData());  // of the list of roles
  QVERIFY2(!result.err.contains("not known"), result.err.constData());
}

void StreamsTest::chat_tells_a_script_what_failed_data() {
  QTest::addColumn<QByteArray>("input");
  QTest::addColumn<int>("exit_code");
  QTest::addColumn<int>("answers");
  const QByteArray long_message = QByteArray("word ").repeated(4000) + '\n';
  QTest::newRow("nothing") << QByteArray() << 0 << 0;
  QTest::newRow("all is well") << QByteArray("/help\nHello\n/role\n") << 0 << 1;
  QTest::newRow("a missing file") << QByteArray("/file /no/such/file\nHello\n") << 3 << 1;
  QTest::newRow("a refused message") << long_message + "Hello\n" << 4 << 1;
  QTest::newRow("no such command") << QByteArray("Hello\n/fiel x\n") << 2 << 1;
  QTest::newRow("no such role") << QByteArray("/role nobody\n") << 3 << 0;
  QTest::newRow("the first counts") << "/file /no/such/file\n" + long_message + "/x\n/exit\n"
                                    << 3 << 0;
}

void StreamsTest::chat_tells_a_script_what_failed() {
  QFETCH(QByteArray, input);
  QFETCH(int, exit_code);
  QFETCH(int, answers);
  const CliResult result = run_cli(
      {"chat", "--model", kModel, "--max-tokens", "4", "--ignore-eos", "--max-model-len", "2000"},
      input);
  QVERIFY2(result.exit_code == exit_code, result.err.constData());
  QCOMPARE(!result.out.isEmpty(), answers > 0);
}

// The reader says nothing while it is inside a page.
void StreamsTest::a_slow_page_can_be_interrupted() {
  const QTemporaryDir dir;
  write_test_file(dir.filePath("slow.pdf"), endless_pdf());
  QProcess process;
  process.setProcessEnvironment(cli_environment());
  process.start(FIRESIDE_CLI, {"summarize", dir.filePath("slow.pdf"), "--model", kModel});
  QVERIFY(process.waitForStarted());
  QTest::qWait(500);
  ::kill(static_cast<pid_t>(process.processId()), SIGINT);
  QVERIFY2(process.waitForFinished(30000), "Ctrl+C was not noticed");
  QCOMPARE(process.exitStatus(), QProcess::NormalExit);
  QCOMPARE(process.exitCode(), 130);
  const QByteArray err = process.readAllStandardError();
  QVERIFY2(err.contains("was cancelled") && is_one_line(err), err.constData());
}
