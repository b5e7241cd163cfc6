// SPDX-License-Identifier: Apache-2.0
#include "gui/store/database.h"

#include <QFileInfo>
#include <QSqlError>
#include <QUrl>
#include <QUuid>
#include <utility>

namespace gui {
namespace {

constexpr int kBusyTimeoutMs = 2000;

// SQLite's result codes (sqlite3.h); the low byte is the primary one.
StoreErrorCode codeOf(const QSqlError& error) {
  switch (error.nativeErrorCode().toInt() & 0xff) {
    case 5:   // SQLITE_BUSY
    case 6:   // SQLITE_LOCKED
    case 15:  // SQLITE_PROTOCOL
      return StoreErrorCode::Busy;
    case 8:  // SQLITE_READONLY
      return StoreErrorCode::ReadOnly;
    case 10:  // SQLITE_IOERR
      return StoreErrorCode::Io;
    case 11:  // SQLITE_CORRUPT
    case 26:  // SQLITE_NOTADB
      return StoreErrorCode::Damaged;
    case 13:  // SQLITE_FULL
      return StoreErrorCode::DiskFull;
    case 3:   // SQLITE_PERM
    case 14:  // SQLITE_CANTOPEN
    case 23:  // SQLITE_AUTH
      return StoreErrorCode::CannotOpen;
    default:
      return StoreErrorCode::Internal;
  }
}

// A prepared statement keeps the strings of its last row and of its values. Copies let no string be
// shared between the storage thread and the callers'.
QString ownCopy(const QString& text) { return QString(text.constData(), text.size()); }

// SQLite would take a lone surrogate and the character after it for a pair.
QString withoutLoneSurrogates(QString text) {
  for (qsizetype at = 0; at < text.size(); ++at) {
    if (!text[at].isSurrogate()) continue;
    if (text[at].isHighSurrogate() && at + 1 < text.size() && text[at + 1].isLowSurrogate()) {
      ++at;
    } else {
      text[at] = QChar::ReplacementCharacter;
    }
  }
  return text;
}

}  // namespace

// -- Statement

Database::Statement::Statement(Database& database, const QString& sql,
                               std::unique_ptr<QSqlQuery> query)
    : database_(database), sql_(sql), query_(std::move(query)) {}

Database::Statement::Statement(Statement&& other) noexcept = default;

Database::Statement::~Statement() {
  if (!query_) return;
  query_->finish();
  if (database_.isOpen()) database_.prepared_[sql_] = std::move(query_);
}

Database::Statement& Database::Statement::bindRaw(const QVariant& value) {
  query_->bindValue(bound_++, value);
  return *this;
}

Database::Statement& Database::Statement::bind(qint64 value) {
  return bindRaw(QVariant::fromValue(value));
}

Database::Statement& Database::Statement::bind(double value) { return bindRaw(value); }

Database::Statement& Database::Statement::bind(const QString& value) {
  if (value.isEmpty()) return bindRaw(QStringLiteral(""));  // a null QString would be NULL
  return bindRaw(value.isValidUtf16() ? ownCopy(value) : withoutLoneSurrogates(value));
}

Database::Statement& Database::Statement::bindId(qint64 value) {
  return bindRaw(value == 0 ? QVariant(QMetaType(QMetaType::LongLong))
                            : QVariant::fromValue(value));
}

void Database::Statement::execute() {
  executed_ = true;
  if (!query_->exec()) database_.fail(sql_, query_->lastError());
}

void Database::Statement::run() {
  execute();
  query_->finish();
  executed_ = false;
  bound_ = 0;
}

bool Database::Statement::next() {
  if (!executed_) execute();
  if (query_->next()) return true;
  if (query_->lastError().isValid()) database_.fail(sql_, query_->lastError());
  return false;
}

qint64 Database::Statement::integer(int column) const { return query_->value(column).toLongLong(); }
double Database::Statement::real(int column) const { return query_->value(column).toDouble(); }
QString Database::Statement::text(int column) const {
  return ownCopy(query_->value(column).toString());
}
QVariant Database::Statement::value(int column) const { return query_->value(column); }

// -- Transaction

Database::Transaction::Transaction(Database& database) : database_(database) {
  database_.exec(QStringLiteral("BEGIN IMMEDIATE"));
}

void Database::Transaction::commit() {
  database_.exec(QStringLiteral("COMMIT"));
  open_ = false;
}

Database::Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.exec(QStringLiteral("ROLLBACK"));
  } catch (const StoreError&) {
    // SQLite has rolled back by itself, as it does after a full disk.
  }
}

// -- Database

Database::~Database() { close(); }

void Database::open(const QString& path, Access access, qint64 max_pages) {
  close();
  path_ = path;
  access_ = access;
  writable_ = access != Access::ReadOnly;
  name_ = QStringLiteral("fireside-") + QUuid::createUuid().toString(QUuid::WithoutBraces);
  connection_ = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name_);
  if (!connection_->isValid()) {
    close();
    throw StoreError(StoreErrorCode::CannotOpen,
                     QStringLiteral("Qt SQL driver QSQLITE (package libqt6sql6-sqlite)"));
  }
  QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(kBusyTimeoutMs);
  if (access == Access::Memory) {
    connection_->setDatabaseName(QStringLiteral(":memory:"));
  } else if (access == Access::ReadOnly) {
    // immutable: no lock files and no shared memory, which a read-only folder would refuse.
    options += QStringLiteral(";QSQLITE_OPEN_READONLY;QSQLITE_OPEN_URI");
    connection_->setDatabaseName(
        QString::fromLatin1(QUrl::fromLocalFile(QFileInfo(path).absoluteFilePath()).toEncoded()) +
        QStringLiteral("?immutable=1"));
  } else {
    connection_->setDatabaseName(path);
  }
  connection_->setConnectOptions(options);
  const bool is_new = access == Access::Exclusive && QFileInfo(path).size() == 0;
  try {
    if (!connection_->open()) fail(QStringLiteral("open"), connection_->lastError());
    configure(max_pages, is_new);
  } catch (const StoreError&) {
    close();
    throw;
  }
}

void Database::configure(qint64 max_pages, bool is_new) {
  // First of all: an exclusive connection keeps WAL's index in our memory instead of a shared file.
  if (access_ == Access::Exclusive) exec(QStringLiteral("PRAGMA locking_mode=EXCLUSIVE"));
  exec(QStringLiteral("PRAGMA trusted_schema=OFF"));
  exec(QStringLiteral("PRAGMA cell_size_check=ON"));
  exec(QStringLiteral("PRAGMA mmap_size=0"));
  exec(QStringLiteral("PRAGMA foreign_keys=ON"));
  exec(QStringLiteral("PRAGMA cache_size=-32768"));
  exec(QStringLiteral("PRAGMA temp_store=MEMORY"));
  if (access_ == Access::ReadOnly) return;
  exec(QStringLiteral("PRAGMA secure_delete=ON"));
  // Only a new file takes it; for an old one this would be a write, and what is opened may not be
  // ours to change.
  if (is_new) exec(QStringLiteral("PRAGMA auto_vacuum=INCREMENTAL"));
  if (access_ == Access::Exclusive) {
    exec(QStringLiteral("PRAGMA journal_mode=WAL"));
    exec(QStringLiteral("PRAGMA synchronous=FULL"));
    exec(QStringLiteral("PRAGMA journal_size_limit=16777216"));
    exec(QStringLiteral("BEGIN IMMEDIATE"));  // takes the lock now rather than at the first message
    exec(QStringLiteral("COMMIT"));
  }
  if (max_pages > 0) exec(QStringLiteral("PRAGMA max_page_count=%1").arg(max_pages));
}

void Database::forbidWrites() {
  exec(QStringLiteral("PRAGMA query_only=ON"));
  writable_ = false;
}

void Database::close() {
  if (!connection_) return;
  prepared_.clear();
  connection_->close();
  connection_.reset();
  QSqlDatabase::removeDatabase(name_);
}

Database::Statement Database::prepare(const QString& sql) {
  const auto found = prepared_.find(sql);
  if (found != prepared_.end()) {
    std::unique_ptr<QSqlQuery> query = std::move(found->second);
    prepared_.erase(found);
    return Statement(*this, sql, std::move(query));
  }
  if (!connection_) throw StoreError(StoreErrorCode::CannotOpen, path_);
  auto query = std::make_unique<QSqlQuery>(*connection_);
  query->setForwardOnly(true);
  if (!query->prepare(sql)) fail(sql, query->lastError());
  return Statement(*this, sql, std::move(query));
}

void Database::exec(const QString& sql) {
  if (!connection_) throw StoreError(StoreErrorCode::CannotOpen, path_);
  QSqlQuery query(*connection_);
  query.setForwardOnly(true);
  if (!query.exec(sql)) fail(sql, query.lastError());
  while (query.next()) {
  }
  if (query.lastError().isValid()) fail(sql, query.lastError());
}

qint64 Database::scalar(const QString& sql) {
  Statement statement = prepare(sql);
  return statement.next() ? statement.integer(0) : 0;
}

QString Database::scalarText(const QString& sql) {
  Statement statement = prepare(sql);
  return statement.next() ? statement.text(0) : QString();
}

qint64 Database::lastInsertId() { return scalar(QStringLiteral("SELECT last_insert_rowid()")); }
qint64 Database::changes() { return scalar(QStringLiteral("SELECT changes()")); }

void Database::fail(const QString& sql, const QSqlError& error) const {
  const StoreErrorCode code = codeOf(error);
  QString detail = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
  detail = QStringLiteral("%1 (SQLite %2)").arg(detail, error.nativeErrorCode());
  // Statements hold no text of conversations: values are bound.
  if (code == StoreErrorCode::Internal)
    detail += QStringLiteral(" in: ") + sql.simplified().left(120);
  if (code == StoreErrorCode::CannotOpen || code == StoreErrorCode::Damaged)
    detail = path_ + QStringLiteral(": ") + detail;
  throw StoreError(code, detail);
}

}  // namespace gui
