// SPDX-License-Identifier: Apache-2.0
// Opening in every state a folder can be in: older, newer, read-only, locked, damaged, full.
// Nothing is ever lost.
#include <sys/mount.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

#include "gui/store/export.h"
#include "gui/store/migrations.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;
using Mode = OpenReport::Mode;
using Reason = OpenReport::Reason;

namespace {

AnswerResult stopped() {
  AnswerResult result;
  result.finishReason = QStringLiteral("stop");
  return result;
}

// All conversations as one text.
QByteArray exported(StoreFixture& f) {
  QByteArray all;
  for (const ConversationRow& row : f.get(f.store->conversations())) {
    ConversationData data = f.get(f.store->load(row.id));
    QList<AttachmentRow> pages;
    for (const MessageRow& message : data.messages) {
      for (const AttachmentRow& attachment : message.attachments)
        pages.append(f.get(f.store->attachment(attachment.id)));
    }
    all += toJson(data, pages);
  }
  return all;
}

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, qint64 offset, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadWrite));
  QVERIFY(file.seek(offset));
  QCOMPARE(file.write(bytes), bytes.size());
}

// The files of an open database, as they are after a kill.
void copyLive(const StoreFixture& from, const QString& folder) {
  QVERIFY(QDir().mkpath(folder));
  for (const char* suffix : {"", "-wal"}) {
    const QString name = from.path() + QString::fromLatin1(suffix);
    if (QFile::exists(name))
      QVERIFY(
          QFile::copy(name, folder + QStringLiteral("/fireside.db") + QString::fromLatin1(suffix)));
  }
}

// Root may write anywhere, so it becomes nobody for a while.
class AsNobody {
 public:
  AsNobody() {
    if (::geteuid() == 0) changed_ = ::seteuid(65534) == 0;
  }
  ~AsNobody() {
    if (changed_) (void)!::seteuid(0);
  }

 private:
  bool changed_ = false;
};

}  // namespace

class StoreOpenTest : public QObject {
  Q_OBJECT

 private slots:
  void splitsStatements();
  void migratesWithACopy();
  void aFailingMigrationChangesNothing_data();
  void aFailingMigrationChangesNothing();
  void noRoomForTheCopy();
  void versionOneFixture();
  void newerSchemaIsReadOnly();
  void readOnlyFolder_data();
  void readOnlyFolder();
  void emptyReadOnlyFolder();
  void unusableFolder();
  void secondConnectionIsKeptOut();
  void uncleanStartIsChecked();
  void damaged_data();
  void damaged();
  void randomDamage();
  void anotherProgramsDatabase();
  void fullDatabase();
  void fullDisk();
  void startsOnAFullDisk();
  void exports();
};

void StoreOpenTest::splitsStatements() {
  const QString sql = QStringLiteral(
      "-- a comment; with a semicolon\nCREATE TABLE a(\n  x INTEGER, -- y;\n  y TEXT\n);\n\n"
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  DELETE FROM a WHERE x = 1;\n  SELECT "
      "1;\nEND;\nINSERT INTO a VALUES(1, 'x')");
  const QStringList statements = splitStatements(sql);
  QCOMPARE(statements.size(), 3);
  QVERIFY(statements[0].startsWith(QStringLiteral("CREATE TABLE")) && statements[0].endsWith(u')'));
  QVERIFY(statements[1].endsWith(QStringLiteral("END;")));
  Database db;
  db.open({}, Database::Access::Memory);
  for (const QString& statement : statements) db.exec(statement);
  QCOMPARE(db.scalar(QStringLiteral("SELECT count(*) FROM a")), 0);
}

void StoreOpenTest::migratesWithACopy() {
  StoreFixture f;
  f.open();
  for (int i = 0; i < 10; ++i)
    f.exchange(0, QStringLiteral("问题 %1").arg(i), QStringLiteral("answer"));
  const QByteArray before = exported(f);
  f.options.migrations = builtInMigrations();
  const int last = f.options.migrations.last().version;
  f.options.migrations.append(
      {last + 1,
       QStringLiteral("ALTER TABLE messages ADD COLUMN stars INTEGER NOT NULL DEFAULT 0;\n")});
  f.options.migrations.append(
      {last + 2, QStringLiteral("CREATE TABLE more(x);\nUPDATE messages SET stars = 1;\n")});
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadWrite);
  QCOMPARE(report.schemaVersion, last + 2);
  QCOMPARE(exported(f), before);
  f.close();
  // The copy is the old version, whole.
  QVERIFY(QFile::exists(report.migrationCopy));
  Database copy;
  copy.open(report.migrationCopy, Database::Access::ReadOnly);
  QCOMPARE(copy.scalar(QStringLiteral("PRAGMA user_version")), last);
  QCOMPARE(copy.scalar(QStringLiteral("SELECT count(*) FROM messages")), 20);
  QCOMPARE(copy.scalarText(QStringLiteral("PRAGMA integrity_check")), QStringLiteral("ok"));
  copy.close();
  // The next start makes no other one; a month later the copy goes.
  QCOMPARE(f.open().migrationCopy, QString());
  f.options.clock = [] { return QDateTime::currentMSecsSinceEpoch() + 31 * 86400000ll; };
  f.open();
  QTRY_VERIFY(!QFile::exists(report.migrationCopy));
}

void StoreOpenTest::aFailingMigrationChangesNothing_data() {
  QTest::addColumn<QString>("sql");
  QTest::newRow("syntax") << "CREATE TABLE fine(x);\nCREATE NONSENSE;\n";
  QTest::newRow("constraint") << "UPDATE messages SET conversation_id = 9999;\n";
  QTest::newRow("dangling") << "PRAGMA defer_foreign_keys=ON;\nDELETE FROM messages_x;\n";
  QTest::newRow("drops, then fails")
      << "DROP TABLE feedback;\nDELETE FROM settings;\nINSERT INTO feedback VALUES(1);\n";
}

void StoreOpenTest::aFailingMigrationChangesNothing() {
  QFETCH(QString, sql);
  StoreFixture f;
  f.open();
  const Exchange e = f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  const QByteArray before = exported(f);
  f.options.migrations = builtInMigrations();
  f.options.migrations.append({f.options.migrations.last().version + 1, sql});
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadOnly);
  QCOMPARE(report.reason, Reason::MigrationFailed);
  QVERIFY(f.store->status()->readOnly());
  QVERIFY(!f.store->status()->message().isEmpty());
  QCOMPARE(exported(f), before);
  QCOMPARE(f.errorOf(f.store->setTitle(e.conversationId, QStringLiteral("x"), true)),
           StoreErrorCode::ReadOnly);
  f.options.migrations.clear();
  QCOMPARE(f.open().mode, Mode::ReadWrite);
  QCOMPARE(exported(f), before);
}

void StoreOpenTest::noRoomForTheCopy() {
  StoreFixture f;
  f.open();
  f.exchange(0, QStringLiteral("q"), QStringLiteral("a"));
  const QByteArray before = exported(f);
  f.close();
  // Something in the way of the copies' folder has the effect of a full disk.
  QFile obstacle(f.folder() + QStringLiteral("/backups"));
  QVERIFY(obstacle.open(QIODevice::WriteOnly));
  obstacle.close();
  f.options.migrations = builtInMigrations();
  f.options.migrations.append(
      {f.options.migrations.last().version + 1, QStringLiteral("CREATE TABLE more(x);\n")});
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadOnly);
  QCOMPARE(report.reason, Reason::NoRoomToMigrate);
  QCOMPARE(exported(f), before);
  QCOMPARE(report.schemaVersion, f.options.migrations.first().version);
}

// A database written by the first release, kept for ever, must open with all it holds.
void StoreOpenTest::versionOneFixture() {
  StoreFixture f;
  QVERIFY(QDir().mkpath(f.folder()));
  QVERIFY(QFile::copy(QStringLiteral(FIRESIDE_TEST_DATA "/store/v1.db"), f.path()));
  QFile::setPermissions(f.path(), QFile::ReadOwner | QFile::WriteOwner);
  f.options.clock = [] { return 1732010000000; };  // hours later: its trash is not due yet
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadWrite);
  QCOMPARE(exported(f), bytesOf(QStringLiteral(FIRESIDE_TEST_DATA "/store/v1.json")));
  QCOMPARE(f.get(f.store->roles()).size(), 1);
  QCOMPARE(f.get(f.store->settings()).value(QStringLiteral("theme")), QStringLiteral("\"dark\""));
  QCOMPARE(f.get(f.store->trash()).size(), 1);
  QCOMPARE(f.get(f.store->draft(0)).text, QStringLiteral("unsent"));
  QCOMPARE(f.get(f.store->search(QStringLiteral("天气"))).hits.size(), 1);
  f.exchange(0, QStringLiteral("still works"), QStringLiteral("yes"));
}

void StoreOpenTest::newerSchemaIsReadOnly() {
  StoreFixture f;
  f.open();
  const Exchange e = f.exchange(0, QStringLiteral("from the future"), QStringLiteral("a"));
  const QByteArray before = exported(f);
  f.close();
  {
    Database db;
    db.open(f.path(), Database::Access::Exclusive);
    db.exec(QStringLiteral("PRAGMA user_version=99"));
    db.exec(QStringLiteral("ALTER TABLE messages ADD COLUMN invented TEXT"));
  }
  const QByteArray bytes = bytesOf(f.path());
  const OpenReport report = f.open();
  QCOMPARE(report.mode, Mode::ReadOnly);
  QCOMPARE(report.reason, Reason::NewerSchema);
  QVERIFY(f.store->status()->message().contains(QStringLiteral("newer")));
  QCOMPARE(exported(f), before);
  QCOMPARE(f.get(f.store->search(QStringLiteral("future"))).hits.size(), 1);
  QCOMPARE(f.errorOf(f.store->setTitle(e.conversationId, QStringLiteral("x"), true)),
           StoreErrorCode::ReadOnly);
  QCOMPARE(f.errorOf(f.store->deleteForGood(e.conversationId)), StoreErrorCode::ReadOnly);
  QCOMPARE(f.errorOf(f.store->startConversation({}, {}, {})), StoreErrorCode::ReadOnly);
  f.close();
  QVERIFY(bytesOf(f.path()) == bytes);
}

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

void StoreOpenTest::uncleanStartIsChecked() {
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

void StoreOpenTest::damaged_data() {
  QTest::addColumn<QString>("how");
  QTest::addColumn<int>("at_least");  // messages of 160 that come back
  QTest::newRow("not a database") << "garbage" << 0;
  QTest::newRow("first page zeroed") << "header" << 0;
  QTest::newRow("a page of the middle zeroed") << "middle" << 140;
  QTest::newRow("cut in half") << "half" << 10;
  QTest::newRow("cut by some bytes") << "tail" << 155;
  QTest::newRow("log full of garbage") << "wal" << 160;
}

void StoreOpenTest::damaged() {
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
  if (how == u"garbage") write(f.path(), 0, QByteArray(static_cast<int>(size), 'x'));
  if (how == u"header") write(f.path(), 0, QByteArray(4096, 0));
  if (how == u"middle") write(f.path(), size / 2 / 4096 * 4096, QByteArray(4096, 0));
  if (how == u"half") QVERIFY(QFile::resize(f.path(), size / 2));
  if (how == u"tail") QVERIFY(QFile::resize(f.path(), size - 5000));
  write(f.path() + QStringLiteral("-wal"), 0, QByteArray(9000, 'w'));  // an unclean end
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
void StoreOpenTest::randomDamage() {
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
    write(f.path(), 0, bytes);
    write(f.folder() + QStringLiteral("/fireside.check"), 0, QByteArray("1"));
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

void StoreOpenTest::anotherProgramsDatabase() {
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

namespace {

// A small file system of its own; needs root.
class SmallDisk {
 public:
  explicit SmallDisk(int kib) {
    const QByteArray options = "size=" + QByteArray::number(kib) + "k";
    mounted_ = ::mount("tmpfs", QFile::encodeName(dir_.path()).constData(), "tmpfs", 0,
                       options.constData()) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(QFile::encodeName(dir_.path()).constData(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  QString folder() const { return dir_.filePath(QStringLiteral("fireside")); }
  void fill() {
    filler_.setFileName(dir_.filePath(QStringLiteral("filler")));
    if (!filler_.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) return;
    while (filler_.write(QByteArray(4096, 'f')) == 4096) {
    }
    filler_.close();
  }
  void free() { filler_.remove(); }

 private:
  QTemporaryDir dir_;
  QFile filler_;
  bool mounted_ = false;
};

}  // namespace

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

void StoreOpenTest::exports() {
  StoreFixture f;
  f.options.clock = [] { return 1700000000000; };
  f.open();
  AttachmentRow document;
  document.name = QStringLiteral("a_b*.pdf");
  document.sha256 = QStringLiteral("aa");
  document.pages = {QStringLiteral("one"), QStringLiteral("two")};
  document = f.get(f.store->addAttachment(document));
  ConversationRow row;
  row.title = QStringLiteral("Title with `code` & <b>");
  row.sampling = QStringLiteral("{\"top_k\":20}");
  const Exchange e = f.get(f.store->startConversation(
      row, {QStringLiteral("question"), {}, {}, {document}},
      {QStringLiteral("assistant"), QStringLiteral("Assistant"), QStringLiteral("Qwen3")}));
  f.get(f.store->finishAnswer(e.answerId, QStringLiteral("**first**"), stopped()));
  const qint64 second =
      f.get(f.store->appendAnswer(e.userMessageId, {{}, QStringLiteral("Assistant"), {}}));
  f.get(f.store->finishAnswer(second, QStringLiteral("second"), stopped()));
  const ConversationData data = f.get(f.store->load(e.conversationId));
  const QString markdown = toMarkdown(data);
  QVERIFY2(markdown.startsWith(QStringLiteral("# Title with \\`code\\` & \\<b\\>\n\n## You")),
           qPrintable(markdown));
  QVERIFY(markdown.contains(QStringLiteral("- Attachment: a\\_b\\*.pdf (pages: 2)")));
  QVERIFY(markdown.contains(QStringLiteral("second\n")));
  QVERIFY(!markdown.contains(QStringLiteral("first")));  // another version
  const QByteArray json = toJson(data, {f.get(f.store->attachment(document.id))});
  QCOMPARE(toJson(data, {f.get(f.store->attachment(document.id))}), json);
  const QJsonObject object = QJsonDocument::fromJson(json).object();
  QCOMPARE(object[u"messages"].toArray().size(), 3);
  QCOMPARE(object[u"conversation"][u"sampling"][u"top_k"].toInt(), 20);
  QCOMPARE(object[u"conversation"][u"created_at"].toString(),
           QStringLiteral("2023-11-14T22:13:20.000Z"));
  QCOMPARE(object[u"attachments"][0][u"pages"].toArray().size(), 2);
  QCOMPARE(messagePath(data, 12345).size(), 0);
}

QTEST_GUILESS_MAIN(StoreOpenTest)
#include "tst_store_open.moc"
