// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/text/chat_template_test.h"

#include <QDir>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/prompt_encoder.h"
#include "engine/text/chat_template.h"
#include "tests/engine/text/helpers.h"

using engine::ChatMessage;
using engine::ChatTemplate;
using engine::ErrorCode;
using engine::PromptEncoder;
using engine::Provenance;
using nlohmann::json;

namespace {

const QString kFolder = test_data("tiny-qwen3");

std::string published_text() {
  return json::parse(read_text(kFolder + "/tokenizer_config.json"))["chat_template"]
      .get<std::string>();
}

std::unique_ptr<const ChatTemplate> published() {
  return ChatTemplate::from_text(published_text(), "test");
}

std::vector<ChatMessage> messages_of(const json& list) {
  std::vector<ChatMessage> messages;
  for (const json& message : list) messages.push_back({message["role"], message["content"]});
  return messages;
}

void write(const QString& path, const std::string& text) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
  file.write(text.data(), static_cast<qint64>(text.size()));
}

}  // namespace

void ChatTemplateTest::renders_data() {
  QTest::addColumn<QString>("messages");
  QTest::addColumn<bool>("prompt");
  QTest::addColumn<QString>("rendered");
  QTest::newRow("one question") << R"([{"role":"user","content":"Hi"}])" << true
                                << "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
  QTest::newRow("no generation prompt")
      << R"([{"role":"user","content":"Hi"}])" << false << "<|im_start|>user\nHi<|im_end|>\n";
  QTest::newRow("system, two turns, nothing trimmed")
      << R"([{"role":"system","content":" s "},{"role":"user","content":"a\n"},{"role":"assistant","content":"\n\nb "},
             {"role":"user","content":""}])"
      << true
      << "<|im_start|>system\n s "
         "<|im_end|>\n<|im_start|>user\na\n<|im_end|>\n<|im_start|>assistant\n\n\nb <|im_end|>\n"
         "<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n";
  QTest::newRow("a later system message")
      << R"([{"role":"user","content":"a"},{"role":"system","content":"b"}])" << false
      << "<|im_start|>user\na<|im_end|>\n<|im_start|>system\nb<|im_end|>\n";
  QTest::newRow("thoughts of history stay")
      << R"([{"role":"assistant","content":"<think>\nx\n</think>\n\ny"}])" << false
      << "<|im_start|>assistant\n<think>\nx\n</think>\n\ny<|im_end|>\n";
}

void ChatTemplateTest::renders() {
  QFETCH(QString, messages);
  QFETCH(bool, prompt);
  QFETCH(QString, rendered);
  const auto segments =
      published()->render(messages_of(json::parse(messages.toStdString())), prompt);
  QCOMPARE(QString::fromStdString(joined_text(segments)), rendered);
}

void ChatTemplateTest::renders_the_golden_chats() {
  const QString golden = fixture_file("chat_templates/golden.jsonl");
  if (golden.isEmpty()) QSKIP("the golden chats are not in $FIRESIDE_FIXTURES");
  int checked = 0;
  for (const json& row : read_json_lines(golden)) {
    const json& context = row["context"];
    if (row["template"] != "Qwen3-4B-Instruct-2507" || context.contains("tools")) continue;
    const auto segments =
        published()->render(messages_of(context["messages"]), context["add_generation_prompt"]);
    QCOMPARE(joined_text(segments), row["rendered"].get<std::string>());
    ++checked;
  }
  QCOMPARE(checked, 11);
}

void ChatTemplateTest::keeps_content_apart() {
  const auto segments =
      published()->render({{"system", "<|im_end|>"}, {"user", ""}, {"assistant", "<|im_start|>"}});
  std::string content;
  for (const auto& segment : segments)
    if (segment.provenance == Provenance::Content) content += segment.text + "/";
  QCOMPARE(content, std::string("<|im_end|>/<|im_start|>/"));
}

void ChatTemplateTest::refuses_other_templates() {
  // What copies may differ in.
  const std::string text = published_text();
  QCOMPARE(published()->name(), std::string("Qwen3-Instruct-2507"));
  const QString windows = QString::fromStdString(text).replace("\n", "  \r\n");
  QVERIFY(ChatTemplate::from_text(windows.toStdString() + "\n\n", "test"));
  // What they may not.
  const QString system =
      QString::fromStdString(text).replace("'<|im_start|>system\\n'", "'<|im_start|>sys\\n'");
  QVERIFY(system.toStdString() != text);
  EXPECT_ERROR(ChatTemplate::from_text(system.toStdString(), "a.jinja"), ErrorCode::Unsupported,
               "a.jinja");
  EXPECT_ERROR(ChatTemplate::from_text("", "a.jinja"), ErrorCode::Unsupported, "not known here");
  EXPECT_ERROR(ChatTemplate::from_text(text + "x", "a.jinja"), ErrorCode::Unsupported,
               "not known here");
  EXPECT_ERROR(ChatTemplate::from_text("\xff", "a.jinja"), ErrorCode::InvalidFile, "UTF-8");
}

void ChatTemplateTest::refuses_published_templates_by_name() {
  const QString folder = QFileInfo(fixture_file("chat_templates/golden.jsonl")).path();
  if (!QFile::exists(folder + "/golden.jsonl"))
    QSKIP("the published templates are not in $FIRESIDE_FIXTURES");
  const std::map<QString, QString> names{{"Qwen-Qwen3-0.6B", "Qwen3 with thinking"},
                                         {"Qwen-Qwen2.5-7B-Instruct", "Qwen2.5-Instruct"},
                                         {"meta-llama-Llama-3.1-8B-Instruct", "Llama-3.1-Instruct"},
                                         {"llama-2-chat", "Llama-2-chat"}};
  int refused = 0;
  for (const QString& file : QDir(folder).entryList({"*.jinja"})) {
    const std::string text = read_text(folder + "/" + file);
    const QString name = QFileInfo(file).completeBaseName();
    if (name == "Qwen3-4B-Instruct-2507") {
      QVERIFY(ChatTemplate::from_text(text, "test"));
      continue;
    }
    EXPECT_ERROR(ChatTemplate::from_text(text, "test"), ErrorCode::Unsupported,
                 "the chat template of ");
    if (names.contains(name))
      EXPECT_ERROR(ChatTemplate::from_text(text, "test"), ErrorCode::Unsupported, names.at(name));
    ++refused;
  }
  QCOMPARE(refused, 11);
}

void ChatTemplateTest::finds_the_template_of_a_folder() {
  const QTemporaryDir dir;
  const std::string folder = dir.path().toStdString();
  const QString config = dir.filePath("tokenizer_config.json"),
                jinja = dir.filePath("chat_template.jinja");
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::NotFound, "Instruct");
  write(config, "{}");
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::NotFound, "no chat template");
  write(config, R"({"chat_template": 5})");
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::InvalidFile,
               "'chat_template' must be a string");
  write(config, "{");
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::InvalidFile, "tokenizer_config.json");
  write(config, json{{"chat_template", published_text()}}.dump());
  QVERIFY(ChatTemplate::load(folder));
  const json tool_use{{"name", "tool_use"}, {"template", "x"}},
      usual{{"name", "default"}, {"template", published_text()}};
  write(config, json{{"chat_template", {tool_use, usual}}}.dump());
  QVERIFY(ChatTemplate::load(folder));
  write(config, json{{"chat_template", {tool_use, {{"name", 1}}}}}.dump());
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::InvalidFile, "names and templates");
  // The file of newer checkpoints counts before the key.
  write(jinja, "{{ messages }}");
  EXPECT_ERROR(ChatTemplate::load(folder), ErrorCode::Unsupported, "chat_template.jinja");
  write(jinja, published_text());
  QVERIFY(ChatTemplate::load(folder));
}

void ChatTemplateTest::refuses_messages_data() {
  QTest::addColumn<QString>("messages");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("none") << "[]"
                        << "at least one message";
  QTest::newRow("unknown role") << R"([{"role":"user","content":""},{"role":"tool","content":""}])"
                                << "message 2 has the role 'tool'";
  QTest::newRow("empty role") << R"([{"role":"","content":""}])"
                              << "message 1 has the role ''";
  QTest::newRow("role with a token") << R"([{"role":"user<|im_end|>","content":""}])"
                                     << "message 1";
  QTest::newRow("other case") << R"([{"role":"User","content":""}])"
                              << "'User'";
}

void ChatTemplateTest::refuses_messages() {
  QFETCH(QString, messages);
  QFETCH(QString, fragment);
  EXPECT_ERROR(published()->render(messages_of(json::parse(messages.toStdString()))),
               ErrorCode::InvalidArgument, fragment);
}

void ChatTemplateTest::encoder_needs_the_tokens_of_the_template() {
  const QTemporaryDir dir;
  QVERIFY(QFile::copy(kFolder + "/tokenizer_config.json", dir.filePath("tokenizer_config.json")));
  auto spec = json::parse(read_text(kFolder + "/tokenizer.json"));
  spec["added_tokens"][2]["content"] = "<|end|>";
  write(dir.filePath("tokenizer.json"), spec.dump());
  const auto encoder = PromptEncoder::load(dir.path().toStdString());
  EXPECT_ERROR(encoder->require_chat_template(), ErrorCode::InvalidFile, "<|im_end|>");
}

void ChatTemplateTest::encoder_without_a_template_encodes_text_data() {
  QTest::addColumn<QString>("config");
  QTest::addColumn<ErrorCode>("code");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("absent") << "{}" << ErrorCode::NotFound << "no chat template";
  QTest::newRow("another") << R"({"chat_template": "{{ messages }}"})" << ErrorCode::Unsupported
                           << "not known here";
  QTest::newRow("broken") << "{" << ErrorCode::InvalidFile << "tokenizer_config.json";
}

void ChatTemplateTest::encoder_without_a_template_encodes_text() {
  QFETCH(QString, config);
  QFETCH(ErrorCode, code);
  QFETCH(QString, fragment);
  const QTemporaryDir dir;
  QVERIFY(QFile::copy(kFolder + "/tokenizer.json", dir.filePath("tokenizer.json")));
  write(dir.filePath("tokenizer_config.json"), config.toStdString());
  const auto encoder = PromptEncoder::load(dir.path().toStdString());
  const auto whole = PromptEncoder::load(kFolder.toStdString());
  QCOMPARE(encoder->encode_text("Hi <|im_end|>", true), whole->encode_text("Hi <|im_end|>", true));
  QCOMPARE(encoder->count_tokens("Hi"), whole->count_tokens("Hi"));
  EXPECT_ERROR(encoder->require_chat_template(), code, fragment);
  EXPECT_ERROR(encoder->encode({{{"user", "Hi"}}, {}}), code, fragment);
}

void ChatTemplateTest::encoder_puts_template_and_tokens_together() {
  const auto encoder = PromptEncoder::load(kFolder.toStdString());
  engine::ChatRequest request{{{"user", "Hi"}}, {}};
  request.sampling.seed = 5;
  request.sampling.stop = {"x"};
  const auto tokens = encoder->encode(request);
  QCOMPARE(tokens.prompt_token_ids,
           encoder->encode_text("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", true));
  QCOMPARE(*tokens.sampling.seed, uint64_t{5});
  QCOMPARE(tokens.sampling.stop, request.sampling.stop);
  QCOMPARE(encoder->decode(tokens.prompt_token_ids, true), std::string("user\nHi\nassistant\n"));
  QCOMPARE(encoder->count_tokens("Hi"), static_cast<int>(encoder->encode_text("Hi").size()));
  request.messages[0].content = "caf\xe9";
  EXPECT_ERROR(encoder->encode(request), ErrorCode::InvalidArgument, "byte 3");
  request.messages.clear();
  EXPECT_ERROR(encoder->encode(request), ErrorCode::InvalidArgument, "message");
  EXPECT_ERROR(PromptEncoder::load("/nonexistent"), ErrorCode::NotFound, "/nonexistent");
}
