// SPDX-License-Identifier: Apache-2.0
// Databases that are damaged, cut off or of another program: what can be read is saved, the old
// file stays.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QTest>

#include "tests/gui/store/store_files.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;
using Mode = OpenReport::Mode;
using Reason = OpenReport::Reason;

class StoreDamageTest : public QObject {
  Q_OBJECT

 private slots:
  void uncleanStartIsChecked();
  void damaged_data();
  void damaged();
  void randomDamage();
  void anotherProgramsDatabase();
};

void StoreDamageTest::uncleanStartIsChecked() {
  StoreFixture live;
  live.open();
  live.exchange(0, QStringLiteral("done"), QStringLiteral("a"));
  const Exchange e = live.start(QStringLiteral("half"), QStringLiteral("half a question"));
  live.get(live.store->checkpointAnswer(e.answerId, QStringLiteral("half an answer about zebras")));
  QTemporaryDir dir;
  StoreFixture f;
  f.options.folder = dir.filePath(QStringLiteral("killed"));
  copyLive(live, f.options.folder);
  OpenReport report = f.open();
  QVERIFY(report.uncleanStart);
  QCOMPARE(report.interruptedAnswers, 1);
  const MessageRow answer = f.get(f.store->load(e.conversationId)).messages[1];
  QCOMPARE(answer.state, MessageState::Complete);
  QCOMPARE(answer.result.finishReason, QStringLiteral("interrupted"));
  QCOMPARE(answer.text, QStringLiteral("half an answer about zebras"));
  QCOMPARE(f.get(f.store->search(QStringLiteral("zebras"))).hits.size(), 1);
  report = f.open();
  QVERIFY(!report.uncleanStart);
  QCOMPARE(report.interruptedAnswers, 0);
}

void StoreDamageTest::damaged_data() {
  QTest::addColumn<QString>("how");
  QTest::addColumn<int>("at_least");  // messages of 160 that come back
  QTest::newRow("not a database") << "garbage" << 0;
  QTest::newRow("first page zeroed") << "header" << 0;
  QTest::newRow("a page of the middle zeroed") << "middle" << 140;
  QTest::newRow("cut in half") << "half" << 10;
  QTest::newRow("cut by some bytes") << "tail" << 155;
  QTest::newRow("log full of garbage") << "wal" << 160;
}

void StoreDamageTest::damaged() {
  QFETCH(QString, how);
  QFETCH(int, at_least);
  StoreFixture f;
  f.open();
  for (int i = 0; i < 40; ++i) {
    const Exchange e = f.exchange(0, QStringLiteral("question %1").arg(i),
                                  QStringLiteral("word%1 ").arg(i).repeated(150));
    f.exchange(e.conversationId, QStringLiteral("again"), QStringLiteral("more").repeated(200));
  }
  f.close();
  const qint64 size = QFileInfo(f.path()).size();
  if (how == u"garbage") writeAt(f.path(), 0, QByteArray(static_cast<int>(size), 'x'));
  if (how == u"header") writeAt(f.path(), 0, QByteArray(4096, 0));
  if (how == u"middle") writeAt(f.path(), size / 2 / 4096 * 4096, QByteArray(4096, 0));
  if (how == u"half") QVERIFY(QFile::resize(f.path(), size / 2));
  if (how == u"tail") QVERIFY(QFile::resize(f.path(), size - 5000));
  writeAt(f.path() + QStringLiteral("-wal"), 0, QByteArray(9000, 'w'));  // an unclean end
  const QByteArray broken = bytesOf(f.path());
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadWrite);
  QVERIFY(report.uncleanStart);
  if (how == u"wal") {
    QCOMPARE(report.damagedFile, QString());  // SQLite itself ignores a log that is not its own
  } else {
    QVERIFY(!report.damagedFile.isEmpty());
    QVERIFY(bytesOf(report.damagedFile) == broken);  // kept as it was found
    QVERIFY(f.store->status()->message().contains(QFileInfo(report.damagedFile).fileName()));
    f.store->status()->dismiss();
    QCOMPARE(f.store->status()->message(), QString());
  }
  qint64 messages = 0;
  for (const ConversationRow& row : f.get(f.store->conversations()))
    messages += f.get(f.store->load(row.id)).messages.size();
  if (how != u"wal") QCOMPARE(messages, report.salvagedMessages);
  QVERIFY2(messages >= at_least, qPrintable(QString::number(messages)));
  const Exchange e = f.exchange(0, QStringLiteral("works again"), QStringLiteral("yes"));
  QCOMPARE(f.open().damagedFile, QString());
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages.size(), 2);
  QVERIFY(!f.get(f.store->search(QStringLiteral("works"))).hits.isEmpty());
}

// Whatever bytes change, the window starts, the old file stays, and what is read is shown.
void StoreDamageTest::randomDamage() {
  StoreFixture original;
  original.open();
  for (int i = 0; i < 30; ++i)
    original.exchange(0, QStringLiteral("question %1").arg(i),
                      QStringLiteral("text ").repeated(200));
  original.close();
  const QByteArray sound = bytesOf(original.path());
  QRandomGenerator random(11);
  int put_aside = 0;
  for (int round = 0; round < 25; ++round) {
    StoreFixture f;
    QVERIFY(QDir().mkpath(f.folder()));
    QByteArray bytes = sound;
    const int changes = random.bounded(1, 40);
    for (int i = 0; i < changes; ++i)
      bytes[random.bounded(static_cast<int>(bytes.size()))] =
          static_cast<char>(random.bounded(256));
    writeAt(f.path(), 0, bytes);
    writeAt(f.folder() + QStringLiteral("/fireside.check"), 0, QByteArray("1"));
    const OpenReport report = f.open();
    QVERIFY(report.mode == Mode::ReadWrite || report.reason == Reason::NewerSchema);
    if (!report.damagedFile.isEmpty()) {
      ++put_aside;
      QVERIFY(bytesOf(report.damagedFile) == bytes);
    }
    for (const ConversationRow& row : f.get(f.store->conversations())) f.get(f.store->load(row.id));
    if (report.mode == Mode::ReadWrite) f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  }
  QVERIFY(put_aside > 0);
}

void StoreDamageTest::anotherProgramsDatabase() {
  StoreFixture f;
  QVERIFY(QDir().mkpath(f.folder()));
  {
    Database db;
    db.open(f.path(), Database::Access::Exclusive);
    db.exec(QStringLiteral("CREATE TABLE bookmarks(url)"));
    db.exec(QStringLiteral("INSERT INTO bookmarks VALUES('x')"));
  }
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadWrite);
  QVERIFY(!report.damagedFile.isEmpty());
  Database other;
  other.open(report.damagedFile, Database::Access::ReadOnly);
  QCOMPARE(other.scalar(QStringLiteral("SELECT count(*) FROM bookmarks")), 1);
}

QTEST_GUILESS_MAIN(StoreDamageTest)
#include "tst_store_damage.moc"
