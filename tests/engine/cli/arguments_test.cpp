// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/cli/arguments_test.h"

#include <QtTest>

#include "engine/cli/option_parser.h"
#include "engine/cli/suggestion.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "tests/engine/cli/cli_process.h"

using engine::cli::OptionParser;

void ArgumentsTest::overview_and_version() {
  const CliResult help = run_cli({"--help"});
  QCOMPARE(help.exit_code, 0);
  for (const char* word : {"generate", "chat", "summarize", "logits", "tokenize", "template",
                           "bench", "doctor", "exit codes", "130 interrupted"})
    QVERIFY2(help.out.contains(word), word);
  const CliResult version = run_cli({"--version"});
  QCOMPARE(version.exit_code, 0);
  QVERIFY(version.out.startsWith("fireside-cli ") && version.out.count('\n') == 1);
  const CliResult nothing = run_cli({});
  QCOMPARE(nothing.exit_code, 2);
  QVERIFY(nothing.out.isEmpty() && nothing.err.contains("usage"));
}

void ArgumentsTest::help_data() {
  QTest::addColumn<QStringList>("options");
  const QStringList common{"--model",         "--device",       "--threads",
                           "--max-model-len", "--max-num-seqs", "--no-prefix-cache",
                           "--kv-cache-dtype"};
  QTest::newRow("generate") << common + QStringList{"--ask",
                                                    "--prompt",
                                                    "--prompt-ids",
                                                    "--messages",
                                                    "--max-tokens",
                                                    "--temperature",
                                                    "--top-p",
                                                    "--top-k",
                                                    "--min-p",
                                                    "--seed",
                                                    "--repetition-penalty",
                                                    "--stop",
                                                    "--ignore-eos",
                                                    "--json",
                                                    "--batch"};
  QTest::newRow("logits") << common + QStringList{"--prompt-ids", "--out"};
  QTest::newRow("tokenize") << QStringList{"--model", "--tokenizer", "--no-added-tokens"};
  QTest::newRow("template") << QStringList{"--model", "--template"};
  QTest::newRow("summarize") << common + QStringList{"FILE...", "--role", "--json", "--dry-run"};
  QTest::newRow("chat") << common + QStringList{"--role", "--temperature"};
  QTest::newRow("bench") << common +
                                QStringList{"--full", "--concurrency", "--prompt-tokens", "--json"};
  QTest::newRow("doctor") << common + QStringList{"--json", "N|auto"};
}

void ArgumentsTest::help() {
  QFETCH(QStringList, options);
  const CliResult result = run_cli({QTest::currentDataTag(), "--help"});
  QCOMPARE(result.exit_code, 0);
  QVERIFY(result.err.isEmpty());
  for (const QString& option : options + QStringList{"-h, --help"})
    QVERIFY2(result.out.contains(option.toUtf8()), qPrintable(option));
  for (const QByteArray& line : result.out.split('\n'))
    QVERIFY2(line.size() <= 100, line.constData());
  const CliResult other = run_cli({"help", QTest::currentDataTag()});
  QCOMPARE(other.exit_code, 0);
  QCOMPARE(other.out, result.out);
}

void ArgumentsTest::errors_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<int>("exit_code");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, const QStringList& arguments, int code,
                      const char* fragment) {
    QTest::newRow(name) << arguments << code << fragment;
  };
  const QStringList prompt{"generate", "--model", kModel, "--prompt", "x"};
  row("unknown command", {"generat"}, 2, "'generat' is not a command; did you mean generate?");
  row("half a command", {"gen"}, 2, "did you mean generate?");
  row("letters exchanged", {"caht"}, 2, "did you mean chat?");
  row("a command like none", {"frobnicate"}, 2, "is not a command; fireside-cli --help lists them");
  row("help about no command", {"help", "summarise"}, 2, "did you mean summarize?");
  row("an option before the command", {"--model", "x"}, 2, "options go behind it");
  row("mistyped option", {"generate", "--max-token", "3"}, 2, "did you mean --max-tokens?");
  row("a name that begins with a dash", {"summarize", "-x.txt"}, 2, "--help lists the options");
  row("control characters are escaped", {"a\x1b[31mb"}, 2, "\\x1b");
  row("unknown option", prompt + QStringList{"--bogus"}, 2, "--bogus is not known");
  row("option without value", {"generate", "--prompt"}, 2, "--prompt needs a value");
  row("value for a flag", prompt + QStringList{"--json=1"}, 2, "--json takes no value");
  row("nothing to generate from", {"generate", "--model", kModel}, 2, "exactly one of");
  row("two prompts", prompt + QStringList{"--prompt-ids", "1"}, 2, "exactly one of");
  row("text that is no option", {"generate", "--model", kModel, "hello"}, 2, "--ask");
  row("not a number", prompt + QStringList{"--max-tokens", "12x"}, 2, "'12x'");
  row("no tokens", prompt + QStringList{"--max-tokens", "0"}, 2, "max_tokens is 0");
  row("negative temperature", prompt + QStringList{"--temperature", "-1"}, 2, "temperature is -1");
  row("temperature is no number", prompt + QStringList{"--temperature", "nan"}, 2,
      "temperature is nan");
  row("top-p beyond 1", prompt + QStringList{"--top-p", "1.5"}, 2, "top_p is 1.5");
  row("min-p below 0", prompt + QStringList{"--min-p", "-0.1"}, 2, "min_p is -0.1");
  row("repetition penalty of 0", prompt + QStringList{"--repetition-penalty", "0"}, 2,
      "repetition_penalty is 0");
  row("negative seed", prompt + QStringList{"--seed", "-1"}, 2, "--seed is '-1'");
  row("empty stop string", prompt + QStringList{"--stop", ""}, 2, "stop");
  row("unknown device", prompt + QStringList{"--device", "gpu"}, 2, "device is 'gpu'");
  row("unknown type of the KV cache", prompt + QStringList{"--kv-cache-dtype", "int8"}, 2,
      "kv_cache_dtype is 'int8'; it must be auto, bf16, f16 or fp8");
  row("type of the KV cache that the CPU has not",
      prompt + QStringList{"--device", "cpu", "--kv-cache-dtype", "fp8"}, 2,
      "kv_cache_dtype is fp8; the CPU keeps its KV cache in float32 only: choose auto");
  row("negative threads", prompt + QStringList{"--threads", "-3"}, 2, "threads is -3");
  row("empty prompt", {"generate", "--model", kModel, "--prompt", ""}, 2, "prompt is empty");
  row("token ids that are none", {"generate", "--model", kModel, "--prompt-ids", "1,,2"}, 2,
      "--prompt-ids is ''");
  row("token id out of range", {"generate", "--model", kModel, "--prompt-ids", "1,2048"}, 2,
      "token id 2048");
  row("a model of an unset variable", {"generate", "--model", "", "--prompt", "x"}, 2,
      "--model is empty");
  row("no such model", {"generate", "--model", "/no/model", "--prompt", "x"}, 3, "/no/model");
  row("no such messages", {"generate", "--model", kModel, "--messages", "/no/file.json"}, 3,
      "/no/file.json");
  row("prompt beyond the context", prompt.mid(0, 4) + QStringList{QString("word ").repeated(5000)},
      4, "holds 4096");
  row("logits without file", {"logits", "--model", kModel, "--prompt-ids", "1"}, 2, "--out");
  row("logits into nowhere",
      {"logits", "--model", kModel, "--prompt-ids", "1", "--out", "/no/folder/x"}, 1,
      "/no/folder/x");
  row("two tokenizers", {"tokenize", "--model", "a", "--tokenizer", "b"}, 2, "--tokenizer");
  row("no such tokenizer", {"tokenize", "--tokenizer", "/no/tokenizer.json"}, 3,
      "/no/tokenizer.json");
  row("no such template", {"template", "--template", "/no/a.jinja"}, 3, "/no/a.jinja");
  row("nothing to summarise", {"summarize"}, 2, "FILE");
  row("standard input to summarise", {"summarize", "-"}, 2, "reads files only");
  row("an empty question", {"generate", "--model", kModel, "--ask", "-"}, 2,
      "standard input is empty");
  row("no such document", {"summarize", "/no/a.pdf", "--model", kModel}, 3,
      "'/no/a.pdf' was not found");
  row("a folder", {"summarize", "/usr", "--model", kModel}, 3, "'/usr' is a folder");
  row("no such role", {"summarize", "/no/a.pdf", "--role", "pirate"}, 3,
      "'pirate' is not known; choose one of");
  row("no concurrency", {"bench", "--model", kModel, "--concurrency", "0"}, 2, "1 or more");
  row("too much concurrency", {"bench", "--model", kModel, "--concurrency", "100000000"}, 2,
      "from 1 to 4096");
  row("doctor takes no names", {"doctor", "x"}, 2, "options only");
}

void ArgumentsTest::errors() {
  QFETCH(QStringList, arguments);
  QFETCH(int, exit_code);
  QFETCH(QString, fragment);
  const CliResult result = run_cli(arguments);
  QVERIFY2(result.err.contains(fragment.toUtf8()), result.err.constData());
  QCOMPARE(result.exit_code, exit_code);
  QVERIFY2(is_one_line(result.err), result.err.constData());
  QVERIFY(result.out.isEmpty());
}

void ArgumentsTest::likely_names_data() {
  QTest::addColumn<QString>("typed");
  QTest::addColumn<QString>("name");
  const auto row = [](const char* typed, const char* name) {
    QTest::newRow(*typed ? typed : "nothing") << QString(typed) << QString(name);
  };
  row("chta", "chat");
  row("sumarise", "summarize");
  row("--modle", "--model");
  row("--temp", "--temperature");
  row("--top", "--top-p");
  row("cat", "chat");
  row("--x", "");
  row("dog", "");
  row("--", "");
  row("", "");
}

void ArgumentsTest::likely_names() {
  QFETCH(QString, typed);
  QFETCH(QString, name);
  const std::vector<std::string> names{"chat",          "summarize", "--model",
                                       "--temperature", "--top-p",   "--top-k"};
  QCOMPARE(QString::fromStdString(engine::cli::likely_name(typed.toStdString(), names)), name);
  // However long it is.
  QVERIFY(engine::cli::likely_name(std::string(1 << 20, 'x'), names).empty());
}

void ArgumentsTest::options_are_read_strictly() {
  bool flag = false;
  int number = 7;
  std::optional<float> decimal;
  std::optional<uint64_t> seed;
  std::vector<std::string> words;
  std::vector<int> list;
  OptionParser parser("x", "y");
  parser.flag("--flag", flag, "");
  parser.option("--number", "N", number, "");
  parser.option("--decimal", "F", decimal, "");
  parser.option("--seed", "N", seed, "");
  parser.repeated("--word", "S", words, "");
  parser.list("--list", "1,2", list, "");
  const std::vector<std::string> arguments{"a",
                                           "--number=-3",
                                           "--decimal",
                                           "1e-2",
                                           "--flag",
                                           "--seed",
                                           "18446744073709551615",
                                           "--word",
                                           "--flag",
                                           "--word=",
                                           "--list=1,2,3",
                                           "-",
                                           "--",
                                           "--number"};
  const std::vector<std::string> expected{"a", "-", "--number"};
  QVERIFY(parser.parse(arguments) == expected);
  QVERIFY(flag);
  QCOMPARE(number, -3);
  QCOMPARE(*decimal, 0.01f);
  QCOMPARE(*seed, UINT64_MAX);
  QVERIFY((words == std::vector<std::string>{"--flag", ""}));
  QVERIFY((list == std::vector<int>{1, 2, 3}));
  for (const char* wrong :
       {"--number=", "--number= 1", "--number=1.5", "--number=99999999999", "--number=0x1",
        "--decimal=1,5", "--seed=18446744073709551616", "--list=", "--list=1,", "--list=,1"}) {
    const std::vector<std::string> one{wrong};
    QVERIFY_EXCEPTION_THROWN(parser.parse(one), engine::Error);
  }
}

void ArgumentsTest::terminals_get_no_controls_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QByteArray>("shown");
  QTest::newRow("plain") << QByteArray("a\tb\n你好 😀") << QByteArray("a\tb\n你好 😀");
  QTest::newRow("colour") << QByteArray("\x1b[31mred") << QByteArray("\\x1b[31mred");
  QTest::newRow("title") << QByteArray("\x1b]0;title\x07") << QByteArray("\\x1b]0;title\\x07");
  QTest::newRow("carriage return") << QByteArray("safe\rEVIL") << QByteArray("safe\\x0dEVIL");
  QTest::newRow("backspace, delete") << QByteArray("a\x08\x7f") << QByteArray("a\\x08\\x7f");
  QTest::newRow("C1") << QByteArray(
                             "\xc2\x9b"
                             "31m\xc2\x85")
                      << QByteArray("\\x9b31m\\x85");
  QTest::newRow("no C1") << QByteArray("\xc2\xa0\xc3\x9b") << QByteArray("\xc2\xa0\xc3\x9b");
  QTest::newRow("NUL") << QByteArray("a\0b", 3) << QByteArray("a\\x00b");
}

void ArgumentsTest::terminals_get_no_controls() {
  QFETCH(QByteArray, text);
  QFETCH(QByteArray, shown);
  QCOMPARE(QByteArray::fromStdString(engine::cli::escape_controls(text.toStdString())), shown);
}
