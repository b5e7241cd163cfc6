// SPDX-License-Identifier: Apache-2.0
#include "gui/store/opening.h"

#include <fcntl.h>
#include <unistd.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "gui/store/attachment_queries.h"
#include "gui/store/file_system.h"
#include "gui/store/message_queries.h"
#include "gui/store/migrations.h"
#include "gui/store/salvage.h"
#include "gui/store/search_queries.h"
#include "gui/store/trash_queries.h"

namespace gui {
namespace {

using Mode = OpenReport::Mode;
using Reason = OpenReport::Reason;

constexpr qint64 kKeepCopiesMs = 30ll * 86400 * 1000;
const QString kFileName = QStringLiteral("fireside.db");
const QString kWal = QStringLiteral("-wal");

QString checkMarker(const QString& folder) { return folder + QStringLiteral("/fireside.check"); }
QString copiesFolder(const QString& folder) { return folder + QStringLiteral("/backups"); }

QString timeStamp(qint64 now) {
  return QDateTime::fromMSecsSinceEpoch(now, Qt::UTC).toString(QStringLiteral("yyyyMMdd-hhmmss"));
}

// A path that is not taken: "fireside-x.db", "fireside-x-2.db", ...
QString freePath(const QString& stem, const QString& suffix) {
  QString path = stem + suffix;
  for (int n = 2; QFileInfo::exists(path); ++n) path = stem + QStringLiteral("-%1").arg(n) + suffix;
  return path;
}

class Opening {
 public:
  Opening(Database& db, const StoreOptions& options, qint64 now)
      : db_(db),
        folder_(options.folder.isEmpty() ? dataFolder() : options.folder),
        path_(folder_ + u'/' + kFileName),
        migrations_(options.migrations.isEmpty() ? builtInMigrations() : options.migrations),
        max_pages_(options.maxPages),
        now_(now) {}

  OpenReport run() {
    const QString problem = makePrivateFolder(folder_);
    if (!problem.isEmpty()) {
      inMemory(Reason::CannotOpen, problem);
    } else if (QFileInfo::exists(path_) && !QFileInfo(path_).isFile()) {
      // Of a pipe SQLite would wait for the other end.
      inMemory(Reason::CannotOpen, path_ + QStringLiteral(": not a file"));
    } else if (!canWrite(folder_, path_)) {
      readOnlyFolder();
    } else {
      writableFolder();
    }
    report_.schemaVersion = static_cast<int>(db_.scalar(QStringLiteral("PRAGMA user_version")));
    return report_;
  }

 private:
  void inMemory(Reason reason, const QString& detail) {
    db_.open({}, Database::Access::Memory);
    migrate(db_, migrations_);
    report_.mode = Mode::Memory;
    report_.reason = reason;
    report_.detail = detail;
    report_.location.clear();
  }

  void readOnly(Reason reason, const QString& detail) {
    report_.mode = Mode::ReadOnly;
    report_.reason = reason;
    report_.detail = detail;
    report_.location = path_;
  }

  // The folder cannot be written: read what is there without touching it.
  void readOnlyFolder() {
    if (!QFileInfo::exists(path_)) return inMemory(Reason::ReadOnlyFolder, folder_);
    try {
      if (fileSize(path_ + kWal) > 0) {
        // The last run was killed, and its last messages are in the log beside the file: join them
        // in a copy. Once open, the copy needs no name any more.
        QTemporaryDir scratch;
        const QString copy = scratch.filePath(kFileName);
        if (!QFile::copy(path_, copy) || !QFile::copy(path_ + kWal, copy + kWal)) {
          throw StoreError(StoreErrorCode::CannotOpen, path_);
        }
        QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
        QFile::setPermissions(copy + kWal, QFile::ReadOwner | QFile::WriteOwner);
        db_.open(copy, Database::Access::Exclusive);
        db_.open(copy, Database::Access::ReadOnly);
      } else {
        db_.open(path_, Database::Access::ReadOnly);
      }
      const qint64 version = db_.scalar(QStringLiteral("PRAGMA user_version"));
      if (version == 0) return inMemory(Reason::ReadOnlyFolder, folder_);
      readOnly(version > migrations_.last().version ? Reason::NewerSchema : Reason::ReadOnlyFolder,
               folder_);
    } catch (const StoreError& error) {
      inMemory(Reason::CannotOpen, error.detail());
    }
  }

  void writableFolder() {
    report_.uncleanStart = fileSize(path_ + kWal) > 0;
    const bool check = report_.uncleanStart || QFileInfo::exists(checkMarker(folder_));
    try {
      openSound(check);
    } catch (const StoreError& error) {
      switch (error.code()) {
        case StoreErrorCode::Damaged:
          return putAside(error.detail());
        case StoreErrorCode::Busy:
          return inMemory(Reason::OtherInstance, error.detail());
        default:
          return openAnyhow(error);
      }
    }
    finish();
  }

  // Opens; throws StoreError{Damaged} when the file is not sound.
  void openSound(bool check) {
    // Made here first: SQLite gives the files beside it the mode that it finds.
    const int file = ::open(QFile::encodeName(path_).constData(),
                            O_RDONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (file >= 0) ::close(file);
    db_.open(path_, Database::Access::Exclusive, max_pages_);
    QFile::setPermissions(path_, QFile::ReadOwner | QFile::WriteOwner);
    report_.location = path_;
    const qint64 version = db_.scalar(QStringLiteral("PRAGMA user_version"));
    const qint64 application = db_.scalar(QStringLiteral("PRAGMA application_id"));
    const qint64 tables = db_.scalar(QStringLiteral("SELECT count(*) FROM sqlite_master"));
    if ((version == 0 && tables > 0) || (version > 0 && application != kApplicationId)) {
      throw StoreError(StoreErrorCode::Damaged,
                       path_ + QStringLiteral(": a database of another program"));
    }
    if (check) {
      const QString problem = quickCheck(db_);
      if (!problem.isEmpty())
        throw StoreError(StoreErrorCode::Damaged, path_ + QStringLiteral(": ") + problem);
      QFile::remove(checkMarker(folder_));
    }
  }

  // Not damaged and not locked, and yet it does not open for writing (a full disk, an odd file
  // system): read.
  void openAnyhow(const StoreError& error) {
    try {
      if (!QFileInfo::exists(path_)) throw error;
      db_.open(path_, Database::Access::ReadOnly);
      if (db_.scalar(QStringLiteral("PRAGMA user_version")) == 0) throw error;
      readOnly(Reason::CannotOpen, error.detail());
    } catch (const StoreError&) {
      inMemory(Reason::CannotOpen, error.detail());
    }
  }

  // The file is open and sound: bring it up to date.
  void finish() {
    const qint64 version = db_.scalar(QStringLiteral("PRAGMA user_version"));
    if (version > migrations_.last().version) {
      db_.forbidWrites();
      return readOnly(Reason::NewerSchema,
                      QStringLiteral("%1 > %2").arg(version).arg(migrations_.last().version));
    }
    if (version < migrations_.last().version && !upgrade(version)) return;
    try {
      Database::Transaction transaction(db_);
      report_.interruptedAnswers = queries::closeInterrupted(db_);
      transaction.commit();
    } catch (const StoreError& error) {
      // A full disk: the answers stay marked and are closed by a later start.
      report_.detail = error.detail();
    }
  }

  // Returns false when the store stays read-only at its old version.
  bool upgrade(qint64 version) {
    if (version > 0) {
      try {
        makePrivateFolder(copiesFolder(folder_));
        const QString copy =
            freePath(copiesFolder(folder_) +
                         QStringLiteral("/fireside-v%1-%2").arg(version).arg(timeStamp(now_)),
                     QStringLiteral(".db"));
        copyVerified(db_, copy);
        report_.migrationCopy = copy;
      } catch (const StoreError& error) {
        db_.forbidWrites();
        readOnly(Reason::NoRoomToMigrate, error.detail());
        return false;
      }
    }
    try {
      migrate(db_, migrations_);
    } catch (const StoreError& error) {
      if (version == 0) {
        inMemory(error.code() == StoreErrorCode::DiskFull ? Reason::NoRoomToMigrate
                                                          : Reason::MigrationFailed,
                 error.detail());
      } else {
        db_.forbidWrites();
        readOnly(Reason::MigrationFailed, error.detail());
      }
      return false;
    }
    return true;
  }

  void putAside(const QString& problem) {
    db_.close();
    const QString stem = folder_ + QStringLiteral("/fireside-damaged-") + timeStamp(now_);
    const QString aside = freePath(stem, QStringLiteral(".db"));
    try {
      replaceFile(path_, aside);
      for (const QString& suffix : {kWal, QStringLiteral("-shm"), QStringLiteral("-journal")}) {
        if (QFileInfo::exists(path_ + suffix)) replaceFile(path_ + suffix, aside + suffix);
      }
      QFile::remove(checkMarker(folder_));
      openSound(false);
      migrate(db_, migrations_);
    } catch (const StoreError& error) {
      return inMemory(Reason::CannotOpen, error.detail());
    }
    report_.damagedFile = aside;
    report_.detail = problem;
    const Salvaged salvaged = salvage(aside, db_, folder_);
    report_.salvagedConversations = salvaged.conversations;
    report_.salvagedMessages = salvaged.messages;
    finish();
  }

  Database& db_;
  const QString folder_;
  const QString path_;
  const QList<Migration> migrations_;
  const qint64 max_pages_;
  const qint64 now_;
  OpenReport report_;
};

}  // namespace

QString dataFolder() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
         QStringLiteral("/fireside");
}

OpenReport openStore(Database& db, const StoreOptions& options, qint64 now) {
  return Opening(db, options, now).run();
}

int chores(Database& db, const QString& folder, qint64 now) {
  Database::Transaction transaction(db);
  const int purged = queries::emptyTrash(db, now - queries::kTrashMs);
  queries::collectAttachments(db, now - queries::kOrphanMs);
  transaction.commit();
  const QFileInfoList copies =
      QDir(copiesFolder(folder)).entryInfoList({QStringLiteral("fireside-v*.db")}, QDir::Files);
  for (const QFileInfo& copy : copies) {
    if (copy.lastModified().toMSecsSinceEpoch() < now - kKeepCopiesMs)
      QFile::remove(copy.filePath());
  }
  return purged;
}

void requestCheck(const QString& folder) {
  QFile marker(checkMarker(folder));
  if (!marker.open(QIODevice::WriteOnly))
    return;  // then the check waits for the next unclean start
}

}  // namespace gui
