// SPDX-License-Identifier: Apache-2.0
// A file system for SQLite that fails when told, and that knows what a power cut would leave.
//
// While an object lives it is SQLite's default VFS, on top of the real one. Databases and their
// logs (not temporary files) are counted: every write, truncation, sync and deletion is one
// operation. After the operation with a chosen number either every further one fails (a full disk,
// a broken one), or the disk is photographed as a power cut at that moment might leave it: what was
// synced is there, of what was written since any part may be, in any order, torn at 512 bytes.
// Syncs are remembered, not passed on, so that tests are fast. Any thread.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <mutex>

struct sqlite3_vfs;
struct sqlite3_file;

class FaultVfs {
 public:
  FaultVfs();
  ~FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;

  // The real VFS is the default again; what was recorded stays.
  void stop();

  int operations() const;
  // Every operation after the first `count` fails with SQLite's `code`. count < 0: none fails.
  void failAfter(int count, int code = 0);
  // How many have failed.
  int failures() const;
  // After operation number `count`, counted from now on as operations() does, the disk is
  // photographed.
  void cutPowerAfter(int count);
  // Writes the photograph, or the present state if none was taken, to files of the same names in
  // `folder`. `seed` chooses among the states that a power cut might leave.
  void develop(const QString& folder, quint32 seed) const;

  // Used by the callbacks.
  struct Write {
    qint64 offset;  // -1: a truncation to `size`
    qint64 size;
    QByteArray bytes;
  };
  struct File {
    QByteArray durable;
    QByteArray current;
    QList<Write> pending;
    bool exists = true;
    bool sync_folder = false;  // at the next sync
  };
  // SQLite's code for this operation; `change` is applied when it is 0.
  template <class Change>
  int operation(const QString& path, Change change);
  void opened(const QString& path, const QByteArray& content, bool sync_folder);
  int sync(const QString& path);
  sqlite3_vfs* base() const { return base_; }

 private:
  mutable std::mutex mutex_;
  sqlite3_vfs* base_ = nullptr;
  sqlite3_vfs* vfs_ = nullptr;
  QHash<QString, File> files_;
  QHash<QString, File> photograph_;
  int operations_ = 0;
  int fail_after_ = -1;
  int fail_code_ = 0;
  int failures_ = 0;
  int cut_after_ = -1;
  bool photographed_ = false;
};
