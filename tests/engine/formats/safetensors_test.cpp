// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/formats/safetensors_test.h"

#include <QTemporaryDir>
#include <QtTest>

#include "engine/formats/safetensors.h"
#include "tests/engine/formats/files.h"

using engine::ErrorCode;

namespace {

std::vector<engine::SafetensorsEntry> parse(const QByteArray& file) {
  const engine::MemoryBytes bytes(
      std::as_bytes(std::span(file.constData(), static_cast<size_t>(file.size()))));
  return engine::parse_safetensors_header(bytes, "model.safetensors");
}

QByteArray data_of(const engine::TensorView& view) {
  QByteArray bytes(static_cast<qsizetype>(view.num_bytes), '\x55');
  view.source->read(view.offset, bytes.data(), view.num_bytes);
  return bytes;
}

QByteArray tensor(const QByteArray& name, const QByteArray& dtype, const QByteArray& shape,
                  const QByteArray& offsets) {
  return '"' + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
         offsets + '}';
}

QByteArray one(const QByteArray& dtype, const QByteArray& shape, const QByteArray& offsets) {
  return '{' + tensor("t", dtype, shape, offsets) + '}';
}

QByteArray bytes(std::initializer_list<int> values) {
  QByteArray out;
  for (const int value : values) out.append(static_cast<char>(value));
  return out;
}

// Two tensors, metadata, padding: all that an ordinary file has.
QByteArray ordinary_file() {
  QByteArray data;
  for (int i = 0; i < 20; ++i) data.append(static_cast<char>(i));
  return safetensors("{\"__metadata__\":{\"format\":\"pt\"}," +
                         tensor("b", "BF16", "[2,3]", "[8,20]") + ',' +
                         tensor("a", "F32", "[2]", "[0,8]") + "}  ",
                     data);
}

}  // namespace

void SafetensorsTest::accepts_data() {
  QTest::addColumn<QByteArray>("file");
  QTest::addColumn<int>("num_tensors");
  QTest::newRow("no tensors") << safetensors("{}") << 0;
  QTest::newRow("padded") << safetensors("{}      ") << 0;
  QTest::newRow("white space in front") << safetensors("\t\n{}") << 0;
  QTest::newRow("metadata only") << safetensors(R"({"__metadata__":{"a":"b"}})") << 0;
  QTest::newRow("metadata null") << safetensors(R"({"__metadata__":null})") << 0;
  QTest::newRow("empty tensor") << safetensors(one("F32", "[2,0]", "[0,0]")) << 1;
  QTest::newRow("empty tensor with a huge dimension")
      << safetensors(one("F32", "[0,9223372036854775807]", "[0,0]")) << 1;
  QTest::newRow("rank 0") << safetensors(one("F32", "[]", "[0,4]"), "abcd") << 1;
  QTest::newRow("16 dimensions") << safetensors(
                                        one("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]"),
                                        "a")
                                 << 1;
  QTest::newRow("half bytes") << safetensors(one("F4", "[2]", "[0,1]"), "a") << 1;
  QTest::newRow("order of names is free") << ordinary_file() << 2;
  QTest::newRow("unknown key of a tensor")
      << safetensors(
             R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":{"x":[1,{"y":-1.5}]},"z":null}})",
             "a")
      << 1;
  QTest::newRow("several empty tensors at one place")
      << safetensors('{' + tensor("a", "F32", "[0]", "[0,0]") + ',' +
                         tensor("b", "F32", "[0]", "[0,0]") + ',' +
                         tensor("c", "F32", "[1]", "[0,4]") + '}',
                     "abcd")
      << 3;
}

void SafetensorsTest::accepts() {
  QFETCH(QByteArray, file);
  QFETCH(int, num_tensors);
  const auto entries = parse(file);
  QCOMPARE(static_cast<int>(entries.size()), num_tensors);
  for (const auto& entry : entries)
    QVERIFY(entry.begin <= entry.end && entry.end <= static_cast<uint64_t>(file.size()));
}

void SafetensorsTest::refuses_data() {
  QTest::addColumn<QByteArray>("file");
  QTest::addColumn<QString>("fragment");
  const auto row = [](const char* name, const QByteArray& file, const char* fragment) {
    QTest::newRow(name) << file << QString(fragment);
  };
  // The reference implementation's own vectors.
  row("empty file", {}, "too few for a safetensors header");
  row("length only", bytes({0x3c, 0, 0, 0, 0, 0, 0, 0}), "more than the file holds");
  row("huge length", bytes({0x3c, 0, 0, 0, 0, 0xff, 0xff, 0xff}), "at most 100,000,000");
  row("length near 2^64", QByteArray(8, '\xff'), "at most 100,000,000");
  row("not UTF-8", bytes({1, 0, 0, 0, 0, 0, 0, 0, 0xff}), "not valid JSON");
  row("cut JSON", bytes({1, 0, 0, 0, 0, 0, 0, 0, '{'}), "not valid JSON");
  row("zero header", QByteArray(8, '\0'), "not valid JSON");
  row("polyglot", ordinary_file() + "extra_bogus_data_for_polyglot_file", "belong to nothing");
  row("two bytes missing", ordinary_file().chopped(2), "after the end of the file");
  row("shape larger than offsets", safetensors(one("F32", "[2,2]", "[0,4]"), "abcd"),
      "need 16 bytes");
  row("shape smaller than offsets", safetensors(one("F32", "[1]", "[0,8]"), "abcdefgh"),
      "need 4 bytes");
  row("dimension near 2^64",
      safetensors(one("F32", "[2,18446744073709551614]", "[0,16]"), QByteArray(16, 'a')),
      "overflows");
  row("product overflows",
      safetensors(one("F32", "[2,9223372036854775807]", "[0,16]"), QByteArray(16, 'a')),
      "overflows");
  row("bytes overflow", safetensors(one("F64", "[2305843009213693952]", "[0,0]")), "overflows");
  QByteArray attack = "{";
  for (int i = 0; i < 10; ++i)
    attack += (i ? "," : "") + tensor("t" + QByteArray::number(i), "F32", "[2,2]", "[0,16]");
  row("ten tensors in one place", safetensors(attack + '}', QByteArray(16, 'a')), "overlaps");
  // Holes, overlaps, lies.
  row("hole in front", safetensors(one("U8", "[2]", "[1,3]"), "abc"), "hole");
  row("hole between",
      safetensors(
          '{' + tensor("a", "U8", "[1]", "[0,1]") + ',' + tensor("b", "U8", "[1]", "[2,3]") + '}',
          "abc"),
      "hole");
  row("overlap",
      safetensors(
          '{' + tensor("a", "U8", "[2]", "[0,2]") + ',' + tensor("b", "U8", "[2]", "[1,3]") + '}',
          "abc"),
      "overlaps");
  row("end before begin", safetensors(one("U8", "[2]", "[2,0]"), "ab"), "overlaps");
  row("offset near 2^64", safetensors(one("U8", "[2]", "[0,18446744073709551615]"), "ab"),
      "need 2 bytes");
  row("offset beyond 2^64", safetensors(one("U8", "[2]", "[0,18446744073709551616]"), "ab"),
      "unexpected a fraction");
  row("larger than the file", safetensors(one("U8", "[1000]", "[0,1000]"), "ab"),
      "after the end of the file");
  row("half a byte over", safetensors(one("F4", "[3]", "[0,2]"), "ab"), "whole byte");
  row("data without tensors", safetensors("{}", "a"), "belong to nothing");
  // The header's form.
  row("array", safetensors("[]"), "not a JSON object");
  row("number", safetensors("1"), "not a JSON object");
  row("tensor is a number", safetensors(R"({"t":1})"), "'t' must be an object");
  row("tensor is null", safetensors(R"({"t":null})"), "'t' must be an object");
  row("tensor is an array", safetensors(R"({"t":[]})"), "'t' must be an object");
  row("no dtype", safetensors(R"({"t":{"shape":[1],"data_offsets":[0,1]}})", "a"),
      "'dtype' is missing");
  row("no shape", safetensors(R"({"t":{"dtype":"U8","data_offsets":[0,1]}})", "a"),
      "'shape' is missing");
  row("no offsets", safetensors(R"({"t":{"dtype":"U8","shape":[1]}})", "a"), "two numbers");
  row("one offset", safetensors(one("U8", "[1]", "[0]"), "a"), "two numbers");
  row("three offsets", safetensors(one("U8", "[1]", "[0,1,1]"), "a"), "two numbers");
  row("negative dimension", safetensors(one("U8", "[-1]", "[0,1]"), "a"), "negative");
  row("fractional dimension", safetensors(one("U8", "[1.0]", "[0,1]"), "a"), "fraction");
  row("text as dimension", safetensors(one("U8", "[\"1\"]", "[0,1]"), "a"), "a string");
  row("nested shape", safetensors(one("U8", "[[1]]", "[0,1]"), "a"), "an array");
  row("shape is an object", safetensors(one("U8", "{}", "[0,1]"), "a"), "unexpected");
  row("dtype is a number",
      safetensors(R"({"t":{"dtype":8,"shape":[1],"data_offsets":[0,1]}})", "a"), "a number");
  row("unknown dtype", safetensors(one("X7", "[1]", "[0,1]"), "a"), "'X7' does not exist");
  row("17 dimensions", safetensors(one("U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,1]"), "a"),
      "16 dimensions");
  row("duplicate tensor",
      safetensors(
          '{' + tensor("a", "U8", "[1]", "[0,1]") + ',' + tensor("a", "U8", "[1]", "[1,2]") + '}',
          "ab"),
      "described twice");
  row("duplicate key",
      safetensors(R"({"t":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "a"),
      "appears twice");
  row("duplicate metadata", safetensors(R"({"__metadata__":{"a":"1","a":"2"}})"), "appears twice");
  row("metadata twice", safetensors(R"({"__metadata__":{},"__metadata__":{}})"), "described twice");
  row("metadata of numbers", safetensors(R"({"__metadata__":{"a":1}})"), "only strings");
  row("metadata nested", safetensors(R"({"__metadata__":{"a":{}}})"), "only strings");
  row("metadata is text", safetensors(R"({"__metadata__":"x"})"),
      "'__metadata__' must be an object");
  row("text after the header", safetensors("{}x"), "not valid JSON");
  row("NUL padding", safetensors(QByteArray("{}\0\0", 4)), "NUL");
  row("byte order mark", safetensors("\xef\xbb\xbf{}"), "byte order mark");
  row("deep unknown value", safetensors(R"({"t":{"x":)" + QByteArray(100000, '[')), "128 levels");
  row("control characters in a name", safetensors(R"({"a\u001b[2J":1})"), "\\x1b");
}

void SafetensorsTest::refuses() {
  QFETCH(QByteArray, file);
  QFETCH(QString, fragment);
  EXPECT_ERROR(parse(file), ErrorCode::InvalidFile, fragment);
  EXPECT_ERROR(parse(file), ErrorCode::InvalidFile, "model.safetensors: ");
}

void SafetensorsTest::every_truncation_of_a_file_is_refused() {
  const QByteArray file = ordinary_file();
  QCOMPARE(parse(file).size(), size_t(2));
  for (int length = 0; length < file.size(); ++length)
    EXPECT_ERROR(parse(file.left(length)), ErrorCode::InvalidFile, "model.safetensors");
}

void SafetensorsTest::every_flipped_byte_is_refused_or_read_safely() {
  const QByteArray file = ordinary_file();
  for (int i = 0; i < file.size() - 20; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      QByteArray changed = file;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      try {
        for (const auto& entry : parse(changed))
          QVERIFY(entry.begin <= entry.end && entry.end <= static_cast<uint64_t>(file.size()));
      } catch (const engine::Error& error) {
        QCOMPARE(error.code(), ErrorCode::InvalidFile);
      }
    }
  }
}

void SafetensorsTest::tensors_are_found_with_their_bytes() {
  const QTemporaryDir dir;
  write_file(dir.filePath("model.safetensors"), ordinary_file());
  const auto source = engine::open_safetensors(dir.path().toStdString());
  QCOMPARE(source->total_bytes(), int64_t(20));
  QCOMPARE(source->tensors().size(), size_t(2));
  QCOMPARE(source->tensors()[0].name, std::string("a"));  // in the order of the data
  QVERIFY(source->contains("b") && !source->contains("c"));
  const auto view = source->tensor("b", {2, 3});
  QCOMPARE(view.dtype, kernels::DType::BF16);
  QCOMPARE(view.num_bytes, int64_t(12));
  QCOMPARE(data_of(view), bytes({8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}));
}

void SafetensorsTest::asking_for_a_wrong_tensor() {
  const QTemporaryDir dir;
  write_file(dir.filePath("model.safetensors"),
             safetensors('{' + tensor("a", "BF16", "[2,3]", "[0,12]") + ',' +
                             tensor("q", "I32", "[1]", "[12,16]") + '}',
                         QByteArray(16, 'x')));
  const engine::SafetensorsSource source(dir.path().toStdString());
  EXPECT_ERROR(source.tensor("z", {1}), ErrorCode::InvalidFile, "'z' is missing");
  EXPECT_ERROR(source.tensor("a", {3, 2}), ErrorCode::InvalidFile,
               "[2, 3]; config.json asks for [3, 2]");
  EXPECT_ERROR(source.tensor("a", {6}), ErrorCode::InvalidFile, "asks for [6]");
  EXPECT_ERROR(source.tensor("q", {1}), ErrorCode::Unsupported, "the dtype I32");
  QVERIFY(source.contains("q"));
  QCOMPARE(source.entries().size(), size_t(2));
  QCOMPARE(source.tensors().size(), size_t(1));
}

// Old writers did not pad the header.
void SafetensorsTest::unaligned_tensors_are_read() {
  const QTemporaryDir dir;
  for (int padding = 0; padding < 4; ++padding) {
    write_file(dir.filePath("model.safetensors"),
               safetensors(one("F32", "[2]", "[0,8]") + QByteArray(padding, ' '), "abcdefgh"));
    const engine::SafetensorsSource source(dir.path().toStdString());
    QCOMPARE(data_of(source.tensor("t", {2})), QByteArray("abcdefgh"));
  }
}

// Gate and up: rows of one tensor at every other place. More rows than one call of the system
// takes.
void SafetensorsTest::rows_are_read_to_their_places() {
  constexpr int kRows = 2500, kRowBytes = 4, kStride = 8;
  QByteArray data(kRows * kRowBytes, '\0'), want(kRows * kStride, '\x55');
  for (int i = 0; i < data.size(); ++i) {
    data[i] = static_cast<char>(i * 7 + i / 251);
    want[i / kRowBytes * kStride + i % kRowBytes] = data[i];
  }
  const QTemporaryDir dir;
  write_file(dir.filePath("model.safetensors"),
             safetensors(one("F32", "[2500,1]", "[0,10000]"), data));
  const auto source = engine::open_safetensors(dir.path().toStdString());
  const auto view = source->tensor("t", {kRows, 1});
  const engine::MemoryBytes memory(
      std::as_bytes(std::span(data.constData(), static_cast<size_t>(data.size()))));
  QByteArray got(want.size(), '\x55');
  view.source->read_rows(view.offset, {got.data(), kRows, kRowBytes, kStride});
  QVERIFY(got == want);
  got.fill('\x55');
  memory.read_rows(0, {got.data(), kRows, kRowBytes, kStride});
  QVERIFY(got == want);
}

// A download that begins anew, a network disk: with a mapping this was SIGBUS.
void SafetensorsTest::files_that_change_under_us() {
  const QTemporaryDir dir;
  const QString path = dir.filePath("model.safetensors");
  const QByteArray whole = safetensors(one("F32", "[4096]", "[0,16384]"), QByteArray(16384, 'x'));
  const auto open = [&] {
    write_file(path, whole);
    QFile file(path);  // the clock of a file system may tick slowly
    QVERIFY(file.open(QIODevice::ReadWrite) &&
            file.setFileTime(QDateTime::fromSecsSinceEpoch(1), QFile::FileModificationTime));
  };
  open();
  const auto shorter = engine::open_safetensors(dir.path().toStdString());
  shorter->check_unchanged();
  QVERIFY(QFile::resize(path, whole.size() - 8192));
  EXPECT_ERROR(data_of(shorter->tensor("t", {4096})), ErrorCode::Io,
               "model.safetensors changed while it was read: another program is writing it");
  open();
  const auto rewritten = engine::open_safetensors(dir.path().toStdString());
  write_file(path, whole);
  QCOMPARE(data_of(rewritten->tensor("t", {4096})).size(), 16384);
  EXPECT_ERROR(rewritten->check_unchanged(), ErrorCode::Io, "changed while it was read");
  // As download tools replace a file: this one keeps its bytes.
  open();
  const auto kept = engine::open_safetensors(dir.path().toStdString());
  write_file(dir.filePath("new"), QByteArray(10, 'y'));
  QVERIFY(QFile::remove(path) && QFile::rename(dir.filePath("new"), path));
  QCOMPARE(data_of(kept->tensor("t", {4096})), QByteArray(16384, 'x'));
  kept->check_unchanged();
}

void SafetensorsTest::shards_data() {
  QTest::addColumn<QByteArray>("index");
  QTest::addColumn<QString>("fragment");
  const auto map = [](const QByteArray& entries) {
    return R"({"metadata":{"total_size":8},"weight_map":{)" + entries + "}}";
  };
  QTest::newRow("broken") << QByteArray("{") << "not valid JSON";
  QTest::newRow("no map") << QByteArray("{}") << "weight_map";
  QTest::newRow("empty map") << QByteArray(map("")) << "weight_map";
  QTest::newRow("map is a list") << QByteArray(R"({"weight_map":[]})") << "weight_map";
  QTest::newRow("duplicate") << QByteArray(map(R"("a":"one.safetensors","a":"two.safetensors")"))
                             << "appears twice";
  QTest::newRow("missing shard") << QByteArray(map(R"("a":"three.safetensors")"))
                                 << "three.safetensors that the index names is missing";
  QTest::newRow("lie") << QByteArray(map(R"("a":"one.safetensors","b":"one.safetensors")"))
                       << "'b', but it does not";
  for (const char* name : {"../one.safetensors", "/etc/one.safetensors", "sub/one.safetensors",
                           "..", "", ".safetensors", "one.bin", R"(one\u0000.safetensors)",
                           R"(a\\b.safetensors)", "..%2fx", R"(a\n.safetensors)"})
    QTest::addRow("name %s", name)
        << QByteArray(map(R"("a":")" + QByteArray(name) + '"')) << "plain name";
  QTest::newRow("name is a number") << QByteArray(map(R"("a":1)")) << "plain name";
}

void SafetensorsTest::shards() {
  QFETCH(QByteArray, index);
  QFETCH(QString, fragment);
  const QTemporaryDir dir;
  write_file(dir.filePath("one.safetensors"),
             safetensors('{' + tensor("a", "F32", "[1]", "[0,4]") + '}', "abcd"));
  write_file(dir.filePath("two.safetensors"),
             safetensors('{' + tensor("b", "F32", "[1]", "[0,4]") + '}', "efgh"));
  write_file(dir.filePath("model.safetensors.index.json"), index);
  EXPECT_ERROR(engine::open_safetensors(dir.path().toStdString()), ErrorCode::InvalidFile,
               fragment);
}

void SafetensorsTest::shards_are_read_as_the_index_says() {
  const QTemporaryDir dir;
  // Both shards hold "a"; the index decides. "c" is listed nowhere.
  write_file(dir.filePath("one.safetensors"),
             safetensors('{' + tensor("a", "F32", "[1]", "[0,4]") + '}', "abcd"));
  write_file(dir.filePath("two.safetensors"),
             safetensors('{' + tensor("a", "F32", "[1]", "[0,4]") + ',' +
                             tensor("b", "F32", "[1]", "[4,8]") + ',' +
                             tensor("c", "F32", "[1]", "[8,12]") + '}',
                         "efghijklmnop"));
  write_file(dir.filePath("model.safetensors.index.json"),
             R"({"weight_map":{"a":"two.safetensors","b":"two.safetensors"}})");
  const auto source = engine::open_safetensors(dir.path().toStdString());
  QCOMPARE(data_of(source->tensor("a", {1})), QByteArray("efgh"));
  QVERIFY(!source->contains("c"));
  QCOMPARE(source->total_bytes(), int64_t(8));
}

void SafetensorsTest::other_formats_are_named() {
  const QTemporaryDir dir;
  const std::string folder = dir.path().toStdString();
  EXPECT_ERROR(engine::open_safetensors(folder), ErrorCode::NotFound,
               "neither model.safetensors nor");
  EXPECT_ERROR(engine::open_safetensors(folder + "/absent"), ErrorCode::NotFound, "absent");
  write_file(dir.filePath("pytorch_model.bin"), "x");
  EXPECT_ERROR(engine::open_safetensors(folder), ErrorCode::Unsupported, "*.bin");
  QDir().mkpath(dir.filePath("model.safetensors"));
  EXPECT_ERROR(engine::open_safetensors(folder), ErrorCode::InvalidFile, "is not a file");
}

void SafetensorsTest::small_models_data() {
  QTest::addColumn<int>("num_tensors");
  QTest::newRow("tiny-qwen3") << 4 * 11 + 2;
  QTest::newRow("tiny-qwen3-sharded-untied-f16") << 3 * 11 + 3;
  QTest::newRow("tiny-qwen3-yarn") << 2 * 11 + 2;
}

void SafetensorsTest::small_models() {
  QFETCH(int, num_tensors);
  const std::string folder = std::string(FIRESIDE_TEST_DATA) + '/' + QTest::currentDataTag();
  QCOMPARE(static_cast<int>(engine::open_safetensors(folder)->tensors().size()), num_tensors);
}
