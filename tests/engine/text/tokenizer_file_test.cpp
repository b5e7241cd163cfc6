// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/text/tokenizer_file_test.h"

#include <QTemporaryDir>
#include <QtTest>
#include <functional>

#include "tests/engine/text/helpers.h"

using engine::ErrorCode;
using engine::Tokenizer;
using nlohmann::json;

using Change = std::function<void(json&)>;
Q_DECLARE_METATYPE(Change)

namespace {

json small_spec() { return json::parse(read_text(test_data("tiny-qwen3/tokenizer.json"))); }

// A JSON pointer set to a value, or removed.
Change set(const char* pointer, json value) {
  return [=](json& spec) { spec[json::json_pointer(pointer)] = value; };
}
Change remove(const char* parent, const char* key) {
  return [=](json& spec) { spec[json::json_pointer(parent)].erase(key); };
}

json added(int id, const std::string& content) {
  return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
          {"rstrip", false}, {"normalized", false}, {"special", true}};
}
Change add_token(json token) {
  return [=](json& spec) { spec["added_tokens"].push_back(token); };
}

}  // namespace

void TokenizerFileTest::refuses_data() {
  QTest::addColumn<Change>("change");
  QTest::addColumn<QString>("code");
  QTest::addColumn<QString>("fragment");
  const auto broken = [](const char* name, Change change, const char* fragment) {
    QTest::newRow(name) << change << "invalid_file" << fragment;
  };
  const auto unknown = [](const char* name, Change change, const char* fragment) {
    QTest::newRow(name) << change << "unsupported" << fragment;
  };
  broken(
      "a list", [](json& spec) { spec = json::array(); }, "not a JSON object");
  broken("no model", remove("", "model"), "'model' is missing");
  broken("model is a string", set("/model", "BPE"), "'model' must be an object");
  broken("no vocab", remove("/model", "vocab"), "'model.vocab' must be an object");
  broken("vocab is a list", set("/model/vocab", json::array()), "'model.vocab' must be an object");
  broken("no merges", remove("/model", "merges"), "'model.merges' must be a list");
  broken("merges is an object", set("/model/merges", json::object()),
         "'model.merges' must be a list");
  broken("id is a string", set("/model/vocab/!", "0"), "'model.vocab.!' must be a token id");
  broken("id is negative", set("/model/vocab/!", -1), "'model.vocab.!' must be a token id");
  broken("id is a fraction", set("/model/vocab/!", 1.5), "'model.vocab.!' must be a token id");
  broken("id is huge", set("/model/vocab/!", 1ull << 40), "'model.vocab.!' must be a token id");
  broken("id beyond 64 bits", set("/model/vocab/!", UINT64_MAX),
         "'model.vocab.!' must be a token id");
  broken("id twice", set("/model/vocab/!", 1), "a second time");
  broken(
      "empty piece", [](json& spec) { spec["model"]["vocab"][""] = 9000; }, "empty piece");
  broken(
      "100 KB piece", [](json& spec) { spec["model"]["vocab"][std::string(100000, 'a')] = 9000; },
      "100000 bytes");
  broken("a byte is missing", remove("/model/vocab", "Ġ"), "no piece for the byte 32");
  broken("merge of one piece", set("/model/merges/5", json::array({"a"})),
         "'model.merges[5]' must be two pieces");
  broken("merge of three pieces", set("/model/merges/5", "a b c"),
         "'model.merges[5]' must be two pieces");
  broken("merge of numbers", set("/model/merges/5", json::array({1, 2})),
         "'model.merges[5]' must be two pieces");
  broken("merge of unknown pieces", set("/model/merges/5", "zzz zzz"),
         "'model.merges[5]' needs the piece 'zzz'");
  broken("merge to an unknown piece", set("/model/merges/5", "! ~"),
         "'model.merges[5]' needs the piece '!~'");
  broken("added tokens in an object", set("/added_tokens", json::object()),
         "'added_tokens' must be a list");
  broken("added token is a string", set("/added_tokens/3", "x"),
         "'added_tokens[3]' must be an object");
  broken("added token without content", remove("/added_tokens/3", "content"),
         "'added_tokens[3].content'");
  broken("added token is empty", set("/added_tokens/3/content", ""), "'added_tokens[3].content'");
  broken("added token without id", remove("/added_tokens/3", "id"),
         "'added_tokens[3].id' is missing");
  broken("added id of another token", set("/added_tokens/3/id", 5),
         "'added_tokens[3].id' gives the id 5 a second time");
  broken("added id twice", set("/added_tokens/3/id", 2022),
         "'added_tokens[3].id' gives the id 2022 a second time");
  broken("added token twice", add_token(added(9000, "<|im_end|>")),
         "'added_tokens[26].content' appears twice");
  broken("added token against the vocabulary", add_token(added(9000, "in")),
         "but model.vocab gives this token the id");
  broken("added token too long", add_token(added(9000, std::string(600, 'x'))), "is too long");
  broken("flag is a number", set("/added_tokens/3/special", 1),
         "'added_tokens[3].special' must be true or false");
  broken("normalizer is a string", set("/normalizer", "NFC"), "'normalizer' must be an object");
  broken("no decoder", set("/decoder", nullptr), "'decoder' is missing");
  broken("no pre-tokenizer", set("/pre_tokenizer", nullptr), "'pre_tokenizer' is missing");
  broken("no pattern", remove("/pre_tokenizer/pretokenizers/0", "pattern"),
         "pretokenizers[0].pattern' must be an object");
  broken("ignore_merges is a number", set("/model/ignore_merges", 1),
         "'model.ignore_merges' must be true or false");

  unknown("normalizer", set("/normalizer/type", "NFKC"), "'normalizer' is NFKC");
  unknown("pre-tokenizer", set("/pre_tokenizer/type", "Metaspace"), "'pre_tokenizer' is Metaspace");
  unknown(
      "three steps",
      [](json& spec) {
        spec["pre_tokenizer"]["pretokenizers"].push_back({{"type", "Digits"}});
      },
      "a sequence of 3 steps");
  unknown("pattern", set("/pre_tokenizer/pretokenizers/0/pattern/Regex", "(a+)+$"),
          "the regular expression '(a+)+$'");
  unknown("behaviour", set("/pre_tokenizer/pretokenizers/0/behavior", "Removed"), "Removed");
  unknown("inverted", set("/pre_tokenizer/pretokenizers/0/invert", true), "invert' is true");
  unknown("prefix space", set("/pre_tokenizer/pretokenizers/1/add_prefix_space", true),
          "add_prefix_space' is true");
  unknown("GPT-2 pattern", set("/pre_tokenizer/pretokenizers/1/use_regex", true),
          "use_regex' is true");
  unknown("post-processor", set("/post_processor/type", "TemplateProcessing"),
          "'post_processor' is TemplateProcessing");
  unknown("decoder", set("/decoder/type", "WordPiece"), "'decoder' is WordPiece");
  unknown("model", set("/model/type", "Unigram"), "'model.type' is Unigram");
  unknown("dropout", set("/model/dropout", 0.1), "'model.dropout' is 0.1");
  unknown("byte fallback", set("/model/byte_fallback", true), "'model.byte_fallback' is true");
  unknown("suffix", set("/model/end_of_word_suffix", "</w>"),
          "'model.end_of_word_suffix' is '</w>'");
  unknown(
      "a byte that is an added token",
      [](json& spec) { spec["added_tokens"].push_back(added(spec["model"]["vocab"]["!"], "!")); },
      "piece of a single byte");
}

void TokenizerFileTest::refuses() {
  QFETCH(Change, change);
  QFETCH(QString, code);
  QFETCH(QString, fragment);
  json spec = small_spec();
  change(spec);
  try {
    Tokenizer::parse(spec.dump(), "dir/tokenizer.json");
    QFAIL("nothing was thrown");
  } catch (const engine::Error& error) {
    QCOMPARE(QString(engine::error_code_name(error.code())), code);
    QVERIFY2(QString::fromUtf8(error.what()).contains(fragment), error.what());
    QVERIFY2(QString::fromUtf8(error.what()).startsWith("dir/tokenizer.json"), error.what());
  }
}

void TokenizerFileTest::accepts_data() {
  QTest::addColumn<Change>("change");
  QTest::newRow("as it is") << Change([](json&) {});
  QTest::newRow("merges as strings") << Change([](json& spec) {
    for (json& merge : spec["model"]["merges"])
      merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  });
  QTest::newRow("unknown keys") << set("/something", 1);
  QTest::newRow("truncation and padding") << set("/truncation", json::object());
  QTest::newRow("a merge twice") << Change([](json& spec) {
    // The later rank counts: the first of the two is as good as not there.
    auto& merges = spec["model"]["merges"];
    merges.insert(merges.begin(), merges.back());
  });
  QTest::newRow("a piece outside the byte alphabet")
      << Change([](json& spec) { spec["model"]["vocab"]["好"] = 9000; });
}

void TokenizerFileTest::accepts() {
  QFETCH(Change, change);
  json spec = small_spec();
  change(spec);
  const auto tokenizer = Tokenizer::parse(spec.dump(), "test");
  for (const auto& row : read_json_lines(test_data("tiny-qwen3-tokens.jsonl")))
    if (row.contains("text"))
      QCOMPARE(tokenizer->encode(row["text"].get<std::string>(), true), row["ids"].get<Ids>());
}

void TokenizerFileTest::files_that_are_not_there() {
  const QTemporaryDir dir;
  EXPECT_ERROR(Tokenizer::load(dir.filePath("tokenizer.json").toStdString()), ErrorCode::NotFound,
               "tokenizer.json");
  EXPECT_ERROR(Tokenizer::load(dir.path().toStdString()), ErrorCode::InvalidFile, dir.path());
  EXPECT_ERROR(Tokenizer::parse("{\"model\": ", "x"), ErrorCode::InvalidFile, "not valid JSON");
}

// Published tokenizers exist whose added tokens are reached by merging too.
void TokenizerFileTest::content_never_yields_an_added_token_of_the_vocabulary() {
  for (const bool ignore_merges : {false, true}) {
    json spec = small_spec();
    const int id = spec["model"]["vocab"]["in"];
    spec["added_tokens"].push_back(added(id, "in"));
    spec["model"]["ignore_merges"] = ignore_merges;
    const auto tokenizer = Tokenizer::parse(spec.dump(), "test");
    QVERIFY(tokenizer->is_added(id));
    for (const char* text : {"in", " in", "in in", "inin", "begin", "<|im_start|>in"}) {
      for (const int32_t token : tokenizer->encode(text, false))
        QVERIFY(!tokenizer->is_added(token));
      QCOMPARE(tokenizer->decode(tokenizer->encode(text, false)), std::string(text));
    }
    QCOMPARE(tokenizer->encode("in", true), Ids{id});
  }
}
