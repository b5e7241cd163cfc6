// SPDX-License-Identifier: Apache-2.0
// The schema and its history: resources/sql/NNNN_name.sql, applied in order, each in one
// transaction that also sets PRAGMA user_version. A process killed in the middle leaves the version
// before, whole.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include "gui/store/database.h"
#include "gui/store/store_options.h"

namespace gui {

// "Frsd": tells our files from other SQLite databases.
constexpr qint64 kApplicationId = 0x46727364;

// Those compiled into the program, ascending.
QList<Migration> builtInMigrations();

// Single statements of an SQL script. A statement ends with a line that ends with ';' (in a
// trigger: 'END;').
QStringList splitStatements(const QString& sql);

// Brings the database from its user_version to the last migration's version. Throws StoreError.
void migrate(Database& db, const QList<Migration>& migrations);

// Copies the open database to `target` and checks the copy (quick_check, version, number of rows of
// every table). Throws StoreError{DiskFull, Io, Damaged}; then there is no file at `target`.
void copyVerified(Database& db, const QString& target);

// "" when sound, else SQLite's first words about what is wrong.
QString quickCheck(Database& db);

}  // namespace gui
