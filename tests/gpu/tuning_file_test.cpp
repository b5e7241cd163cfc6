// SPDX-License-Identifier: Apache-2.0
#include "tests/gpu/tuning_file_test.h"

#include <sys/stat.h>

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/runner/cuda/tuning_file.h"

using engine::parse_tuning;
using engine::TuningTable;

namespace {

TuningTable table(const std::map<std::string, std::string>& choices) {
  TuningTable result;
  result.choices = choices;
  return result;
}

const TuningTable& some_table() {
  static const TuningTable some = table({{"card, product of 128", "first proposal"},
                                         {"card, product of 64", "65+00ff"},
                                         {"other card", "x"}});
  return some;
}

std::string file_in(const QTemporaryDir& folder, const char* name = "cache/products.tuning") {
  return folder.filePath(name).toStdString();
}

void put(const std::string& path, const std::string& text) {
  QFile file(QString::fromStdString(path));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(text.data(), static_cast<qint64>(text.size()));
}

}  // namespace

void TuningFileTest::comes_back_as_it_was() {
  QTemporaryDir folder;
  const std::string path = file_in(folder);
  const TuningTable none = engine::read_tuning_file(path);
  QVERIFY(none.choices.empty() && none.is_kept);
  QVERIFY(!QFileInfo::exists(folder.filePath("cache")));  // reading makes nothing
  QVERIFY(engine::write_tuning_file(path, some_table()));
  const TuningTable again = engine::read_tuning_file(path);
  QVERIFY(again.choices == some_table().choices && again.is_kept);
  QVERIFY(parse_tuning(engine::format_tuning({}))->choices.empty());
  // What would not come back is not written.
  const TuningTable odd = table({{"a\tb", "1"}, {"a\nb", "1"}, {"", "1"}, {"c", ""}, {"d", "2"}});
  QVERIFY(parse_tuning(engine::format_tuning(odd))->choices == table({{"d", "2"}}).choices);
}

void TuningFileTest::other_texts_are_none_data() {
  QTest::addColumn<QByteArray>("text");
  const std::string good = engine::format_tuning(some_table());
  const auto with = [&good](const QByteArray& what, const QByteArray& instead) {
    return QByteArray::fromStdString(good).replace(what, instead);
  };
  QTest::newRow("empty") << QByteArray();
  QTest::newRow("only the first line") << QByteArray("fireside tuning 1\n");
  QTest::newRow("another version") << with("tuning 1", "tuning 2");
  QTest::newRow("cut short") << QByteArray::fromStdString(good.substr(0, good.size() - 1));
  QTest::newRow("something behind") << QByteArray::fromStdString(good + "\n");
  QTest::newRow("another value") << with("00ff", "01ff");
  QTest::newRow("a line left out") << with("other card\tx\n", "");
  QTest::newRow("no tab") << with("other card\tx", "other card x");
  QTest::newRow("NUL") << with("other", QByteArray("ot\0er", 5));
  QTest::newRow("carriage returns") << with("\n", "\r\n");
  QTest::newRow("zeros") << QByteArray(4096, '\0');
}

void TuningFileTest::other_texts_are_none() {
  QFETCH(QByteArray, text);
  QVERIFY(!parse_tuning(text.toStdString()));
  QTemporaryDir folder;
  const std::string path = file_in(folder, "products.tuning");
  put(path, text.toStdString());
  QVERIFY(engine::read_tuning_file(path).choices.empty());
  QVERIFY(engine::write_tuning_file(path, some_table()));
  QVERIFY(engine::read_tuning_file(path).choices == some_table().choices);
}

// Also where line ends, tabs and the checksum stand.
void TuningFileTest::any_changed_byte_is_noticed() {
  const std::string good = engine::format_tuning(some_table());
  for (size_t i = 0; i < good.size(); ++i) {
    for (const char change : {'\1', ' ', '\x80'}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ change);
      QVERIFY2(!parse_tuning(bad), qPrintable(QString::number(i)));
    }
    QVERIFY(!parse_tuning(good.substr(0, i)));
  }
}

void TuningFileTest::lies_in_the_cache_folder() {
  const QByteArray cache = qgetenv("XDG_CACHE_HOME"), home = qgetenv("HOME");
  qputenv("XDG_CACHE_HOME", "/some/cache");
  QCOMPARE(engine::tuning_file_path(), std::string("/some/cache/fireside/products.tuning"));
  qputenv("XDG_CACHE_HOME", "relative");  // to be ignored, says the specification
  qputenv("HOME", "/home/somebody");
  QCOMPARE(engine::tuning_file_path(),
           std::string("/home/somebody/.cache/fireside/products.tuning"));
  qunsetenv("XDG_CACHE_HOME");
  qunsetenv("HOME");
  QCOMPARE(engine::tuning_file_path(), std::string());
  QVERIFY(!engine::read_tuning_file("").is_kept);
  qputenv("HOME", home);
  if (!cache.isNull()) qputenv("XDG_CACHE_HOME", cache);
}

// The old file stays until the new one is whole, whoever holds it open; nothing is left beside it.
void TuningFileTest::is_written_whole_or_not_at_all() {
  QTemporaryDir folder;
  const std::string path = file_in(folder, "products.tuning");
  QVERIFY(engine::write_tuning_file(path, some_table()));
  QFile before(QString::fromStdString(path));
  QVERIFY(before.open(QIODevice::ReadOnly));
  QVERIFY(engine::write_tuning_file(path, table({{"more", "y"}})));
  QCOMPARE(before.readAll().toStdString(), engine::format_tuning(some_table()));
  QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList("products.tuning"));
  // A folder of that name cannot be replaced.
  const std::string taken = file_in(folder, "taken");
  QVERIFY(QDir(folder.path()).mkdir("taken"));
  QVERIFY(!engine::write_tuning_file(taken, some_table()));
  QCOMPARE(QDir(folder.path()).entryList(QDir::Files), QStringList("products.tuning"));
}

void TuningFileTest::keeps_what_others_wrote() {
  QTemporaryDir folder;
  const std::string path = file_in(folder);
  QVERIFY(engine::write_tuning_file(path, table({{"a", "1"}, {"b", "1"}})));
  QVERIFY(engine::write_tuning_file(path, table({{"b", "2"}, {"c", "2"}})));
  QVERIFY(engine::read_tuning_file(path).choices ==
          table({{"a", "1"}, {"b", "2"}, {"c", "2"}}).choices);
}

void TuningFileTest::starts_anew_when_full() {
  QTemporaryDir folder;
  const std::string path = file_in(folder);
  TuningTable full;
  for (size_t i = 0; i < engine::kMaxTuningChoices; ++i)
    full.choices.emplace("old " + std::to_string(i), "1");
  QVERIFY(engine::write_tuning_file(path, full));
  QCOMPARE(engine::read_tuning_file(path).choices.size(), engine::kMaxTuningChoices);
  QVERIFY(engine::write_tuning_file(path, some_table()));
  QVERIFY(engine::read_tuning_file(path).choices == some_table().choices);
  full.choices.emplace("one more", "1");
  QVERIFY(!parse_tuning(engine::format_tuning(full)));
}

// Nothing is thrown, nothing waited for.
void TuningFileTest::unusable_places_are_said() {
  QTemporaryDir folder;
  const std::string file = file_in(folder, "file"), pipe = file_in(folder, "pipe");
  put(file, "x");
  const TuningTable below = engine::read_tuning_file(file + "/fireside/products.tuning");
  QVERIFY(below.choices.empty() && !below.is_kept);
  QVERIFY(!engine::write_tuning_file(file + "/fireside/products.tuning", some_table()));
  QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
  QVERIFY(engine::read_tuning_file(pipe).choices.empty());
  QVERIFY(engine::read_tuning_file(folder.path().toStdString()).choices.empty());
}
