// SPDX-License-Identifier: Apache-2.0
// Databases of other versions: older ones are brought up to date behind a copy, newer ones are only
// read. Nothing is ever lost.
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QTest>

#include "gui/store/migrations.h"
#include "tests/gui/store/store_files.h"
#include "tests/gui/store/store_fixture.h"

using namespace gui;
using Mode = OpenReport::Mode;
using Reason = OpenReport::Reason;

class StoreMigrationsTest : public QObject {
  Q_OBJECT

 private slots:
  void splitsStatements();
  void migratesWithACopy();
  void aFailingMigrationChangesNothing_data();
  void aFailingMigrationChangesNothing();
  void noRoomForTheCopy();
  void versionOneFixture();
  void newerSchemaIsReadOnly();
};

void StoreMigrationsTest::splitsStatements() {
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

void StoreMigrationsTest::migratesWithACopy() {
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

void StoreMigrationsTest::aFailingMigrationChangesNothing_data() {
  QTest::addColumn<QString>("sql");
  QTest::newRow("syntax") << "CREATE TABLE fine(x);\nCREATE NONSENSE;\n";
  QTest::newRow("constraint") << "UPDATE messages SET conversation_id = 9999;\n";
  QTest::newRow("dangling") << "PRAGMA defer_foreign_keys=ON;\nDELETE FROM messages_x;\n";
  QTest::newRow("drops, then fails")
      << "DROP TABLE feedback;\nDELETE FROM settings;\nINSERT INTO feedback VALUES(1);\n";
}

void StoreMigrationsTest::aFailingMigrationChangesNothing() {
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

void StoreMigrationsTest::noRoomForTheCopy() {
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
void StoreMigrationsTest::versionOneFixture() {
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

void StoreMigrationsTest::newerSchemaIsReadOnly() {
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

QTEST_GUILESS_MAIN(StoreMigrationsTest)
#include "tst_store_migrations.moc"
