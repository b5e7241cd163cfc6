// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/formats/json_test.h"

#include <sys/stat.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QtTest>

#include "engine/base/checked_size.h"
#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/log.h"
#include "tests/engine/formats/files.h"

using engine::CheckedSize;
using engine::ErrorCode;
using engine::JsonObject;

void JsonTest::accepts_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::newRow("number") << QByteArray("1");
  QTest::newRow("white space") << QByteArray(" \t\r\n{} \n");
  QTest::newRow("same key on two levels") << QByteArray(R"({"a":{"a":[{"a":1},{"a":2}]}})");
  QTest::newRow("128 levels") << QByteArray(128, '[') + QByteArray(128, ']');
  QTest::newRow("escaped NUL") << QByteArray(R"({"a":"\u0000"})");
}

void JsonTest::accepts() {
  QFETCH(QByteArray, text);
  const auto json = engine::parse_json(text.toStdString(), "test");
  // What was built is what an ordinary parser builds.
  QVERIFY(json == nlohmann::json::parse(text.toStdString()));
}

void JsonTest::refuses_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("fragment");
  QTest::newRow("empty") << QByteArray() << "not valid JSON";
  QTest::newRow("duplicate key") << QByteArray(R"({"a":1,"b":2,"a":3})") << "'a' appears twice";
  QTest::newRow("duplicate key, escaped") << QByteArray(R"({"a":1,"\u0061":3})") << "appears twice";
  QTest::newRow("129 levels") << QByteArray(129, '[') + QByteArray(129, ']') << "128 levels";
  QTest::newRow("a million levels") << QByteArray(1000000, '[') << "128 levels";
  QTest::newRow("a million objects") << QByteArray(R"({"a":)").repeated(1000000) << "128 levels";
  QTest::newRow("text after it") << QByteArray("{} x") << "not valid JSON";
  QTest::newRow("NUL after it") << QByteArray("{}\0{", 4) << "NUL";
  QTest::newRow("byte order mark") << QByteArray("\xef\xbb\xbf{}") << "byte order mark";
  QTest::newRow("not UTF-8") << QByteArray("\"\xff\"") << "not valid JSON";
  QTest::newRow("lone surrogate") << QByteArray(R"("\ud800")") << "not valid JSON";
  QTest::newRow("comment") << QByteArray("{} // no") << "not valid JSON";
  QTest::newRow("NaN") << QByteArray("[NaN]") << "not valid JSON";
  QTest::newRow("too large a number") << QByteArray("[1e999]") << "not valid JSON";
  QTest::newRow("cut") << QByteArray(R"({"a": [1, 2)") << "not valid JSON";
}

void JsonTest::refuses() {
  QFETCH(QByteArray, text);
  QFETCH(QString, fragment);
  EXPECT_ERROR(engine::parse_json(text.toStdString(), "some/file.json"), ErrorCode::InvalidFile,
               fragment);
  EXPECT_ERROR(engine::parse_json(text.toStdString(), "some/file.json"), ErrorCode::InvalidFile,
               "some/file.json");
}

void JsonTest::objects_are_read_with_types_and_ranges() {
  const auto json = engine::parse_json(
      R"({"n": 5, "x": 0.5, "t": true, "s": "text", "null": null, "big": 18446744073709551615})",
      "test");
  const JsonObject object(json, "test");
  QCOMPARE(object.integer("n", 1, 5), int64_t(5));
  QCOMPARE(object.number("n", 0, 10), 5.0);
  QCOMPARE(object.find_bool("t"), std::optional(true));
  QCOMPARE(object.find_string("s"), std::optional<std::string>("text"));
  QVERIFY(!object.find("null") && !object.find("absent"));
  QVERIFY(!object.find_integer("null", 0, 1));
  EXPECT_ERROR(object.integer("absent", 0, 1), ErrorCode::InvalidFile, "'absent' is missing");
  EXPECT_ERROR(object.integer("n", 6, 9), ErrorCode::InvalidFile,
               "'n' is 5; it must be from 6 to 9");
  EXPECT_ERROR(object.integer("big", 0, INT64_MAX), ErrorCode::InvalidFile, "18446744073709551615");
  EXPECT_ERROR(object.integer("x", 0, 9), ErrorCode::InvalidFile, "whole number");
  EXPECT_ERROR(object.integer("t", 0, 9), ErrorCode::InvalidFile, "whole number");
  EXPECT_ERROR(object.number("s", 0, 9), ErrorCode::InvalidFile, "must be a number");
  EXPECT_ERROR(object.number("x", 1, 9), ErrorCode::InvalidFile, "0.5");
  EXPECT_ERROR(object.find_bool("n"), ErrorCode::InvalidFile, "true or false");
  EXPECT_ERROR(object.find_string("n"), ErrorCode::InvalidFile, "must be a string");
  const auto array = engine::parse_json("[]", "test");
  EXPECT_ERROR(JsonObject(array, "test"), ErrorCode::InvalidFile, "not a JSON object");
}

void JsonTest::checked_sizes_stick_when_they_overflow() {
  const CheckedSize max(UINT64_MAX);
  QVERIFY((max + 0).ok());
  QVERIFY(!(max + 1).ok());
  QVERIFY(!(max + 1 + 0).ok());
  QVERIFY(!(CheckedSize(1ull << 32) * (1ull << 32)).ok());
  QVERIFY(!((max * 2) * 0).ok());
  QCOMPARE((CheckedSize(1ull << 31) * 2 + 5).value(), (1ull << 32) + 5);
}

void JsonTest::files_that_are_no_files() {
  const QTemporaryDir dir;
  const std::string folder = dir.path().toStdString();
  EXPECT_ERROR(engine::read_file(folder + "/absent", 10), ErrorCode::NotFound, "no such file");
  EXPECT_ERROR(engine::read_file(folder, 10), ErrorCode::InvalidFile, "is not a file");
  EXPECT_ERROR(engine::InputFile(folder), ErrorCode::InvalidFile, "is not a file");
  // A pipe without a writer must not make us wait for one.
  QCOMPARE(::mkfifo((folder + "/pipe").c_str(), 0600), 0);
  EXPECT_ERROR(engine::InputFile(folder + "/pipe"), ErrorCode::InvalidFile, "is not a file");
  // A download that did not end: links of the Hugging Face cache that lead nowhere, or to
  // themselves.
  for (const char* target : {"nowhere", "link"}) {
    QFile::remove(dir.filePath("link"));
    QCOMPARE(::symlink(target, (folder + "/link").c_str()), 0);
    QVERIFY(engine::is_broken_link(folder + "/link") && !engine::file_exists(folder + "/link"));
    EXPECT_ERROR(engine::read_file(folder + "/link", 10), ErrorCode::NotFound,
                 "a link to a file that is not there");
  }
  QVERIFY(!engine::is_broken_link(folder) && !engine::is_broken_link(folder + "/absent"));
  write_file(dir.filePath("eleven"), QByteArray(11, 'x'));
  EXPECT_ERROR(engine::read_file(folder + "/eleven", 10), ErrorCode::InvalidFile, "11 bytes");
  QCOMPARE(engine::read_file(folder + "/eleven", 11).size(), size_t(11));
  write_file(dir.filePath("empty"), {});
  QCOMPARE(engine::InputFile(folder + "/empty").num_bytes(), int64_t(0));
}

void JsonTest::names_become_printable_data() {
  QTest::addColumn<QByteArray>("name");
  QTest::addColumn<QByteArray>("shown");
  const auto row = [](const char* title, const QByteArray& name, const QByteArray& shown) {
    QTest::newRow(title) << name << shown;
  };
  row("plain", "report.pdf", "report.pdf");
  row("all lengths", "a\u00e9\u4f60\U0001f389", "a\u00e9\u4f60\U0001f389");
  row("terminal escape", "a\x1b[2Jb", "a\\x1b[2Jb");
  row("line end", "a\nb", "a\\x0ab");
  row("C1", "a\u009bb", "a\\xc2\\x9bb");
  row("direction", "a\u202eb", "a\\xe2\\x80\\xaeb");
  row("broken", QByteArray("a\xff\xc3", 3), "a\\xff\\xc3");
  row("overlong", QByteArray("\xc0\xaf\xe0\x80\xaf", 5), "\\xc0\\xaf\\xe0\\x80\\xaf");
  row("surrogate", QByteArray("\xed\xa0\x80", 3), "\\xed\\xa0\\x80");
  row("cut", QByteArray("\u4f60").repeated(100),
      QByteArray("\u4f60").repeated(26) + "..." + QByteArray("\u4f60").repeated(40));
  row("the end stays", "/home/" + QByteArray("folder/").repeated(50) + "report.pdf",
      ("/home/" + QByteArray("folder/").repeated(50)).left(80) + "..." +
          (QByteArray("folder/").repeated(50) + "report.pdf").right(120));
}

void JsonTest::names_become_printable() {
  QFETCH(QByteArray, name);
  QFETCH(QByteArray, shown);
  QCOMPARE(QByteArray::fromStdString(engine::printable(name.toStdString())), shown);
}
