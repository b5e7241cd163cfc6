// SPDX-License-Identifier: Apache-2.0
// How a store is opened, and what came of it.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <functional>

namespace gui {

// One step of the schema: `sql` takes a database of version `version - 1` to `version`.
struct Migration {
  int version = 0;
  QString sql;
};

struct StoreOptions {
  QString folder;  // made with mode 0700 when missing; empty: dataFolder()

  // For tests.
  QList<Migration> migrations;    // empty: those in resources/sql
  qint64 maxPages = 0;            // > 0: the size in pages at which the database is "full"
  std::function<qint64()> clock;  // milliseconds since the epoch; empty: the system's
};

struct OpenReport {
  enum class Mode { ReadWrite, ReadOnly, Memory };
  Mode mode = Mode::ReadWrite;
  enum class Reason {
    None,
    NewerSchema,
    ReadOnlyFolder,
    OtherInstance,
    CannotOpen,
    NoRoomToMigrate,
    MigrationFailed
  };
  Reason reason = Reason::None;    // why not ReadWrite
  QString detail;                  // figures or SQLite's words
  QString location;                // the database file; empty in memory
  bool uncleanStart = false;       // the last run was killed
  int interruptedAnswers = 0;      // found unfinished and closed
  QString damagedFile;             // a broken database was put aside under this name
  int salvagedConversations = -1;  // with damagedFile: how many came back
  int salvagedMessages = -1;
  QString migrationCopy;  // the copy made before a migration
  int schemaVersion = 0;  // of the file as it is now
};

// $XDG_DATA_HOME/fireside, or ~/.local/share/fireside.
QString dataFolder();

}  // namespace gui
