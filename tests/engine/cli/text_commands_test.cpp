// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/cli/text_commands_test.h"

#include <QtTest>

#include "tests/engine/cli/cli_process.h"

void TextCommandsTest::tokenize_matches_the_reference() {
  QFile file(QStringLiteral(FIRESIDE_TEST_DATA "/tiny-qwen3-tokens.jsonl"));
  QVERIFY(file.open(QIODevice::ReadOnly));
  QByteArray input;
  QList<QJsonObject> rows;
  while (!file.atEnd()) {
    const QJsonObject row = QJsonDocument::fromJson(file.readLine()).object();
    if (!row.contains("text")) continue;
    rows += row;
    input +=
        QJsonDocument(QJsonObject{{"text", row["text"]}}).toJson(QJsonDocument::Compact) + "\n";
  }
  const QStringList tokenizer{"tokenize", "--tokenizer", kModel + "/tokenizer.json"};
  const auto added = run_cli({"tokenize", "--model", kModel}, input),
             plain = run_cli(tokenizer + QStringList{"--no-added-tokens"}, input);
  QCOMPARE(added.exit_code, 0);
  QCOMPARE(plain.exit_code, 0);
  const auto added_lines = added.json_lines(), plain_lines = plain.json_lines();
  QCOMPARE(added_lines.size(), rows.size());
  QCOMPARE(plain_lines.size(), rows.size());
  for (int i = 0; i < rows.size(); ++i) {
    QCOMPARE(added_lines[i]["ids"].toArray(), rows[i]["ids"].toArray());
    QCOMPARE(added_lines[i]["decoded"].toString(), rows[i]["decoded"].toString());
    QCOMPARE(plain_lines[i]["ids"].toArray(), rows[i]["plain_ids"].toArray());
  }
}

void TextCommandsTest::tokenize_reads_sentencepiece_models() {
  const QString folder = QStringLiteral(FIRESIDE_TEST_DATA "/tiny-llama-spm");
  const QByteArray line = R"({"text": "<s>the 中"})";
  const CliResult by_folder = run_cli({"tokenize", "--model", folder}, line),
                  by_file = run_cli(
                      {"tokenize", "--tokenizer", folder + "/tokenizer.model", "--no-added-tokens"},
                      line);
  QVERIFY2(by_folder.exit_code == 0, by_folder.err.constData());
  QCOMPARE(by_folder.json()["decoded"].toString(), QString("<s>the 中"));
  QCOMPARE(by_folder.json()["ids"].toArray()[0].toInt(), 1);
  QCOMPARE(by_file.json()["decoded"].toString(), QString("<s>the 中"));
  QVERIFY(by_file.json()["ids"].toArray()[0].toInt() != 1);
}

void TextCommandsTest::tokenize_refuses_lines_data() {
  QTest::addColumn<QByteArray>("line");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("not JSON") << QByteArray("hello") << "line 2 is not valid JSON";
  QTest::newRow("a list") << QByteArray("[1]") << "line 2 is not a JSON object";
  QTest::newRow("no text") << QByteArray("{}") << "line 2: \"text\" must be a string";
  QTest::newRow("text is a number")
      << QByteArray(R"({"text": 1})") << "line 2: \"text\" must be a string";
  QTest::newRow("not UTF-8") << QByteArray("{\"text\": \"caf\xe9\"}") << "line 2 is not valid JSON";
  QTest::newRow("deep") << QByteArray("{\"text\":") + QByteArray(100000, '[')
                        << "line 2 is nested deeper";
}

void TextCommandsTest::tokenize_refuses_lines() {
  QFETCH(QByteArray, line);
  QFETCH(QString, fragment);
  const CliResult result =
      run_cli({"tokenize", "--model", kModel}, "{\"text\": \"a\"}\n" + line + "\n");
  QVERIFY2(result.err.contains(fragment.toUtf8()), result.err.constData());
  QCOMPARE(result.exit_code, 3);
  QVERIFY(is_one_line(result.err));
  QCOMPARE(result.json_lines().size(), 1);  // the line before it
}

void TextCommandsTest::template_renders_or_says_why_not() {
  const QByteArray input =
      R"({"context": {"messages": [{"role": "user", "content": "你好\n"}], "add_generation_prompt": true}})"
      "\n\n"
      R"({"context": {"messages": [{"role": "user", "content": "a"}], "bos_token": "<s>"}})"
      "\n"
      R"({"context": {"messages": [{"role": "tool", "content": "a"}]}})"
      "\n"
      R"({"context": {"messages": []}})"
      "\n"
      R"({"context": {"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "function"}]}})"
      "\n"
      R"({"contexts": {}})"
      "\n";
  const CliResult result = run_cli({"template", "--model", kModel}, input);
  QCOMPARE(result.exit_code, 0);
  const auto lines = result.json_lines();
  QCOMPARE(lines.size(), 6);
  QCOMPARE(lines[0]["rendered"].toString(),
           QString("<|im_start|>user\n你好\n<|im_end|>\n<|im_start|>assistant\n"));
  QCOMPARE(lines[1]["rendered"].toString(), QString("<|im_start|>user\na<|im_end|>\n"));
  QVERIFY(lines[2]["error"].toString().contains("'tool'"));
  for (int i = 3; i < 6; ++i)
    QVERIFY(!lines[i]["error"].toString().isEmpty() && !lines[i].contains("rendered"));
}

void TextCommandsTest::template_of_another_model_is_refused() {
  const QTemporaryDir dir;
  write_test_file(dir.filePath("a.jinja"), "{% for m in messages %}{{ m.content }}{% endfor %}");
  const CliResult result = run_cli({"template", "--template", dir.filePath("a.jinja")}, "{}\n");
  QCOMPARE(result.exit_code, 3);
  QVERIFY(result.err.contains("a.jinja") && is_one_line(result.err));
  const CliResult folder = run_cli({"template", "--template", dir.path()}, "{}\n");
  QCOMPARE(folder.exit_code, 3);
  QVERIFY2(folder.err.contains(dir.path().toUtf8()), folder.err.constData());
}
