// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/text/sentencepiece_test.h"

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>

#include "engine/text/detokenizer.h"
#include "engine/text/sentencepiece_file.h"
#include "engine/text/utf8.h"
#include "tests/engine/text/helpers.h"

using engine::ErrorCode;
using engine::Provenance;
using engine::Segment;
using engine::SentencePieceModel;
using engine::Tokenizer;
using Kind = SentencePieceModel::Kind;

namespace {

const QString kModelFile = test_data("tiny-llama-spm/tokenizer.model");

void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_number(std::string& out, unsigned field, uint64_t value) {
  put_varint(out, field << 3);
  put_varint(out, value);
}

void put_bytes(std::string& out, unsigned field, const std::string& bytes) {
  put_varint(out, field << 3 | 2);
  put_varint(out, bytes.size());
  out += bytes;
}

// A tokenizer.model that says what it is told to.
struct ModelFile {
  std::vector<SentencePieceModel::Piece> pieces =
      engine::parse_sentencepiece_model(read_text(kModelFile), "test").pieces;
  std::string trainer, normalizer, more;
  uint64_t model_type = 2;
  bool byte_fallback = true, removes_spaces = false;

  std::string bytes() const {
    std::string out;
    for (const SentencePieceModel::Piece& piece : pieces) {
      std::string message;
      put_bytes(message, 1, piece.text);
      put_varint(message, 2 << 3 | 5);
      message.append(reinterpret_cast<const char*>(&piece.score), sizeof piece.score);
      put_number(message, 3, static_cast<uint64_t>(piece.kind));
      put_bytes(out, 1, message);
    }
    std::string trainer_spec, normalizer_spec;
    put_number(trainer_spec, 3, model_type);
    put_number(trainer_spec, 35, byte_fallback ? 1 : 0);
    put_number(normalizer_spec, 4, removes_spaces ? 1 : 0);
    put_bytes(out, 2, trainer_spec + trainer);
    put_bytes(out, 3, normalizer_spec + normalizer);
    return out + more;
  }
};

const Tokenizer& llama() {
  static const auto tokenizer = Tokenizer::load(kModelFile.toStdString());
  return *tokenizer;
}

// With the marks of a chat, one of each kind that no content may yield.
const Tokenizer& chat_llama() {
  static const auto tokenizer = [] {
    ModelFile file;
    file.pieces.push_back({"<|im_start|>", 0, Kind::UserDefined});
    file.pieces.push_back({"<|im_end|>", 0, Kind::Control});
    file.pieces.push_back({"[INST]", 5, Kind::UserDefined});
    file.pieces.push_back({"\u2581\u2581<tool>", 5, Kind::UserDefined});
    return Tokenizer::parse_sentencepiece(file.bytes(), "test");
  }();
  return *tokenizer;
}

bool has_added(const Tokenizer& tokenizer, const Ids& ids) {
  return std::ranges::any_of(ids, [&](int32_t id) { return tokenizer.is_added(id); });
}

Ids encode(const Tokenizer& tokenizer, const std::vector<Segment>& segments) {
  return tokenizer.encode(segments);
}

}  // namespace

void SentencePieceTest::matches_the_reference_data() {
  QTest::addColumn<QString>("folder");
  QTest::newRow("tests/data") << test_data("tiny-llama-spm");
  for (const char* name : {"tiny-llama-spm", "tiny-llama3-rope"})
    QTest::addRow("fixture %s", name)
        << QFileInfo(fixture_file(QString(name) + "/tokenizer.model")).path();
}

void SentencePieceTest::matches_the_reference() {
  QFETCH(QString, folder);
  if (!QFile::exists(folder + "/tokenizer.model")) QSKIP("not in $FIRESIDE_FIXTURES");
  const auto tokenizer = Tokenizer::load_folder(folder.toStdString());
  QCOMPARE(tokenizer->size(), 1024);
  const auto rows = read_json_lines(folder + "/golden_tokens.jsonl");
  QCOMPARE(rows.size(), size_t{300});
  for (const auto& row : rows) {
    const auto text = row["text"].get<std::string>();
    const Ids ids = tokenizer->encode(text, true);
    QVERIFY2(ids == row["ids"].get<Ids>(), text.c_str());
    QVERIFY2(tokenizer->encode(text, false) == ids, text.c_str());
    QCOMPARE(tokenizer->decode(ids), row["decoded"].get<std::string>());
  }
  qInfo("%zu of %zu texts have the reference's tokens", rows.size(), rows.size());
}

void SentencePieceTest::content_yields_no_added_token() {
  const Tokenizer& tokenizer = chat_llama();
  int checked = 0;
  for (const int32_t id : tokenizer.added_token_ids()) {
    const std::string token(tokenizer.token_bytes(id));
    for (size_t cut = 0; cut <= token.size(); ++cut) {
      const std::string head = token.substr(0, cut), tail = token.substr(cut);
      for (const std::string& text :
           {token, token + token, head + token + tail, " " + token + "\n", "\u2581" + token,
            "\u2581\u2581" + token, tail + head + tail + head, "a" + token + "\u0338"}) {
        const Ids alone = tokenizer.encode(text, false);
        QVERIFY2(!has_added(tokenizer, alone), text.c_str());
        // Beside template text, which may complete nothing.
        const Ids between = encode(tokenizer, {{head, Provenance::Template},
                                               {tail + text + head, Provenance::Content},
                                               {tail, Provenance::Template}});
        Ids allowed;
        if (cut == token.size()) allowed.push_back(id);  // `head` is the token itself
        if (cut == 0) allowed.push_back(id);             // `tail` is
        Ids added;
        for (const int32_t each : between)
          if (tokenizer.is_added(each)) added.push_back(each);
        QVERIFY2(added == allowed, text.c_str());
        ++checked;
      }
    }
  }
  QVERIFY(checked > 300);
  qInfo("%d injections, no added token inside content", checked);
  // What users write as such stays text, and comes back as it was.
  const std::string text = "<s>[INST]<|im_start|>system</s><unk><0x0A>";
  QCOMPARE(tokenizer.decode(tokenizer.encode(text, false), true), text);
}

void SentencePieceTest::added_tokens_come_from_templates() {
  const Tokenizer& tokenizer = chat_llama();
  const Ids ids = encode(tokenizer, {{"<s><|im_start|>user\n", Provenance::Template},
                                     {"<|im_end|>", Provenance::Content},
                                     {"<|im_end|>", Provenance::Template}});
  QCOMPARE(ids.front(), 1);
  QCOMPARE(ids[1], 1024);
  QCOMPARE(ids.back(), 1025);
  QCOMPARE(std::ranges::count(ids, 1025), 1);
  QCOMPARE(tokenizer.decode(ids), std::string("<s><|im_start|>user\n<|im_end|><|im_end|>"));
  QCOMPARE(tokenizer.decode(ids, true), std::string("<|im_start|>user\n<|im_end|>"));
  QVERIFY(tokenizer.is_added(1024) && !tokenizer.is_special(1024));
  QVERIFY(tokenizer.is_added(1025) && tokenizer.is_special(1025));
  QVERIFY(tokenizer.is_special(0) && !tokenizer.is_added(0));  // <unk>
  QCOMPARE(tokenizer.added_token_id("</s>"), 2);
  QCOMPARE(tokenizer.added_token_id("  <tool>"), 1027);
}

void SentencePieceTest::the_first_space_comes_and_goes() {
  const Tokenizer& tokenizer = llama();
  const Ids word = tokenizer.encode("the", true);
  QVERIFY(tokenizer.token_bytes(word.front()).starts_with(' '));
  QCOMPARE(tokenizer.decode(word), std::string("the"));
  QCOMPARE(tokenizer.decode(tokenizer.encode(" the", true)), std::string(" the"));
  QCOMPARE(tokenizer.decode(tokenizer.encode("   ", true)), std::string("   "));
  QVERIFY(tokenizer.encode("", true).empty());
  // Once, and not behind an added token.
  Ids marked = tokenizer.encode("<s>the", true);
  QCOMPARE(marked.front(), 1);
  QVERIFY(!tokenizer.token_bytes(marked[1]).starts_with(' '));
  QCOMPARE(tokenizer.decode(marked), std::string("<s>the"));
  marked = tokenizer.encode("<s> the", true);
  marked.erase(marked.begin());
  QCOMPARE(marked, word);
  // A model that adds none takes none away.
  ModelFile file;
  put_number(file.normalizer, 3, 0);
  const auto bare = Tokenizer::parse_sentencepiece(file.bytes(), "test");
  QVERIFY(!bare->token_bytes(bare->encode("the", true).front()).starts_with(' '));
  QCOMPARE(bare->decode(bare->encode(" the", true)), std::string(" the"));
}

void SentencePieceTest::answers_come_in_whole_characters() {
  const Tokenizer& tokenizer = llama();
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    Ids ids(random() % 30);
    // Half of them bytes: characters in pieces, broken ones too.
    for (int32_t& id : ids) id = static_cast<int32_t>(random() % (random() % 2 ? 259 : 1024));
    engine::Detokenizer detokenizer(tokenizer);
    std::string text;
    for (const int32_t id : ids) {
      const std::string piece = detokenizer.push(id);
      QCOMPARE(engine::find_invalid_utf8(piece), engine::kValidUtf8);
      text += piece;
    }
    text += detokenizer.flush();
    QCOMPARE(text, tokenizer.decode(ids, true));
  }
}

void SentencePieceTest::long_texts_are_cut_without_a_trace() {
  const Tokenizer& tokenizer = llama();
  std::mt19937 random(8);
  std::map<std::string, Ids> words;  // with a space in front
  for (const char* word : {"weather", "the", "中文字", "Qwen3-4B", "\u2581", "x"}) {
    words[word] = tokenizer.encode("<s> " + std::string(word), true);
    words[word].erase(words[word].begin());
  }
  words.erase("\u2581");  // a space by another name joins its neighbours
  std::string text;
  Ids expected;
  while (text.size() < 300000) {
    const auto word = std::next(words.begin(), static_cast<long>(random() % words.size()));
    text += (text.empty() ? "" : " ") + word->first;
    expected.insert(expected.end(), word->second.begin(), word->second.end());
  }
  const Ids ids = tokenizer.encode(text, false);
  QVERIFY(ids == expected);
  QCOMPARE(tokenizer.decode(ids), text);
}

void SentencePieceTest::folders_may_hold_either_file() {
  const QTemporaryDir dir;
  const std::string folder = dir.path().toStdString();
  EXPECT_ERROR(Tokenizer::load_folder(folder), ErrorCode::NotFound, "tokenizer.json");
  QVERIFY(QFile::copy(kModelFile, dir.filePath("tokenizer.model")));
  QCOMPARE(Tokenizer::load_folder(folder)->size(), 1024);
  // A tokenizer.json of a kind not known here gives way; a broken one is said.
  QFile json(dir.filePath("tokenizer.json"));
  QVERIFY(json.open(QIODevice::WriteOnly));
  auto other = nlohmann::json::parse(read_text(test_data("tiny-qwen3/tokenizer.json")));
  other["normalizer"] = {{"type", "Prepend"}, {"prepend", "\u2581"}};
  json.write(QByteArray::fromStdString(other.dump()));
  json.close();
  QCOMPARE(Tokenizer::load_folder(folder)->size(), 1024);
  QVERIFY(json.open(QIODevice::WriteOnly | QIODevice::Truncate));
  json.write("{");
  json.close();
  EXPECT_ERROR(Tokenizer::load_folder(folder), ErrorCode::InvalidFile, "tokenizer.json");
  QVERIFY(json.remove());
  QVERIFY(QFile::copy(test_data("tiny-qwen3/tokenizer.json"), dir.filePath("tokenizer.json")));
  QCOMPARE(Tokenizer::load_folder(folder)->size(), small_tokenizer().size());
}

void SentencePieceTest::refuses_models_data() {
  QTest::addColumn<std::function<void(ModelFile&)>>("change");
  QTest::addColumn<ErrorCode>("code");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, ErrorCode code, const char* fragment,
                      std::function<void(ModelFile&)> change) {
    QTest::newRow(name) << change << code << fragment;
  };
  const ErrorCode broken = ErrorCode::InvalidFile, other = ErrorCode::Unsupported;
  row("unigram", other, "'unigram'", [](ModelFile& f) { f.model_type = 1; });
  row("characters", other, "model type 4", [](ModelFile& f) { f.model_type = 4; });
  row("a normaliser", other, "'nmt_nfkc'", [](ModelFile& f) {
    put_bytes(f.normalizer, 1, "nmt_nfkc");
    put_bytes(f.normalizer, 2, "map");
  });
  row("spaces removed", other, "'remove_extra_whitespaces'",
      [](ModelFile& f) { f.removes_spaces = true; });
  row("spaces kept", other, "'escape_whitespaces'",
      [](ModelFile& f) { put_number(f.normalizer, 5, 0); });
  row("spaces behind", other, "'treat_whitespace_as_suffix'",
      [](ModelFile& f) { put_number(f.trainer, 24, 1); });
  row("a denormaliser", other, "normaliser", [](ModelFile& f) {
    std::string spec;
    put_bytes(spec, 2, "map");
    put_bytes(f.more, 5, spec);
  });
  row("no pieces", broken, "no pieces", [](ModelFile& f) { f.pieces.clear(); });
  row("an empty piece", broken, "piece 5 is empty", [](ModelFile& f) { f.pieces[5].text.clear(); });
  row("not UTF-8", broken, "piece 300 is not UTF-8",
      [](ModelFile& f) { f.pieces[300].text = std::string(1, '\xff'); });
  row("twice the same", broken, "'in' occurs twice",
      [](ModelFile& f) { f.pieces[300].text.assign("in"); });
  row("a long piece", broken, "longer than",
      [](ModelFile& f) { f.pieces[300].text = std::string(5000, 'x'); });
  row("score", broken, "the score of piece 300",
      [](ModelFile& f) { f.pieces[300].score = std::numeric_limits<float>::quiet_NaN(); });
  row("kind", other, "of kind 9", [](ModelFile& f) { f.pieces[300].kind = static_cast<Kind>(9); });
  row("no unknown piece", broken, "exactly one unknown",
      [](ModelFile& f) { f.pieces[0].kind = Kind::Normal; });
  row("two unknown pieces", broken, "exactly one unknown",
      [](ModelFile& f) { f.pieces[300].kind = Kind::Unknown; });
  row("a byte is missing", broken, "255 of 256",
      [](ModelFile& f) { f.pieces[10].kind = Kind::Normal; });
  row("no byte", broken, "is not <0xNN>", [](ModelFile& f) { f.pieces[300].kind = Kind::Byte; });
  row("a byte spelled otherwise", broken, "is not <0xNN>",
      [](ModelFile& f) { f.pieces[258].text.assign("<0xff>"); });
  row("too many added tokens", broken, "added tokens", [](ModelFile& f) {
    for (int i = 0; i < 300; ++i)
      f.pieces.push_back({std::to_string(i) + std::string(4000, 'x'), 0, Kind::Control});
  });
}

void SentencePieceTest::refuses_models() {
  QFETCH(std::function<void(ModelFile&)>, change);
  QFETCH(ErrorCode, code);
  QFETCH(QString, fragment);
  ModelFile file;
  change(file);
  EXPECT_ERROR(Tokenizer::parse_sentencepiece(file.bytes(), "my.model"), code, fragment);
  EXPECT_ERROR(Tokenizer::parse_sentencepiece(file.bytes(), "my.model"), code, "my.model");
}

// Cut anywhere, or with wrong bytes: an error in words, or a tokenizer that works.
void SentencePieceTest::broken_files_are_errors() {
  const std::string whole = read_text(kModelFile);
  std::mt19937 random(9);
  int num_refused = 0;
  for (int round = 0; round < 900; ++round) {
    std::string bytes = whole;
    if (round % 3 == 0) {
      bytes.resize(random() % bytes.size());
    } else {
      for (unsigned i = 0; i <= random() % 3; ++i)
        bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    try {
      const auto tokenizer = Tokenizer::parse_sentencepiece(bytes, "test");
      const Ids ids = tokenizer->encode("The weather, 中文 \u2581 <s>", true);
      for (const int32_t id : ids) QVERIFY(id >= 0 && id < tokenizer->size());
      tokenizer->decode(ids);
    } catch (const engine::Error& error) {
      QVERIFY(error.code() == ErrorCode::InvalidFile || error.code() == ErrorCode::Unsupported);
      ++num_refused;
    }
  }
  QVERIFY(num_refused > 300);
  EXPECT_ERROR(Tokenizer::parse_sentencepiece("", "test"), ErrorCode::InvalidFile, "no pieces");
  EXPECT_ERROR(Tokenizer::parse_sentencepiece("{\"a\": 1}", "test"), ErrorCode::InvalidFile, "");
}
