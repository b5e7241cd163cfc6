// SPDX-License-Identifier: Apache-2.0
#include "tests/gui/store/fault_vfs.h"

#include <sqlite3.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <algorithm>
#include <cstring>
#include <utility>

namespace {

constexpr qint64 kSector = 512;

// What SQLite takes for its file: ours, with the real one behind it.
struct FaultFile {
  sqlite3_file base;
  FaultVfs* owner;
  QString* path;  // null: not watched
  sqlite3_file* real;
};

FaultFile* mine(sqlite3_file* file) { return reinterpret_cast<FaultFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return mine(file)->real; }
FaultVfs* owner(sqlite3_vfs* vfs) { return static_cast<FaultVfs*>(vfs->pAppData); }

void apply(QByteArray* content, const FaultVfs::Write& write) {
  if (write.offset < 0) {
    content->resize(write.size);
    return;
  }
  const qint64 end = write.offset + write.bytes.size();
  if (content->size() < end) content->append(end - content->size(), '\0');
  std::memcpy(content->data() + write.offset, write.bytes.constData(),
              static_cast<size_t>(write.bytes.size()));
}

QByteArray readAll(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int closeFile(sqlite3_file* file) {
  const int code = real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
  delete mine(file)->path;
  return code;
}

int readFile(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), buffer, amount, offset);
}

}  // namespace

template <class Change>
int FaultVfs::operation(const QString& path, Change change) {
  const std::lock_guard lock(mutex_);
  ++operations_;
  if (fail_after_ >= 0 && operations_ > fail_after_) {
    ++failures_;
    return fail_code_;
  }
  change(files_[path]);
  if (operations_ == cut_after_) {
    photograph_ = files_;
    photographed_ = true;
  }
  return SQLITE_OK;
}

namespace {

int writeFile(sqlite3_file* file, const void* buffer, int amount, sqlite3_int64 offset) {
  if (mine(file)->path) {
    const int code = mine(file)->owner->operation(*mine(file)->path, [&](FaultVfs::File& f) {
      const FaultVfs::Write write{offset, 0, QByteArray(static_cast<const char*>(buffer), amount)};
      apply(&f.current, write);
      f.pending.append(write);
    });
    if (code != SQLITE_OK) return code;
  }
  return real(file)->pMethods->xWrite(real(file), buffer, amount, offset);
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
  if (mine(file)->path) {
    const int code = mine(file)->owner->operation(*mine(file)->path, [&](FaultVfs::File& f) {
      f.current.resize(size);
      f.pending.append({-1, size, {}});
    });
    if (code != SQLITE_OK) return code;
  }
  return real(file)->pMethods->xTruncate(real(file), size);
}

int syncFile(sqlite3_file* file, int) {
  if (!mine(file)->path) return SQLITE_OK;
  return mine(file)->owner->sync(*mine(file)->path);
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int lockFile(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int unlockFile(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int checkLock(sqlite3_file* file, int* reserved) {
  return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}
int control(sqlite3_file* file, int what, void* argument) {
  return real(file)->pMethods->xFileControl(real(file), what, argument);
}
int sectorSize(sqlite3_file*) { return kSector; }
int characteristics(sqlite3_file*) { return 0; }  // the least that a disk may promise

// Version 1: no shared memory. An exclusive connection needs none even with a write-ahead log.
const sqlite3_io_methods kMethods = {
    1,        closeFile,  readFile,  writeFile, truncateFile, syncFile,        fileSize,
    lockFile, unlockFile, checkLock, control,   sectorSize,   characteristics, nullptr,
    nullptr,  nullptr,    nullptr,   nullptr,   nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  FaultFile* f = mine(file);
  f->base.pMethods = nullptr;
  f->owner = owner(vfs);
  f->path = nullptr;
  f->real = reinterpret_cast<sqlite3_file*>(f + 1);
  sqlite3_vfs* base = f->owner->base();
  const QString path = name ? QString::fromUtf8(name) : QString();
  const bool watched =
      name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
  const QByteArray before = watched ? readAll(path) : QByteArray();
  const int code = base->xOpen(base, name, f->real, flags, out_flags);
  if (!f->real->pMethods) return code;
  f->base.pMethods = &kMethods;
  if (code == SQLITE_OK && watched) {
    f->path = new QString(path);
    f->owner->opened(path, before, (flags & SQLITE_OPEN_MAIN_DB) == 0);
  }
  return code;
}

int deleteFile(sqlite3_vfs* vfs, const char* name, int sync) {
  const int code = owner(vfs)->operation(QString::fromUtf8(name), [](FaultVfs::File& f) {
    f.current.clear();
    f.exists = false;
  });
  return code != SQLITE_OK ? code : owner(vfs)->base()->xDelete(owner(vfs)->base(), name, sync);
}

int accessFile(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
  return owner(vfs)->base()->xAccess(owner(vfs)->base(), name, flags, result);
}

int fullPath(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return owner(vfs)->base()->xFullPathname(owner(vfs)->base(), name, size, out);
}

}  // namespace

FaultVfs::FaultVfs() : base_(sqlite3_vfs_find(nullptr)), vfs_(new sqlite3_vfs(*base_)) {
  vfs_->iVersion = 1;
  vfs_->szOsFile = static_cast<int>(sizeof(FaultFile)) + base_->szOsFile;
  vfs_->pNext = nullptr;
  vfs_->zName = "fireside-faults";
  vfs_->pAppData = this;
  vfs_->xOpen = openFile;
  vfs_->xDelete = deleteFile;
  vfs_->xAccess = accessFile;
  vfs_->xFullPathname = fullPath;
  sqlite3_vfs_register(vfs_, 1);
}

FaultVfs::~FaultVfs() { stop(); }

void FaultVfs::stop() {
  if (!vfs_) return;
  sqlite3_vfs_unregister(vfs_);
  sqlite3_vfs_register(base_, 1);
  delete vfs_;
  vfs_ = nullptr;
}

void FaultVfs::opened(const QString& path, const QByteArray& content, bool sync_folder) {
  const std::lock_guard lock(mutex_);
  File& file = files_[path];
  if (!file.exists || (file.current.isEmpty() && file.pending.isEmpty()))
    file = {content, content, {}, true, false};
  file.sync_folder = sync_folder;
}

int FaultVfs::sync(const QString& path) {
  return operation(path, [this](File& file) {
    file.durable = file.current;
    file.pending.clear();
    // The real VFS syncs the folder too when a log is synced for the first time: deletions before
    // that last.
    if (!std::exchange(file.sync_folder, false)) return;
    files_.removeIf([](const QHash<QString, File>::iterator& it) { return !it->exists; });
  });
}

int FaultVfs::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

int FaultVfs::failures() const {
  const std::lock_guard lock(mutex_);
  return failures_;
}

void FaultVfs::failAfter(int count, int code) {
  const std::lock_guard lock(mutex_);
  fail_after_ = count;
  fail_code_ = code;
}

void FaultVfs::cutPowerAfter(int count) {
  const std::lock_guard lock(mutex_);
  cut_after_ = count;
}

void FaultVfs::develop(const QString& folder, quint32 seed) const {
  const std::lock_guard lock(mutex_);
  QRandomGenerator random(seed);
  const QHash<QString, File>& files = photographed_ ? photograph_ : files_;
  QStringList paths = files.keys();
  paths.sort();  // the same seed, the same disk
  QDir().mkpath(folder);
  for (const QString& path : paths) {
    const File& file = files[path];
    // A deletion may or may not have reached the disk.
    if (!file.exists && random.bounded(2) == 0) continue;
    QByteArray content = file.durable;
    for (const Write& write : file.pending) {
      switch (seed == 0 ? 1 : random.bounded(4)) {
        case 0:
          break;   // lost
        case 1: {  // torn: a part of its sectors
          if (write.offset < 0 || seed == 0) {
            apply(&content, write);
            break;
          }
          for (qint64 at = 0; at < write.bytes.size(); at += kSector) {
            if (random.bounded(2) == 0)
              apply(&content, {write.offset + at, 0, write.bytes.mid(at, kSector)});
          }
          break;
        }
        default:
          apply(&content, write);
      }
    }
    QFile out(folder + u'/' + QFileInfo(path).fileName());
    if (out.open(QIODevice::WriteOnly)) out.write(content);
  }
}
