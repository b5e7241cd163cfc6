// SPDX-License-Identifier: Apache-2.0
// What keeps a process from writing: no permission, no room.
#pragma once

#include <sys/mount.h>
#include <unistd.h>

#include <QByteArray>
#include <QFile>
#include <QTemporaryDir>

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
