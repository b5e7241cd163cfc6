// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/engine_text_test.h"

#include <QStringDecoder>
#include <QtTest>

#include "engine/engine.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/fake_runner.h"
#include "tests/engine/tiny_model.h"

using engine::Engine;
using engine::FinishReason;
using engine::RequestOutput;
using Tokens = std::vector<int32_t>;

namespace {

constexpr int kPromptTokens = 3;

struct Answer {
  std::string text;
  Tokens tokens;
  FinishReason reason = FinishReason::None;
  bool whole_characters = true;
};

bool is_utf8(const std::string& text) {
  QStringDecoder decoder(QStringDecoder::Utf8);
  const QString decoded = decoder(QByteArray::fromStdString(text));
  return !decoder.hasError() && decoded.toUtf8().toStdString() == text;
}

engine::OnOutput collect(Answer* answer) {
  return [answer](const RequestOutput& output) {
    answer->text += output.text;
    answer->tokens.insert(answer->tokens.end(), output.token_ids.begin(), output.token_ids.end());
    answer->reason = output.finish_reason;
    answer->whole_characters &= is_utf8(output.text);
  };
}

// An engine that says `script` to a prompt of three tokens.
std::unique_ptr<Engine> speaker(std::shared_ptr<const engine::PromptEncoder> encoder,
                                const Tokens& script, FakeRunner::Record* record) {
  FakeRunner::Options options;
  options.vocab_size = encoder->tokenizer().size();
  options.script = script;
  options.script_begin = kPromptTokens;
  options.eos_token_ids = {encoder->tokenizer().added_token_id("<|im_end|>")};
  return Engine::with_runner({}, std::make_unique<FakeRunner>(options, record), std::move(encoder));
}

Answer say(const std::shared_ptr<const engine::PromptEncoder>& encoder, const Tokens& script,
           const std::vector<std::string>& stops = {}, std::optional<int> max_tokens = {}) {
  FakeRunner::Record record;
  const auto engine = speaker(encoder, script, &record);
  engine::TokenRequest request;
  request.prompt_token_ids = Tokens(kPromptTokens, 1);
  request.sampling.max_tokens = max_tokens.value_or(static_cast<int>(script.size()));
  request.sampling.stop = stops;
  Answer answer;
  engine->submit(std::move(request), collect(&answer));
  while (engine->step()) engine->check_integrity();
  return answer;
}

}  // namespace

void EngineTextTest::initTestCase() { encoder_ = engine::PromptEncoder::load(tiny_model()); }

void EngineTextTest::text_comes_in_whole_characters() {
  const std::string text =
      "Hello, w\u00f6rld! \u4f60\u597d \U0001f389\U0001f468\u200d\U0001f469\u200d\U0001f467 "
      "caf\u00e9\n\tend";
  const Tokens tokens = encoder_->encode_text(text);
  QVERIFY(tokens.size() > 20);  // some characters take several tokens
  const Answer answer = say(encoder_, tokens);
  QCOMPARE(answer.text, text);
  QCOMPARE(answer.tokens, tokens);
  QVERIFY(answer.whole_characters);
  QCOMPARE(answer.reason, FinishReason::Length);
}

void EngineTextTest::end_token_is_no_text() {
  Tokens tokens = encoder_->encode_text("Done.");
  tokens.push_back(encoder_->tokenizer().added_token_id("<|im_end|>"));
  const size_t spoken = tokens.size();
  tokens.resize(spoken + 5, 1);
  const Answer answer = say(encoder_, tokens);
  QCOMPARE(answer.text, std::string("Done."));
  QCOMPARE(answer.tokens.size(), spoken);
  QCOMPARE(answer.reason, FinishReason::Stop);
}

void EngineTextTest::stop_strings_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QStringList>("stops");
  QTest::addColumn<QString>("shown");
  QTest::addColumn<bool>("stopped");
  QTest::newRow("in the middle") << "one two three four" << QStringList{"three"} << "one two "
                                 << true;
  QTest::newRow("across tokens") << "value: 12345 END of it" << QStringList{"45 END"}
                                 << "value: 123" << true;
  QTest::newRow("at once") << "stop here" << QStringList{"stop"} << "" << true;
  QTest::newRow("never") << "one two" << QStringList{"three"} << "one two" << false;
  QTest::newRow("half of it at the end")
      << "one two thr" << QStringList{"three"} << "one two thr" << false;
  QTest::newRow("first of two") << "a b c d" << QStringList{"d", "b"} << "a " << true;
  QTest::newRow("Chinese") << QString::fromUtf8("你好世界再见")
                           << QStringList{QString::fromUtf8("世界")} << QString::fromUtf8("你好")
                           << true;
  QTest::newRow("last token") << "say the end" << QStringList{"end"} << "say the " << true;
}

void EngineTextTest::stop_strings() {
  QFETCH(QString, text);
  QFETCH(QStringList, stops);
  QFETCH(QString, shown);
  QFETCH(bool, stopped);
  std::vector<std::string> stop;
  for (const QString& one : stops) stop.push_back(one.toStdString());
  const Answer answer = say(encoder_, encoder_->encode_text(text.toStdString()), stop);
  QCOMPARE(QString::fromStdString(answer.text), shown);
  QCOMPARE(answer.reason, stopped ? FinishReason::Stop : FinishReason::Length);
  QVERIFY(answer.whole_characters);
}

void EngineTextTest::broken_character_at_the_end() {
  const Tokens tokens = encoder_->encode_text("ok \U0001f389");
  const Answer answer = say(encoder_, tokens, {}, static_cast<int>(tokens.size()) - 1);
  QCOMPARE(answer.text, std::string("ok \ufffd"));
  QVERIFY(answer.whole_characters);
}

void EngineTextTest::abort_gives_what_was_withheld() {
  const Tokens tokens = encoder_->encode_text("one two thr");
  FakeRunner::Record record;
  const auto engine = speaker(encoder_, tokens, &record);
  engine::TokenRequest request;
  request.prompt_token_ids = Tokens(kPromptTokens, 1);
  request.sampling.stop = {"three"};
  Answer answer;
  const uint64_t id = engine->submit(std::move(request), collect(&answer));
  for (size_t i = 0; i < tokens.size(); ++i) engine->step();
  QCOMPARE(answer.text, std::string("one two "));
  engine->abort(id);
  QCOMPARE(answer.text, std::string("one two thr"));
  QCOMPARE(answer.reason, FinishReason::Abort);
}

void EngineTextTest::any_tokens_decode_as_one_piece() {
  FakeRunner::Options options;
  options.vocab_size = encoder_->tokenizer().size();
  options.num_blocks = 256;
  FakeRunner::Record record;
  const auto engine =
      Engine::with_runner({}, std::make_unique<FakeRunner>(options, &record), encoder_);
  std::vector<Answer> answers(40);
  for (size_t i = 0; i < answers.size(); ++i) {
    engine::TokenRequest request;
    request.prompt_token_ids = {static_cast<int32_t>(i), 1, 2};
    request.sampling.max_tokens = 60;
    engine->submit(std::move(request), collect(&answers[i]));
  }
  while (engine->step()) engine->check_integrity();
  QCOMPARE(record.problem, std::string());
  for (const Answer& answer : answers) {
    QCOMPARE(answer.tokens.size(), size_t(60));
    QVERIFY(answer.whole_characters);
    QCOMPARE(answer.text, encoder_->decode(answer.tokens, true));
  }
}
