// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/text/answer_text_test.h"

#include <QtTest>
#include <random>

#include "engine/text/detokenizer.h"
#include "engine/text/stop_strings.h"
#include "engine/text/utf8.h"
#include "tests/engine/text/helpers.h"

using engine::Detokenizer;
using engine::StopStrings;

namespace {

// Ids of single bytes, so that a test can write any byte string.
Ids ids_of_bytes(const std::string& bytes) {
  static const auto table = [] {
    std::array<int32_t, 256> ids;
    ids.fill(-1);
    for (int32_t id = 0; id < small_tokenizer().size(); ++id)
      if (const auto piece = small_tokenizer().token_bytes(id); piece.size() == 1)
        ids[static_cast<unsigned char>(piece[0])] = id;
    return ids;
  }();
  Ids ids;
  for (const char c : bytes) ids.push_back(table[static_cast<unsigned char>(c)]);
  return ids;
}

std::string incremental(const Ids& ids, bool skip_special_tokens) {
  Detokenizer detokenizer(small_tokenizer(), skip_special_tokens);
  std::string text;
  for (const int32_t id : ids) {
    const std::string piece = detokenizer.push(id);
    if (engine::find_invalid_utf8(piece) != engine::kValidUtf8) qFatal("a piece is not UTF-8");
    text += piece;
  }
  return text + detokenizer.flush();
}

struct Answer {
  std::string text;
  bool matched = false;
};

Answer run(const std::vector<std::string>& stops, const std::vector<std::string>& pieces) {
  StopStrings finder(stops);
  Answer answer;
  for (const std::string& piece : pieces) {
    const auto result = finder.push(piece);
    answer.text += result.text;
    if (result.matched) return {answer.text, true};
  }
  answer.text += finder.flush();
  return answer;
}

}  // namespace

void AnswerTextTest::pieces_make_the_whole_decode() {
  for (const auto& row : read_json_lines(test_data("tiny-qwen3-tokens.jsonl"))) {
    if (!row.contains("text")) continue;
    QCOMPARE(incremental(row["ids"].get<Ids>(), false), row["decoded"].get<std::string>());
    QCOMPARE(incremental(row["ids"].get<Ids>(), true),
             small_tokenizer().decode(row["ids"].get<Ids>(), true));
  }
}

void AnswerTextTest::random_ids_make_the_whole_decode() {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    Ids ids(random() % 24);
    for (int32_t& id : ids) id = static_cast<int32_t>(random() % 2060) - 5;
    QCOMPARE(incremental(ids, i % 2 == 0), small_tokenizer().decode(ids, i % 2 == 0));
  }
}

void AnswerTextTest::characters_are_whole() {
  Detokenizer detokenizer(small_tokenizer());
  const Ids ids = ids_of_bytes("a😀é");
  QCOMPARE(ids.size(), size_t{7});
  const std::vector<std::string> expected{"a", "", "", "", "😀", "", "é"};
  for (size_t i = 0; i < ids.size(); ++i) QCOMPARE(detokenizer.push(ids[i]), expected[i]);
  QCOMPARE(detokenizer.flush(), std::string());
}

void AnswerTextTest::broken_bytes_data() {
  QTest::addColumn<QByteArray>("bytes");
  QTest::addColumn<QString>("text");
  // One U+FFFD for each maximal part (Unicode 16, section 3.9, and Rust's from_utf8_lossy).
  QTest::newRow("lone continuation") << QByteArray("a\x80\x80z") << "a\ufffd\ufffdz";
  QTest::newRow("cut in the middle") << QByteArray("a\xf0\x9f\x98z") << "a\ufffdz";
  QTest::newRow("cut at the end") << QByteArray("a\xf0\x9f\x98") << "a\ufffd";
  QTest::newRow("overlong") << QByteArray("\xe0\x80\x80") << "\ufffd\ufffd\ufffd";
  QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << "\ufffd\ufffd\ufffd";
  QTest::newRow("beyond Unicode") << QByteArray("\xf4\x90\x80\x80") << "\ufffd\ufffd\ufffd\ufffd";
  QTest::newRow("two beginnings") << QByteArray("\xe4\xbd\xe4\xbd\xa0") << "\ufffd你";
  QTest::newRow("table 3-11") << QByteArray("\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xc2\x64")
                              << "\ufffd\ufffd\ufffd"
                                 "b\ufffd"
                                 "c\ufffd\ufffd"
                                 "d";
}

void AnswerTextTest::broken_bytes() {
  QFETCH(QByteArray, bytes);
  QFETCH(QString, text);
  const Ids ids = ids_of_bytes(bytes.toStdString());
  QCOMPARE(QString::fromStdString(incremental(ids, false)), text);
  QCOMPARE(QString::fromStdString(small_tokenizer().decode(ids)), text);
}

void AnswerTextTest::special_tokens_are_left_out() {
  const Ids ids = small_tokenizer().encode("a<|im_end|><tool_call>b", true);
  QCOMPARE(incremental(ids, true), std::string("a<tool_call>b"));
  QCOMPARE(incremental(ids, false), std::string("a<|im_end|><tool_call>b"));
  // A special token inside a character does not break it.
  Ids cut = ids_of_bytes("é");
  cut.insert(cut.begin() + 1, small_tokenizer().added_token_id("<|im_end|>"));
  QCOMPARE(incremental(cut, true), std::string("é"));
}

void AnswerTextTest::stops_data() {
  QTest::addColumn<QStringList>("stops");
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("answer");
  QTest::addColumn<bool>("matched");
  const auto row = [](const char* name, const QStringList& stops, const char* text,
                      const char* answer, bool matched) {
    QTest::newRow(name) << stops << QString::fromUtf8(text) << QString::fromUtf8(answer) << matched;
  };
  row("none", {}, "abc", "abc", false);
  row("empty ones count for nothing", {"", ""}, "abc", "abc", false);
  row("found", {"END"}, "some text END more", "some text ", true);
  row("at the start", {"a"}, "abc", "", true);
  row("at the end", {"c"}, "abc", "ab", true);
  row("only begun", {"END"}, "text EN", "text EN", false);
  row("begun twice", {"aab"}, "aaab", "a", true);
  row("self-overlapping", {"ababc"}, "abababc", "ab", true);
  row("the first to end", {"xyz", "y"}, "axyz", "ax", true);
  row("of those ending together the longest", {"z", "xyz", "yz"}, "axyz", "a", true);
  row("line ends", {"\n\nUser:"}, "hi\n\nUser: x", "hi", true);
  row("characters of several bytes", {"。终"}, "你好。终了", "你好", true);
  row("half a character is no match", {"終"}, "组织线", "组织线", false);
  row("emoji", {"😀😀"}, "a😀b😀😀", "a😀b", true);
}

void AnswerTextTest::stops() {
  QFETCH(QStringList, stops);
  QFETCH(QString, text);
  QFETCH(QString, answer);
  QFETCH(bool, matched);
  std::vector<std::string> list;
  for (const QString& stop : stops) list.push_back(stop.toStdString());
  std::vector<std::string> characters;
  const std::string utf8 = text.toStdString();
  for (size_t position = 0; position < utf8.size();) {
    const size_t size = engine::decode_valid(utf8, position).size;
    characters.push_back(utf8.substr(position, size));
    position += size;
  }
  for (const auto& pieces : {std::vector<std::string>{utf8}, characters}) {
    const Answer result = run(list, pieces);
    QCOMPARE(QString::fromStdString(result.text), answer);
    QCOMPARE(result.matched, matched);
  }
}

void AnswerTextTest::stops_are_the_same_however_the_text_is_cut() {
  std::mt19937 random(11);
  const auto random_text = [&](size_t length) {
    static const std::vector<std::string> kLetters{"a", "b", "é"};
    std::string text;
    for (size_t i = 0; i < length; ++i) text += kLetters[random() % 3];
    return text;
  };
  for (int i = 0; i < 3000; ++i) {
    const std::vector<std::string> stops{random_text(1 + random() % 6),
                                         random_text(2 + random() % 4)};
    std::vector<std::string> pieces;
    std::string whole;
    while (whole.size() < 30) whole += pieces.emplace_back(random_text(random() % 5));
    const Answer cut = run(stops, pieces), at_once = run(stops, {whole});
    QCOMPARE(cut.text, at_once.text);
    QCOMPARE(cut.matched, at_once.matched);

    // Against a plain search: the end that comes first, then the longest.
    size_t first_end = std::string::npos, size = 0;
    for (const std::string& stop : stops) {
      const size_t found = whole.find(stop);
      if (found == std::string::npos) continue;
      const size_t end = found + stop.size();
      if (end < first_end || (end == first_end && stop.size() > size))
        first_end = end, size = stop.size();
    }
    QCOMPARE(cut.matched, first_end != std::string::npos);
    QCOMPARE(cut.text, cut.matched ? whole.substr(0, first_end - size) : whole);
  }
}

void AnswerTextTest::nothing_follows_a_stop() {
  StopStrings finder({"x"});
  const auto first = finder.push("ax");
  QVERIFY(first.matched && first.text == "a");
  const auto second = finder.push("more x");
  QVERIFY(!second.matched && second.text.empty());
  QCOMPARE(finder.flush(), std::string());
}
