// SPDX-License-Identifier: Apache-2.0
// Opening where it is not allowed or possible to write: read-only, locked, full. Nothing is ever
// lost.
#include <sys/stat.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/store/obstacles.h"
#include "tests/gui/store/store_files.h"
#include "tests/gui/store/store_fixture.h"
#include "tests/gui/store/store_rows.h"

using namespace gui;
using Mode = OpenReport::Mode;
using Reason = OpenReport::Reason;

class StoreOpenTest : public QObject {
  Q_OBJECT

 private slots:
  void readOnlyFolder_data();
  void readOnlyFolder();
  void emptyReadOnlyFolder();
  void sharedFolder();
  void pipeInItsPlace();
  void unusableFolder();
  void secondConnectionIsKeptOut();
  void fullDatabase();
  void fullDisk();
  void startsOnAFullDisk();
};

void StoreOpenTest::readOnlyFolder_data() {
  QTest::addColumn<bool>("killed");
  QTest::newRow("after a clean end") << false;
  QTest::newRow("after a kill") << true;
}

void StoreOpenTest::readOnlyFolder() {
  QFETCH(bool, killed);
  StoreFixture live;
  live.open();
  const Exchange e = live.exchange(0, QStringLiteral("last words"), QStringLiteral("a"));
  const QByteArray before = exported(live);
  if (!killed) live.close();
  QTemporaryDir dir;
  StoreFixture f;
  f.options.folder = dir.filePath(QStringLiteral("read only"));
  copyLive(live, f.options.folder);
  const QString path = f.options.folder + QStringLiteral("/fireside.db");
  if (killed) QVERIFY(QFileInfo(path + QStringLiteral("-wal")).size() > 0);
  QFile::setPermissions(dir.path(), QFile::Permissions(0x7755));
  for (const QString& name : QDir(f.options.folder).entryList(QDir::Files)) {
    QFile::setPermissions(f.options.folder + u'/' + name, QFile::Permissions(0x4444));
  }
  QFile::setPermissions(f.options.folder, QFile::Permissions(0x5555));
  {
    AsNobody nobody;
    const OpenReport report = f.open();
    QCOMPARE(report.mode, Mode::ReadOnly);
    QCOMPARE(report.reason, Reason::ReadOnlyFolder);
    QCOMPARE(report.location, path);
    QVERIFY(f.store->status()->message().contains(f.options.folder));
    QCOMPARE(exported(f), before);
    QCOMPARE(f.errorOf(f.store->setTitle(e.conversationId, QStringLiteral("x"), true)),
             StoreErrorCode::ReadOnly);
    f.close();
  }
  QCOMPARE(QDir(f.options.folder).entryList(QDir::Files).size(), killed ? 2 : 1);
  QFile::setPermissions(f.options.folder, QFile::Permissions(0x7700));
}

void StoreOpenTest::emptyReadOnlyFolder() {
  QTemporaryDir dir;
  QFile::setPermissions(dir.path(), QFile::Permissions(0x5555));
  StoreFixture f;
  {
    AsNobody nobody;
    f.options.folder = dir.path();
    QCOMPARE(f.open().mode, Mode::Memory);
    f.options.folder = dir.filePath(QStringLiteral("below/it"));
    const OpenReport report = f.open();
    QCOMPARE(report.mode, Mode::Memory);
    QVERIFY(!f.store->status()->message().isEmpty());
    // It works for as long as the window is open.
    f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
    QCOMPARE(f.get(f.store->search(QStringLiteral("q"))).hits.size(), 1);
    f.close();
  }
  QFile::setPermissions(dir.path(), QFile::Permissions(0x7700));
}

// One that all may write to is not ours to close; what we put there is private all the same.
void StoreOpenTest::sharedFolder() {
  QTemporaryDir dir;
  StoreFixture f;
  f.options.folder = dir.path();
  const auto mode = [](const QString& path) {
    struct stat status {};
    return ::stat(QFile::encodeName(path).constData(), &status) == 0 ? status.st_mode & 07777 : 0;
  };
  QCOMPARE(::chmod(QFile::encodeName(dir.path()).constData(), 01777), 0);
  QCOMPARE(f.open().mode, Mode::ReadWrite);
  f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  QCOMPARE(mode(dir.path()), 01777u);
  QCOMPARE(mode(dir.filePath(QStringLiteral("fireside.db"))), 0600u);
  QCOMPARE(mode(dir.filePath(QStringLiteral("fireside.db-wal"))), 0600u);
}

void StoreOpenTest::pipeInItsPlace() {
  QTemporaryDir dir;
  StoreFixture f;
  f.options.folder = dir.path();
  const QString path = dir.filePath(QStringLiteral("fireside.db"));
  QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
  QCOMPARE(f.open().mode, Mode::Memory);
  QVERIFY(f.store->status()->message().contains(path));
  f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
}

void StoreOpenTest::unusableFolder() {
  QTemporaryDir dir;
  QFile file(dir.filePath(QStringLiteral("file")));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.close();
  StoreFixture f;
  f.options.folder = file.fileName();
  OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::Memory);
  QCOMPARE(report.reason, Reason::CannotOpen);
  f.options.folder = dir.filePath(QStringLiteral("data"));
  QVERIFY(QDir().mkpath(f.options.folder +
                        QStringLiteral("/fireside.db")));  // a folder in the database's place
  report = f.open();
  QCOMPARE(report.mode, Mode::Memory);
  f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
}

void StoreOpenTest::secondConnectionIsKeptOut() {
  StoreFixture first;
  first.open();
  const Exchange e = first.exchange(0, QStringLiteral("mine"), QStringLiteral("a"));
  StoreFixture second;
  second.options.folder = first.folder();
  const OpenReport report = second.open();
  QCOMPARE(report.mode, Mode::Memory);
  QCOMPARE(report.reason, Reason::OtherInstance);
  QVERIFY(!second.store->status()->message().isEmpty());
  second.exchange(0, QStringLiteral("theirs"), QStringLiteral("a"));
  first.get(first.store->setTitle(e.conversationId, QStringLiteral("still mine"), true));
  second.close();
  first.close();
  // Free again.
  QCOMPARE(second.open().mode, Mode::ReadWrite);
  QCOMPARE(second.get(second.store->conversations()).size(), 1);
}

// SQLITE_FULL by a limit on pages: no root needed.
void StoreOpenTest::fullDatabase() {
  StoreFixture f;
  f.options.maxPages = 120;
  f.open();
  const Exchange e = f.start(QStringLiteral("t"), QStringLiteral("q"));
  const QString fits = QStringLiteral("fits ").repeated(100);
  f.get(f.store->checkpointAnswer(e.answerId, fits));
  const QString large = QStringLiteral("too much ").repeated(100000);
  QSignalSpy changed(f.store->status(), &StorageStatus::changed);
  QCOMPARE(f.errorOf(f.store->checkpointAnswer(e.answerId, large)), StoreErrorCode::DiskFull);
  QVERIFY(f.store->status()->diskFull());
  QVERIFY(!f.store->status()->message().isEmpty());
  QVERIFY(!f.store->status()->readOnly());
  QCOMPARE(changed.size(), 1);
  QCOMPARE(f.errorOf(f.store->startConversation({}, {large, {}, {}, {}}, {})),
           StoreErrorCode::DiskFull);
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages[1].text, fits);
  // What is short is still written, and what is there is still read.
  f.get(f.store->setTitle(e.conversationId, QStringLiteral("short"), true));
  QCOMPARE(f.errorOf(f.store->finishAnswer(e.answerId, large, stopped())),
           StoreErrorCode::DiskFull);
  f.options.maxPages = 0;
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadWrite);
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages[1].text, fits);
  f.get(f.store->finishAnswer(e.answerId, large, stopped()));
}

void StoreOpenTest::fullDisk() {
  SmallDisk disk(4096);
  if (!disk.mounted()) QSKIP("mounting a small tmpfs needs root");
  StoreFixture f;
  f.options.folder = disk.folder();
  f.open();
  const Exchange e = f.start(QStringLiteral("t"), QStringLiteral("q"));
  disk.fill();
  // An answer streams on: its text grows until the log beside the database has no room.
  QString text;
  bool full = false;
  for (int i = 0; i < 200 && !full; ++i) {
    text += QStringLiteral("token ").repeated(2000);
    const QFuture<void> checkpoint = f.store->checkpointAnswer(e.answerId, text);
    f.store->flush();
    full = f.store->status()->diskFull();
  }
  QVERIFY(full);
  QCOMPARE(f.errorOf(f.store->finishAnswer(e.answerId, text, stopped())), StoreErrorCode::DiskFull);
  QCOMPARE(f.get(f.store->conversations()).size(), 1);
  // Room again: the whole answer is written without anybody asking, and the message goes.
  disk.free();
  QTRY_VERIFY_WITH_TIMEOUT(!f.store->status()->diskFull(), 10000);
  const MessageRow answer = f.get(f.store->load(e.conversationId)).messages[1];
  QVERIFY(answer.text == text);
  QCOMPARE(answer.state, MessageState::Complete);
  f.close();
  Database db;
  db.open(disk.folder() + QStringLiteral("/fireside.db"), Database::Access::ReadOnly);
  QCOMPARE(db.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
}

void StoreOpenTest::startsOnAFullDisk() {
  SmallDisk disk(4096);
  if (!disk.mounted()) QSKIP("mounting a small tmpfs needs root");
  StoreFixture f;
  f.options.folder = disk.folder();
  f.open();
  const Exchange e = f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  f.close();
  disk.fill();
  const OpenReport report = f.open();
  QVERIFY(report.mode != Mode::Memory);
  QCOMPARE(f.get(f.store->load(e.conversationId)).messages.size(), 2);
  // A first start there: nothing can be kept, but the window works.
  StoreFixture fresh;
  fresh.options.folder = disk.folder() + QStringLiteral("/other");
  QCOMPARE(fresh.open().mode, Mode::Memory);
  fresh.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
}

QTEST_GUILESS_MAIN(StoreOpenTest)
#include "tst_store_open.moc"
