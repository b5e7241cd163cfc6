// SPDX-License-Identifier: Apache-2.0
// One SQLite connection: prepared statements, transactions, errors as StoreError. Used by the
// storage thread only.
#pragma once

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariant>
#include <map>
#include <memory>
#include <optional>

#include "gui/store/store_error.h"

namespace gui {

class Database {
 public:
  enum class Access {
    Exclusive,  // read and write; no other process may open it meanwhile
    ReadOnly,   // changes nothing on disk, not even lock files; for copies and read-only folders
    Memory,     // no file
  };

  // A prepared statement on loan: reset when it goes out of scope. Values are bound in order to
  // plain '?' (Qt miscounts numbered ones).
  class Statement {
   public:
    Statement(Statement&& other) noexcept;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement();

    Statement& bind(qint64 value);
    Statement& bind(int value) { return bind(qint64{value}); }
    Statement& bind(bool value) { return bind(qint64{value}); }
    Statement& bind(double value);
    Statement& bind(const QString& value);  // lone surrogates become U+FFFD; never NULL
    Statement& bindId(qint64 value);        // 0 becomes NULL
    Statement& bindRaw(const QVariant& value);
    void run();   // executes; for statements without rows
    bool next();  // executes at the first call; false after the last row
    // Of the current row.
    qint64 integer(int column) const;
    int int32(int column) const { return static_cast<int>(integer(column)); }
    double real(int column) const;
    QString text(int column) const;
    QVariant value(int column) const;

   private:
    friend class Database;
    Statement(Database& database, const QString& sql, std::unique_ptr<QSqlQuery> query);
    void execute();

    Database& database_;
    QString sql_;
    std::unique_ptr<QSqlQuery> query_;
    int bound_ = 0;
    bool executed_ = false;
  };

  // BEGIN IMMEDIATE; rolls back unless committed.
  class Transaction {
   public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    Database& database_;
    bool open_ = true;
  };

  Database() = default;
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Throws StoreError{CannotOpen, Busy, Damaged, DiskFull, Io}. An open database is closed first.
  void open(const QString& path, Access access, qint64 max_pages = 0);
  // Checkpoints and closes; harmless when closed.
  void close();
  bool isOpen() const { return connection_.has_value(); }
  // From now on every write fails with StoreError{ReadOnly}.
  void forbidWrites();
  bool writable() const { return isOpen() && writable_; }
  Access access() const { return access_; }
  QString path() const { return path_; }

  Statement prepare(const QString& sql);
  void exec(const QString& sql);
  qint64 scalar(const QString& sql);  // first column of the first row; 0 without rows
  QString scalarText(const QString& sql);
  qint64 lastInsertId();
  qint64 changes();

 private:
  [[noreturn]] void fail(const QString& sql, const QSqlError& error) const;
  void configure(qint64 max_pages, bool is_new);

  QString name_;
  QString path_;
  Access access_ = Access::Memory;
  bool writable_ = false;
  std::optional<QSqlDatabase> connection_;
  std::map<QString, std::unique_ptr<QSqlQuery>> prepared_;  // not on loan at the moment
};

}  // namespace gui
