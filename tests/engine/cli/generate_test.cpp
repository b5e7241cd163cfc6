// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/cli/generate_test.h"

#include <signal.h>

#include <QtTest>
#include <cstring>

#include "tests/engine/cli/cli_process.h"

namespace {

const QStringList kGreedy{"generate", "--model", kModel, "--temperature", "0"};

QString comma_list(const QJsonArray& numbers) {
  QStringList texts;
  for (const QJsonValue& number : numbers) texts += QString::number(number.toInt());
  return texts.join(",");
}

QJsonObject golden() {
  QFile file(kModel + "/golden.json");
  if (!file.open(QIODevice::ReadOnly)) qFatal("golden.json is missing");
  return QJsonDocument::fromJson(file.readAll()).object();
}

}  // namespace

void GenerateTest::greedy_matches_the_reference() {
  const QJsonObject reference = golden();
  const QJsonArray prompts = reference["prompts"].toArray(),
                   answers = reference["greedy"].toArray();
  QVERIFY(prompts.size() >= 3);
  for (int i = 0; i < prompts.size(); ++i) {
    const QString ids = comma_list(prompts[i].toObject()["ids"].toArray());
    const CliResult result = run_cli(
        kGreedy + QStringList{"--prompt-ids", ids, "--max-tokens", "24", "--ignore-eos", "--json"});
    QCOMPARE(result.exit_code, 0);
    const QJsonArray found = result.json()["ids"].toArray();
    const QJsonArray expected = answers[i].toObject()["ids"].toArray();
    const QJsonArray margins = answers[i].toObject()["top1_minus_top2"].toArray();
    QCOMPARE(found.size(), expected.size());
    for (int step = 0; step < expected.size(); ++step) {
      if (found[step] == expected[step]) continue;
      // Where the two best are this close, rounding decides; what follows is another text.
      QVERIFY2(margins[step].toDouble() < 1e-2,
               qPrintable(QString("prompt %1, step %2").arg(i).arg(step)));
      break;
    }
  }
}

void GenerateTest::json_has_its_shape() {
  const CliResult result = run_cli({"generate", "--model", kModel, "--prompt", "Hello",
                                    "--max-tokens", "6", "--seed", "1", "--ignore-eos", "--json"});
  QCOMPARE(result.exit_code, 0);
  QCOMPARE(result.out.count('\n'), 1);
  const QJsonObject json = result.json();
  QCOMPARE(json["ids"].toArray().size(), 6);
  QVERIFY(json["text"].isString());
  QCOMPARE(json["finish_reason"].toString(), QString("length"));
  const QJsonObject usage = json["usage"].toObject(), timings = json["timings"].toObject();
  QVERIFY(usage["prompt_tokens"].toInt() > 0);
  QCOMPARE(usage["completion_tokens"].toInt(), 6);
  QCOMPARE(usage["cached_tokens"].toInt(-1), 0);
  QVERIFY(timings["ttft_ms"].toDouble() > 0);
  QVERIFY(timings["total_ms"].toDouble() >= timings["ttft_ms"].toDouble());
  QVERIFY(timings["tokens_per_s"].toDouble() > 0);
}

void GenerateTest::text_is_the_same_with_and_without_json() {
  const QStringList arguments =
      kGreedy + QStringList{"--prompt", "The weather", "--max-tokens", "20"};
  const CliResult text = run_cli(arguments), json = run_cli(arguments + QStringList{"--json"});
  QCOMPARE(text.exit_code, 0);
  QVERIFY(text.err.isEmpty());
  QCOMPARE(QString::fromUtf8(text.out), json.json()["text"].toString() + "\n");
}

void GenerateTest::a_question_may_come_from_another_program() {
  const QStringList options{"--max-tokens", "8", "--ignore-eos"};
  for (const char* option : {"--ask", "--prompt"}) {
    const CliResult direct = run_cli(kGreedy + QStringList{option, "How are you?"} + options);
    const CliResult piped =
        run_cli(kGreedy + QStringList{option, "-"} + options, "How are you?\r\n");
    QCOMPARE(piped.exit_code, 0);
    QCOMPARE(piped.out, direct.out);
  }
}

void GenerateTest::too_many_threads_are_not_started() {
  const QStringList options{"--prompt", "The weather", "--max-tokens", "20", "--device", "cpu"};
  const CliResult one = run_cli(kGreedy + options + QStringList{"--threads", "1"});
  const CliResult many = run_cli(kGreedy + options + QStringList{"--threads", "1024"});
  QCOMPARE(many.exit_code, 0);
  QCOMPARE(many.out, one.out);
  QVERIFY(one.err.isEmpty());
  QVERIFY2(many.err.contains("1024 threads were asked for") && many.err.count('\n') == 1,
           many.err.constData());
}

void GenerateTest::seeds_are_reproducible() {
  const auto ids_of = [](const char* seed) {
    return run_cli({"generate", "--model", kModel, "--prompt", "Once", "--max-tokens", "24",
                    "--temperature", "1.5", "--top-k", "0", "--top-p", "1", "--ignore-eos",
                    "--seed", seed, "--json"})
        .json()["ids"]
        .toArray();
  };
  const QJsonArray first = ids_of("42");
  QCOMPARE(first.size(), 24);
  QCOMPARE(ids_of("42"), first);
  QVERIFY(ids_of("43") != first);
}

void GenerateTest::messages_from_file_and_standard_input() {
  const QTemporaryDir dir;
  const QByteArray messages =
      R"([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "你好 <|im_end|>"}])";
  write_test_file(dir.filePath("messages.json"), messages);
  const QStringList options{"--max-tokens", "8", "--json"};
  const CliResult file =
      run_cli(kGreedy + QStringList{"--messages", dir.filePath("messages.json")} + options);
  QCOMPARE(file.exit_code, 0);
  QVERIFY(!file.json()["ids"].toArray().isEmpty());
  const CliResult input = run_cli(kGreedy + QStringList{"--messages", "-"} + options, messages);
  QCOMPARE(input.json()["ids"], file.json()["ids"]);
  const CliResult object = run_cli(kGreedy + QStringList{"--messages", "-"} + options,
                                   "{\"messages\": " + messages + "}");
  QCOMPARE(object.json()["ids"], file.json()["ids"]);
}

void GenerateTest::a_question_is_a_conversation() {
  const QStringList options{"--max-tokens", "8", "--ignore-eos", "--json"};
  const CliResult asked = run_cli(kGreedy + QStringList{"--ask", "How are you?"} + options);
  QCOMPARE(asked.exit_code, 0);
  const CliResult messages = run_cli(kGreedy + QStringList{"--messages", "-"} + options,
                                     R"([{"role":"user","content":"How are you?"}])");
  QCOMPARE(asked.json()["ids"].toArray().size(), 8);
  QCOMPARE(asked.json()["ids"], messages.json()["ids"]);
  QCOMPARE(asked.json()["usage"].toObject(), messages.json()["usage"].toObject());
}

void GenerateTest::a_batch_is_answered_in_order() {
  const QByteArray one = R"([{"role":"user","content":"Hello"}])";
  const QByteArray two = R"([{"role":"user","content":"And now for something else"}])";
  const QByteArray line_one = R"({"messages":)" + one + "}\n",
                   line_two = R"({"messages":)" + two + "}\n";
  const QStringList options{"--max-tokens", "8", "--ignore-eos"};
  const CliResult batch =
      run_cli(kGreedy + options + QStringList{"--batch"}, line_one + line_two + line_one);
  QCOMPARE(batch.exit_code, 0);
  const QList<QJsonObject> answers = batch.json_lines();
  QCOMPARE(answers.size(), 3);
  // A value: what operator[] gives refers to the object that it was asked of.
  const auto alone = [&](const QByteArray& messages) -> QJsonValue {
    return run_cli(kGreedy + options + QStringList{"--messages", "-", "--json"}, messages)
        .json()["ids"];
  };
  QCOMPARE(answers[0]["ids"], alone(one));
  QCOMPARE(answers[1]["ids"], alone(two));
  QCOMPARE(answers[2]["ids"], answers[0]["ids"]);
  QVERIFY(answers[0]["ids"] != answers[1]["ids"]);

  const CliResult broken =
      run_cli(kGreedy + options + QStringList{"--batch"}, line_one + "[1]\nno JSON\n" + line_two);
  QCOMPARE(broken.exit_code, 3);
  const QList<QJsonObject> others = broken.json_lines();
  QCOMPARE(others.size(), 4);
  QCOMPARE(others[0]["ids"], answers[0]["ids"]);
  QVERIFY(others[1]["error"].toString().contains("line 2"));
  QVERIFY(others[2]["error"].toString().contains("line 3"));
  QCOMPARE(others[3]["ids"], answers[1]["ids"]);
}

// One that does not fit is no reason to leave the others out, and no reason to call it done.
void GenerateTest::a_batch_says_what_it_could_not_answer() {
  const QByteArray good = R"({"messages":[{"role":"user","content":"Hello"}]})"
                          "\n";
  const QByteArray long_one =
      R"({"messages":[{"role":"user","content":")" + QByteArray("word ").repeated(5000) + "\"}]}\n";
  const QStringList batch = kGreedy + QStringList{"--max-tokens", "4", "--ignore-eos", "--batch"};
  const CliResult result = run_cli(batch, good + long_one + good);
  QCOMPARE(result.exit_code, 4);
  const QList<QJsonObject> answers = result.json_lines();
  QCOMPARE(answers.size(), 3);
  QVERIFY(answers[1]["error"].toString().contains("holds 4096"));
  QCOMPARE(answers[2]["ids"].toArray().size(), 4);
  QVERIFY2(is_one_line(result.err) && result.err.contains("1 of 3 conversations"),
           result.err.constData());

  const CliResult wizard = run_cli(batch, good + R"({"messages":[{"role":"wizard","content":"x"}]})"
                                                 "\n");
  QCOMPARE(wizard.exit_code, 2);
  QVERIFY(wizard.json_lines().value(1)["error"].toString().contains(
      "line 2: message 1 has the role 'wizard'"));
}

void GenerateTest::an_interrupted_batch_prints_what_was_said() {
  const QTemporaryDir dir;
  write_test_file(dir.filePath("batch.jsonl"),
                  QByteArray(R"({"messages":[{"role":"user","content":"Hello"}]})"
                             "\n")
                      .repeated(3));
  QProcess process;
  process.setProcessEnvironment(cli_environment());
  process.setStandardInputFile(dir.filePath("batch.jsonl"));
  process.start(FIRESIDE_CLI,
                kGreedy + QStringList{"--max-tokens", "4000", "--ignore-eos", "--batch"});
  QVERIFY(process.waitForStarted());
  QTest::qWait(700);  // into the answers, which take seconds
  ::kill(static_cast<pid_t>(process.processId()), SIGINT);
  QVERIFY(process.waitForFinished(30000));
  QCOMPARE(process.exitCode(), 130);
  const QByteArray out = process.readAllStandardOutput();
  QCOMPARE(out.count('\n'), 3);
  const QJsonObject first = QJsonDocument::fromJson(out.split('\n')[0]).object();
  QCOMPARE(first["finish_reason"].toString(), QString("abort"));
  QVERIFY(!first["text"].toString().isEmpty());
}

void GenerateTest::messages_that_are_none_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<int>("exit_code");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("not JSON") << QByteArray("hello") << 3 << "not valid JSON";
  QTest::newRow("empty list") << QByteArray("[]") << 3 << "expected a list";
  QTest::newRow("no content") << QByteArray(R"([{"role": "user"}])") << 3
                              << "message 1: \"content\"";
  QTest::newRow("content is a list")
      << QByteArray(R"([{"role": "user", "content": []}])") << 3 << "message 1: \"content\"";
  QTest::newRow("unknown role") << QByteArray(R"([{"role": "wizard", "content": "x"}])") << 2
                                << "'wizard'";
}

void GenerateTest::messages_that_are_none() {
  QFETCH(QByteArray, text);
  QFETCH(int, exit_code);
  QFETCH(QString, fragment);
  const CliResult result = run_cli(kGreedy + QStringList{"--messages", "-"}, text);
  QVERIFY2(result.err.contains(fragment.toUtf8()), result.err.constData());
  QCOMPARE(result.exit_code, exit_code);
  QVERIFY(is_one_line(result.err));
}

void GenerateTest::stop_strings_end_the_answer() {
  const QStringList arguments = kGreedy + QStringList{"--prompt", "The weather",  "--max-tokens",
                                                      "40",       "--ignore-eos", "--json"};
  const QString whole = run_cli(arguments).json()["text"].toString();
  QVERIFY(whole.size() > 20);
  // A piece from the middle, which begins inside one token and ends inside another.
  const QString stop = whole.mid(9, 5);
  const int found = whole.indexOf(stop);
  const CliResult result =
      run_cli(arguments + QStringList{"--stop", "never in there", "--stop", stop});
  QCOMPARE(result.exit_code, 0);
  QCOMPARE(result.json()["text"].toString(), whole.left(found));
  QCOMPARE(result.json()["finish_reason"].toString(), QString("stop"));
}

void GenerateTest::ends_at_the_context() {
  const CliResult result =
      run_cli(kGreedy + QStringList{"--prompt-ids", "1,2,3,4", "--max-model-len", "16",
                                    "--ignore-eos", "--json"});
  QCOMPARE(result.exit_code, 0);
  QCOMPARE(result.json()["finish_reason"].toString(), QString("length"));
  QCOMPARE(result.json()["ids"].toArray().size(), 12);
}

void GenerateTest::logits_are_of_every_token() {
  const QTemporaryDir dir;
  const QString out = dir.filePath("logits.f32");
  const CliResult result =
      run_cli({"logits", "--model", kModel, "--prompt-ids", "5,6,7,8", "--out", out});
  QCOMPARE(result.exit_code, 0);
  QVERIFY(result.out.isEmpty());
  QFile file(out);
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray bytes = file.readAll();
  constexpr int kVocab = 2048;
  QCOMPARE(bytes.size(), 4 * kVocab * static_cast<int>(sizeof(float)));
  std::vector<float> last(kVocab);
  std::memcpy(last.data(), bytes.constData() + 3 * kVocab * sizeof(float), kVocab * sizeof(float));
  const auto best = std::max_element(last.begin(), last.end()) - last.begin();
  const CliResult greedy = run_cli(kGreedy + QStringList{"--prompt-ids", "5,6,7,8", "--max-tokens",
                                                         "1", "--ignore-eos", "--json"});
  QCOMPARE(greedy.json()["ids"].toArray()[0].toInt(), static_cast<int>(best));
}

void GenerateTest::logits_of_a_refused_prompt_leave_the_file() {
  const QTemporaryDir dir;
  const QString out = dir.filePath("logits.f32");
  const QByteArray before(100000, 'x');
  write_test_file(out, before);
  const auto content = [&out] {
    QFile file(out);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  };
  const QStringList logits{"logits", "--model", kModel, "--out", out, "--prompt-ids"};
  QCOMPARE(run_cli(logits + QStringList{"1,99999"}).exit_code, 2);
  QCOMPARE(content(), before);
  QCOMPARE(run_cli(logits + QStringList{"1,2"}).exit_code, 0);
  QCOMPARE(content().size(), 2 * 2048 * static_cast<int>(sizeof(float)));
}

void GenerateTest::interrupt_keeps_what_was_said() {
  for (const bool json : {false, true}) {
    QProcess process;
    process.setProcessEnvironment(cli_environment());
    QStringList arguments =
        kGreedy + QStringList{"--prompt", "x", "--max-tokens", "4000", "--ignore-eos"};
    if (json) arguments += "--json";
    process.start(FIRESIDE_CLI, arguments);
    if (json) {
      QVERIFY(process.waitForStarted());
      QTest::qWait(400);  // into the answer, which takes seconds
    } else {
      QVERIFY(process.waitForReadyRead(30000));
    }
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(30000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 130);
    const QByteArray out = process.readAllStandardOutput();
    QVERIFY(out.endsWith('\n'));
    if (json)
      QCOMPARE(QJsonDocument::fromJson(out).object()["finish_reason"].toString(), QString("abort"));
    else
      QVERIFY(out.size() > 1);
  }
}

void GenerateTest::full_disk_is_an_error() {
  if (!QFile::exists("/dev/full")) QSKIP("this system has no /dev/full");
  QProcess process;
  process.setProcessEnvironment(cli_environment());
  process.setStandardOutputFile("/dev/full");
  process.start(FIRESIDE_CLI, kGreedy + QStringList{"--prompt", "x", "--max-tokens", "8"});
  QVERIFY(process.waitForFinished(30000));
  QCOMPARE(process.exitCode(), 1);
  const QByteArray err = process.readAllStandardError();
  QVERIFY2(err.contains("No space left") && is_one_line(err), err.constData());
}

// No larger model that lies around, and never the one in the box instead.
void GenerateTest::the_model_of_the_environment_is_used_or_refused() {
  auto environment = cli_environment();
  environment.insert("FIRESIDE_MODEL", "/no/model");
  const QStringList generate{"generate", "--prompt", "x", "--max-tokens", "2"};
  const CliResult absent = run_cli(generate, {}, environment);
  QCOMPARE(absent.exit_code, 3);
  QVERIFY2(absent.out.isEmpty() && absent.err.contains("/no/model"),
           absent.err.constData());
  environment.insert("FIRESIDE_MODEL", kModel);
  const CliResult good = run_cli(generate, {}, environment);
  QCOMPARE(good.exit_code, 0);
  QVERIFY2(good.err.contains("tiny-qwen3 (FIRESIDE_MODEL)"), good.err.constData());
}

// A model whose chat template is absent or another one: everything but messages works.
void GenerateTest::without_a_chat_template_only_messages_are_refused() {
  const QTemporaryDir dir;
  for (const char* name :
       {"config.json", "generation_config.json", "model.safetensors", "tokenizer.json"})
    QVERIFY(QFile::copy(kModel + "/" + name, dir.filePath(name)));
  write_test_file(dir.filePath("tokenizer_config.json"), R"({"chat_template": "{{ messages }}"})");
  const QStringList model{"--model", dir.path()};
  const QStringList ids{"--prompt-ids", "5,6,7"}, short_answer{"--max-tokens", "4"};
  const CliResult by_ids = run_cli(QStringList{"generate"} + model + ids + short_answer);
  QVERIFY2(by_ids.exit_code == 0, by_ids.err.constData());
  QCOMPARE(run_cli(QStringList{"generate", "--prompt", "Hello"} + model + short_answer).exit_code,
           0);
  QCOMPARE(run_cli(QStringList{"logits", "--out", dir.filePath("logits")} + model + ids).exit_code,
           0);
  QCOMPARE(run_cli(QStringList{"tokenize"} + model, "{\"text\": \"a\"}\n").exit_code, 0);
  write_test_file(dir.filePath("note.txt"), "The meeting is on Monday.");
  const QByteArray messages = R"([{"role": "user", "content": "Hi"}])";
  for (const QStringList& command :
       {QStringList{"generate", "--messages", "-"}, QStringList{"chat"},
        QStringList{"summarize", dir.filePath("note.txt")}, QStringList{"template"}}) {
    const CliResult refused = run_cli(command + model, messages);
    QCOMPARE(refused.exit_code, 3);
    QVERIFY2(refused.err.contains("tokenizer_config.json (chat_template) is a chat template not "
                                  "known here"),
             refused.err.constData());
    QVERIFY2(is_one_line(refused.err), refused.err.constData());
  }
}
