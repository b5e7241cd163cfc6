// SPDX-License-Identifier: Apache-2.0
#include "gui/store/migrations.h"

#include <QDir>
#include <QFile>
#include <QMap>

#include "gui/store/file_system.h"

namespace gui {
namespace {

QMap<QString, qint64> rowCounts(Database& db) {
  QStringList tables;
  {
    auto s =
        db.prepare(QStringLiteral("SELECT name FROM sqlite_master WHERE type = 'table' AND name "
                                  "NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"));
    while (s.next()) tables.append(s.text(0));
  }
  QMap<QString, qint64> counts;
  for (const QString& table : tables) {
    counts[table] = db.scalar(QStringLiteral("SELECT count(*) FROM \"%1\"").arg(table));
  }
  return counts;
}

}  // namespace

QList<Migration> builtInMigrations() {
  QList<Migration> migrations;
  const QDir folder(QStringLiteral(":/fireside/sql"));
  const QStringList names = folder.entryList({QStringLiteral("*.sql")}, QDir::Files, QDir::Name);
  for (const QString& name : names) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::ReadOnly))
      throw StoreError(StoreErrorCode::Internal, file.fileName());
    migrations.append({name.section(u'_', 0, 0).toInt(), QString::fromUtf8(file.readAll())});
  }
  return migrations;
}

QStringList splitStatements(const QString& sql) {
  QStringList statements;
  QString current;
  const QStringList lines = sql.split(u'\n');
  for (const QString& line : lines) {
    const QString code = line.section(QStringLiteral("--"), 0, 0).trimmed();
    if (code.isEmpty()) continue;
    current += code + u'\n';
    const bool in_trigger =
        current.startsWith(QStringLiteral("CREATE TRIGGER"), Qt::CaseInsensitive);
    if (!code.endsWith(u';') ||
        (in_trigger && code.compare(QStringLiteral("END;"), Qt::CaseInsensitive) != 0))
      continue;
    statements.append(current.trimmed().chopped(in_trigger ? 0 : 1));
    current.clear();
  }
  if (!current.trimmed().isEmpty()) statements.append(current.trimmed());
  return statements;
}

void migrate(Database& db, const QList<Migration>& migrations) {
  const qint64 version = db.scalar(QStringLiteral("PRAGMA user_version"));
  for (const Migration& migration : migrations) {
    if (migration.version <= version) continue;
    Database::Transaction transaction(db);
    const QStringList statements = splitStatements(migration.sql);
    for (const QString& statement : statements) db.exec(statement);
    db.exec(QStringLiteral("PRAGMA application_id=%1").arg(kApplicationId));
    db.exec(QStringLiteral("PRAGMA user_version=%1").arg(migration.version));
    const QString orphan =
        db.scalarText(QStringLiteral("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1"));
    if (!orphan.isEmpty()) {
      throw StoreError(StoreErrorCode::Internal,
                       QStringLiteral("migration %1 leaves dangling references in %2")
                           .arg(migration.version)
                           .arg(orphan));
    }
    transaction.commit();
  }
}

void copyVerified(Database& db, const QString& target) {
  const QString unfinished = target + QStringLiteral(".part");
  QFile::remove(unfinished);
  try {
    db.prepare(QStringLiteral("VACUUM INTO ?")).bind(unfinished).run();
    Database copy;
    copy.open(unfinished, Database::Access::ReadOnly);
    const QString problem = quickCheck(copy);
    if (!problem.isEmpty())
      throw StoreError(StoreErrorCode::Damaged, unfinished + QStringLiteral(": ") + problem);
    const QString version = QStringLiteral("PRAGMA user_version");
    if (copy.scalar(version) != db.scalar(version) || rowCounts(copy) != rowCounts(db)) {
      throw StoreError(StoreErrorCode::Io, unfinished + QStringLiteral(": not a faithful copy"));
    }
    copy.close();
    replaceFile(unfinished, target);
  } catch (const StoreError&) {
    QFile::remove(unfinished);
    throw;
  }
}

QString quickCheck(Database& db) {
  try {
    const QString answer = db.scalarText(QStringLiteral("PRAGMA quick_check(1)"));
    return answer == u"ok" ? QString() : answer;
  } catch (const StoreError& error) {
    return error.detail().isEmpty() ? QStringLiteral("quick_check failed") : error.detail();
  }
}

}  // namespace gui
