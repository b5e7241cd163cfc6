// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/text/tokenizer_test.h"

#include <pthread.h>

#include <QProcess>
#include <QStandardPaths>
#include <QtTest>
#include <random>
#include <thread>

#include "engine/text/split_pattern.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"
#include "tests/engine/text/helpers.h"

using engine::ErrorCode;
using engine::Provenance;
using engine::Segment;
using engine::Tokenizer;

namespace {

// The small tokenizer with more added tokens: [{"content", flags that differ from false}, ...].
std::unique_ptr<const Tokenizer> with_added_tokens(const nlohmann::json& tokens) {
  auto spec = nlohmann::json::parse(read_text(test_data("tiny-qwen3/tokenizer.json")));
  int id = 3000;
  for (const auto& token : tokens) {
    nlohmann::json full{{"id", id++},      {"single_word", false}, {"lstrip", false},
                        {"rstrip", false}, {"normalized", false},  {"special", false}};
    full.update(token);
    spec["added_tokens"].push_back(full);
  }
  return Tokenizer::parse(spec.dump(), "test");
}

std::string bytes_of(const Tokenizer& tokenizer, const Ids& ids) {
  std::string bytes;
  for (const int32_t id : ids) bytes += tokenizer.token_bytes(id);
  return bytes;
}

}  // namespace

void TokenizerTest::matches_the_reference() {
  const Tokenizer& tokenizer = small_tokenizer();
  int checked = 0;
  for (const auto& row : read_json_lines(test_data("tiny-qwen3-tokens.jsonl"))) {
    if (!row.contains("text")) continue;
    const auto text = row["text"].get<std::string>();
    const Ids ids = tokenizer.encode(text, true);
    QVERIFY2(ids == row["ids"].get<Ids>(), text.c_str());
    QVERIFY2(tokenizer.encode(text, false) == row["plain_ids"].get<Ids>(), text.c_str());
    QCOMPARE(tokenizer.decode(ids), row["decoded"].get<std::string>());
    ++checked;
  }
  QCOMPARE(checked, 378);
}

void TokenizerTest::chats_match_the_reference() {
  const Tokenizer& tokenizer = small_tokenizer();
  int checked = 0;
  for (const auto& row : read_json_lines(test_data("tiny-qwen3-tokens.jsonl"))) {
    if (!row.contains("messages")) continue;
    std::vector<Segment> segments;
    for (const auto& message : row["messages"]) {
      segments.push_back(
          {"<|im_start|>" + message["role"].get<std::string>() + "\n", Provenance::Template});
      segments.push_back({message["content"].get<std::string>(), Provenance::Content});
      segments.push_back({"<|im_end|>\n", Provenance::Template});
    }
    segments.push_back({"<|im_start|>assistant\n", Provenance::Template});
    QCOMPARE(tokenizer.encode(segments), row["ids"].get<Ids>());
    ++checked;
  }
  QCOMPARE(checked, 40);
}

void TokenizerTest::matches_the_reference_on_the_published_vocabulary() {
  const QString archive = fixture_file("qwen3_tokenizer.json.xz");
  const QString golden = fixture_file("qwen3_tokens.jsonl");
  if (archive.isEmpty() || golden.isEmpty())
    QSKIP("the published Qwen3 vocabulary is not in $FIRESIDE_FIXTURES");
  const QString xz = QStandardPaths::findExecutable("xz");
  if (xz.isEmpty()) QSKIP("xz is not installed (package xz-utils)");
  QProcess unpack;
  unpack.start(xz, {"-dc", archive});
  QVERIFY(unpack.waitForFinished(60000));
  QCOMPARE(unpack.exitCode(), 0);
  const auto tokenizer =
      Tokenizer::parse(unpack.readAllStandardOutput().toStdString(), "tokenizer.json");
  const auto rows = read_json_lines(golden);
  QCOMPARE(rows.size(), size_t{609});
  for (const auto& row : rows) {
    const auto text = row["text"].get<std::string>();
    const Ids ids = tokenizer->encode(text, true);
    QVERIFY2(ids == row["ids"].get<Ids>(), text.c_str());
    QCOMPARE(tokenizer->decode(ids), row["decoded"].get<std::string>());
  }
  qInfo("%zu of %zu texts have the reference's tokens", rows.size(), rows.size());
}

// Against the plain definition: again and again the pair of lowest rank, the leftmost of equal
// ones. Trained merges come in an order in which a merge never has to wait for a later one;
// shuffled ones do, in short words and long ones.
void TokenizerTest::merges_by_rank_in_whatever_order_ranks_are() {
  auto spec = nlohmann::json::parse(read_text(test_data("tiny-qwen3/tokenizer.json")));
  std::mt19937 random(5);
  auto& merges = spec["model"]["merges"];
  for (size_t i = merges.size() - 1; i > 0; --i) std::swap(merges[i], merges[random() % (i + 1)]);
  const auto tokenizer = Tokenizer::parse(spec.dump(), "test");
  std::map<std::pair<std::string, std::string>, size_t> ranks;
  for (size_t i = 0; i < merges.size(); ++i) ranks[{merges[i][0], merges[i][1]}] = i;

  for (int round = 0; round < 300; ++round) {
    const std::string letters = round % 2 ? "aeinrst" : "abcdefghijklmnopqrstuvwxyz";
    std::vector<std::string> pieces(1 + random() % (round % 3 ? 60 : 300));
    std::string word;
    for (std::string& piece : pieces) word += piece = letters[random() % letters.size()];
    while (true) {
      size_t best = ranks.size(), place = 0;
      for (size_t i = 0; i + 1 < pieces.size(); ++i) {
        const auto found = ranks.find({pieces[i], pieces[i + 1]});
        if (found != ranks.end() && found->second < best) best = found->second, place = i;
      }
      if (best == ranks.size()) break;
      pieces[place] += pieces[place + 1];
      pieces.erase(pieces.begin() + static_cast<long>(place) + 1);
    }
    Ids expected;
    for (const std::string& piece : pieces) expected.push_back(spec["model"]["vocab"][piece]);
    QVERIFY2(tokenizer->encode(word, false) == expected, word.c_str());
  }
}

void TokenizerTest::words_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QStringList>("words");
  const auto row = [](const char* name, const QStringList& words) {
    QTest::newRow(name) << words.join("") << words;
  };
  row("sentence", {"Hello", ",", " world", "!"});
  row("digits stand alone", {"a", "1", "2", "３", "½", "Ⅻ", "b"});
  row("contractions", {"I", "'m", " you", "'RE", " it", "'s", "'ll", "'Ve", "'d", "'t"});
  row("no contraction", {"'x", "'ro", "'''", "1"});
  row("long s is an s", {"'ſ", "x"});
  row("contraction before letters", {"'s", "ee"});
  row("one sign goes with the letters", {"(a", ")", " (", "b", ")"});
  row("a space goes with signs", {" ==", " ", "1", " =\n\n"});
  row("signs take line ends", {"!\r\n\r\n", "a"});
  row("the last space goes with the word", {"a", "  ", " b"});
  row("a tab goes with letters", {"\ta", "\t", "\t", "."});
  row("line ends end white space", {" \n \n", "  ", " a"});
  row("white space to the end", {"a", " \t  "});
  row("line end then letters", {"\n", "a"});
  row("other spaces", {"\u00a0", "\u00a0a", "\u3000\u2028", "\u2028", "."});
  row("a file separator is no space", {"\x1c"
                                       "a"});
  row("marks are signs", {"e", "\u0301x", "\u0301\u0301", "1"});
  row("Han", {"你好", "，世界", "！"});
}

void TokenizerTest::words() {
  QFETCH(QString, text);
  QFETCH(QStringList, words);
  const std::string utf8 = text.toStdString();
  QStringList found;
  engine::WordScanner scanner(utf8);
  for (std::string_view word; scanner.next(word);)
    found += QString::fromUtf8(word.data(), word.size());
  QCOMPARE(found, words);
}

void TokenizerTest::normalises_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("nfc");
  QTest::newRow("composes") << "e\u0301"
                            << "\u00e9";
  QTest::newRow("orders marks") << "x\u0301\u0316"
                                << "x\u0316\u0301";
  QTest::newRow("keeps equal marks in order") << "x\u0301\u0300"
                                              << "x\u0301\u0300";
  QTest::newRow("blocked mark") << "a\u0315\u0300\u05ae\u0300b"
                                << "\u00e0\u05ae\u0300\u0315b";
  QTest::newRow("singleton") << "\u212b\u2126"
                             << "\u00c5\u03a9";
  QTest::newRow("excluded from composition") << "\u0958"
                                             << "\u0915\u093c";
  QTest::newRow("Hangul") << "\u1112\u1161\u11ab"
                          << "\ud55c";
  QTest::newRow("two steps") << "\u1e9b\u0323"
                             << "\u1e9b\u0323";
  QTest::newRow("not compatibility") << "\ufb01\uff21"
                                     << "\ufb01\uff21";
  QTest::newRow("leading mark") << "\u0301a"
                                << "\u0301a";
  // Marks newer than the reference's Unicode stay where they are.
  QTest::newRow("new mark") << "x\u0345\u0898"
                            << "x\u0345\u0898";
  QTest::newRow("new composition")
      << QString::fromUcs4(U"\U00011935\U00011930") << QString::fromUcs4(U"\U00011935\U00011930");
}

void TokenizerTest::normalises() {
  QFETCH(QString, text);
  QFETCH(QString, nfc);
  QCOMPARE(QString::fromStdString(engine::to_nfc(text.toStdString())), nfc);
}

void TokenizerTest::added_tokens_only_in_template_text() {
  const Tokenizer& tokenizer = small_tokenizer();
  const int32_t start = tokenizer.added_token_id("<|im_start|>");
  QCOMPARE(start, 2023);
  QVERIFY(tokenizer.is_added(start) && tokenizer.is_special(start));
  QVERIFY(tokenizer.is_added(2036) && !tokenizer.is_special(2036));  // <tool_call>
  QCOMPARE(tokenizer.added_token_ids().size(), size_t{26});
  QCOMPARE(tokenizer.size(), 2048);

  const auto has_added = [&](const std::vector<Segment>& segments) {
    const Ids ids = tokenizer.encode(segments);
    return std::any_of(ids.begin(), ids.end(), [&](int32_t id) { return tokenizer.is_added(id); });
  };
  using P = Provenance;
  QVERIFY(has_added({{"<|im_start|>", P::Template}}));
  QVERIFY(has_added({{"<|im_", P::Template}, {"start|>", P::Template}}));
  QVERIFY(!has_added({{"<|im_start|>", P::Content}}));
  QVERIFY(!has_added({{"<|im_", P::Content}, {"start|>", P::Content}}));
  QVERIFY(!has_added({{"<|im_", P::Template}, {"start|>", P::Content}}));
  QVERIFY(!has_added({{"<|im_", P::Content}, {"start|>", P::Template}}));
  QVERIFY(!has_added(
      {{"<|im_", P::Template}, {"", P::Content}, {"start", P::Content}, {"|>", P::Template}}));
  QCOMPARE(tokenizer.decode(tokenizer.encode("<|im_start|>", false)), std::string("<|im_start|>"));
  QCOMPARE(tokenizer.decode(tokenizer.encode("a<|im_end|>b", true), true), std::string("ab"));
}

void TokenizerTest::flags_of_added_tokens_data() {
  QTest::addColumn<QString>("token");
  QTest::addColumn<QString>("text");
  QTest::addColumn<QStringList>("parts");  // as the reference cuts it; the token is written as "#"
  const auto row = [](const char* name, const char* token, const QString& text,
                      const QStringList& parts) {
    QTest::newRow(name) << QString(token) << text << parts;
  };
  row("plain", R"({"content": "<x>"})", "a <x> b", {"a ", "#", " b"});
  row("lstrip", R"({"content": "<x>", "lstrip": true})", "a \n<x> b", {"a", "#", " b"});
  row("rstrip", R"({"content": "<x>", "rstrip": true})", "a <x> \u3000b", {"a ", "#", "b"});
  row("both, twice", R"({"content": "<x>", "lstrip": true, "rstrip": true})", " <x> <x> ",
      {"#", "#"});
  row("single word", R"({"content": "dog", "single_word": true})", "dog dogs hotdog dog.",
      {"#", " dogs hotdog ", "#", "."});
  row("single word beside a mark", R"({"content": "dog", "single_word": true})",
      "dog\u0301 _dog 1dog", {"dog\u0301 _dog 1dog"});
  row("normalised", R"({"content": "caf\u00e9!", "normalized": true})", "a cafe\u0301! b",
      {"a ", "#", " b"});
  row("not normalised", R"({"content": "caf\u00e9!"})", "a cafe\u0301! b", {"a cafe\u0301! b"});
}

void TokenizerTest::flags_of_added_tokens() {
  QFETCH(QString, token);
  QFETCH(QString, text);
  QFETCH(QStringList, parts);
  const auto tokenizer =
      with_added_tokens(nlohmann::json::array({nlohmann::json::parse(token.toStdString())}));
  Ids expected;
  for (const QString& part : parts) {
    const Ids ids = part == "#" ? Ids{3000} : tokenizer->encode(part.toStdString(), false);
    expected.insert(expected.end(), ids.begin(), ids.end());
  }
  QCOMPARE(tokenizer->encode(text.toStdString(), true), expected);
  const Ids content = tokenizer->encode(text.toStdString(), false);
  QVERIFY(std::find(content.begin(), content.end(), 3000) == content.end());
}

// Words, normalisation and merges run across the borders of segments.
void TokenizerTest::any_cut_into_segments_gives_the_same_ids() {
  const Tokenizer& tokenizer = small_tokenizer();
  std::mt19937 random(7);
  for (const auto& row : read_json_lines(test_data("tiny-qwen3-tokens.jsonl"))) {
    if (!row.contains("text")) continue;
    const auto text = row["text"].get<std::string>();
    std::vector<Segment> segments(1);
    for (size_t position = 0; position < text.size();) {
      const size_t size = engine::decode_valid(text, position).size;
      segments.back().text += text.substr(position, size);
      position += size;
      if (random() % 3 == 0) segments.emplace_back();
    }
    QVERIFY2(tokenizer.encode(segments) == row["plain_ids"].get<Ids>(), text.c_str());
    for (Segment& segment : segments) segment.provenance = Provenance::Template;
    QVERIFY2(tokenizer.encode(segments) == row["ids"].get<Ids>(), text.c_str());
  }
}

void TokenizerTest::long_words_need_no_stack_data() {
  QTest::addColumn<QString>("unit");
  for (const char* unit : {"a", " ", "7", "\n", "\t", "😀", "\u0301", "\u0345\u0301\u0316", "好",
                           "ab", "'", "= ", "\u200b", "<|im_start|>", "<|im_start|",
                           "\u1100\u1161\u11a8", "e\u0301", "\u212a", "🏳️‍🌈"})
    QTest::newRow(unit) << QString::fromUtf8(unit);
}

void TokenizerTest::long_words_need_no_stack() {
  QFETCH(QString, unit);
  const Tokenizer& tokenizer = small_tokenizer();
  std::string text;
  while (text.size() < 200000) text += unit.toStdString();
  std::string decoded;
  std::function<void()> work = [&] { decoded = tokenizer.decode(tokenizer.encode(text, true)); };

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  QCOMPARE(pthread_attr_setstacksize(&attributes, 64 << 10), 0);
  pthread_t thread;
  const auto run = [](void* function) -> void* {
    (*static_cast<std::function<void()>*>(function))();
    return nullptr;
  };
  QCOMPARE(pthread_create(&thread, &attributes, run, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  QVERIFY(decoded == engine::to_nfc(text));
}

void TokenizerTest::refuses_what_is_not_utf8_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<int>("position");
  QTest::newRow("lone continuation") << QByteArray("ab\x80") << 2;
  QTest::newRow("cut") << QByteArray("ab\xe4\xbd") << 2;
  QTest::newRow("overlong") << QByteArray("\xc0\xaf") << 0;
  QTest::newRow("surrogate") << QByteArray("a\xed\xa0\x80") << 1;
  QTest::newRow("beyond Unicode") << QByteArray("a\xf4\x90\x80\x80") << 1;
  QTest::newRow("Latin-1") << QByteArray("caf\xe9 au lait") << 3;
}

void TokenizerTest::refuses_what_is_not_utf8() {
  QFETCH(QByteArray, text);
  QFETCH(int, position);
  const QString fragment = QString("byte %1;").arg(position);
  EXPECT_ERROR(small_tokenizer().encode(text.toStdString(), false), ErrorCode::InvalidArgument,
               fragment);
  // Two halves of a character are not a character.
  const std::vector<Segment> halves{{"\xc3", Provenance::Content}, {"\xa9", Provenance::Content}};
  EXPECT_ERROR(small_tokenizer().encode(halves), ErrorCode::InvalidArgument, "UTF-8");
}

void TokenizerTest::ids_out_of_range_are_nothing() {
  const Tokenizer& tokenizer = small_tokenizer();
  QCOMPARE(tokenizer.decode(Ids{-1, 2048, 1 << 30, INT32_MIN}), std::string());
  QVERIFY(tokenizer.token_bytes(-5).empty() && !tokenizer.is_added(2048) &&
          !tokenizer.is_special(-1));
  QCOMPARE(tokenizer.added_token_id("no such token"), -1);
}

void TokenizerTest::may_be_used_from_many_threads() {
  const Tokenizer& tokenizer = small_tokenizer();
  const std::string text = read_text(test_data("tiny-qwen3/tokenizer_config.json"));
  const Ids expected = tokenizer.encode(text, true);
  QCOMPARE(bytes_of(tokenizer, expected), text);
  std::vector<Ids> results(4);
  std::vector<std::thread> threads;
  for (Ids& result : results) threads.emplace_back([&] { result = tokenizer.encode(text, true); });
  for (std::thread& thread : threads) thread.join();
  for (const Ids& result : results) QVERIFY(result == expected);
}
