// SPDX-License-Identifier: Apache-2.0
#include "gui/store/file_system.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gui/store/store_error.h"

namespace gui {
namespace {

QString systemWords(int error) { return QString::fromLocal8Bit(std::strerror(error)); }

}  // namespace

QString makePrivateFolder(const QString& path) {
  const QFileInfo info(path);
  if (!info.exists()) {
    if (!QDir().mkpath(info.absolutePath()) ||
        ::mkdir(QFile::encodeName(path).constData(), 0700) != 0) {
      if (errno != EEXIST) return path + QStringLiteral(": ") + systemWords(errno);
    }
  }
  if (!QFileInfo(path).isDir()) return path + QStringLiteral(": ") + systemWords(ENOTDIR);
  struct stat status {};
  if (::stat(QFile::encodeName(path).constData(), &status) == 0 && status.st_uid == ::geteuid() &&
      (status.st_mode & 0077) != 0 && (status.st_mode & (S_ISVTX | S_IWOTH)) == 0) {
    // Others may look in: take that away. A read-only medium keeps its mode, and that is no error. A
    // folder that all may write to, such as /tmp, is not ours to close; the files are private.
    (void)::chmod(QFile::encodeName(path).constData(), status.st_mode & 0700);
  }
  return {};
}

bool canWrite(const QString& folder, const QString& file) {
  // access() would ask for the real user; the effective one opens the files.
  const auto may = [](const QString& path, int mode) {
    return ::faccessat(AT_FDCWD, QFile::encodeName(path).constData(), mode, AT_EACCESS) == 0;
  };
  if (!may(folder, W_OK | X_OK)) return false;
  return !QFileInfo::exists(file) || may(file, R_OK | W_OK);
}

void replaceFile(const QString& from, const QString& to) {
  const QByteArray source = QFile::encodeName(from);
  const QByteArray target = QFile::encodeName(to);
  const int folder = ::open(QFile::encodeName(QFileInfo(to).absolutePath()).constData(),
                            O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool renamed = std::rename(source.constData(), target.constData()) == 0;
  const int error = errno;
  if (folder >= 0) {
    if (renamed) (void)::fsync(folder);
    ::close(folder);
  }
  if (!renamed)
    throw StoreError(StoreErrorCode::Io, to + QStringLiteral(": ") + systemWords(error));
}

qint64 fileSize(const QString& path) {
  return QFileInfo(path).exists() ? QFileInfo(path).size() : 0;
}

}  // namespace gui
