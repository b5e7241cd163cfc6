// SPDX-License-Identifier: Apache-2.0
#include "gui/store/export_file.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSaveFile>
#include <QStorageInfo>
#include <filesystem>
#include <system_error>

#include "gui/store/file_system.h"

namespace gui {
namespace {

constexpr qsizetype kMaxName = 60;  // 180 bytes in Chinese; a file system takes 255

QString words(const char* text) { return QCoreApplication::translate("gui::Export", text); }

bool isMarkdown(const QString& path) {
  const QString suffix = QFileInfo(path).suffix().toLower();
  return suffix == QLatin1String("md") || suffix == QLatin1String("markdown");
}

// What the system says is in its own language, and not always to the point.
QString reason(const QFileInfo& file, qint64 size, const QString& system) {
  const QString folder = file.absolutePath();
  std::error_code unseen;
  if (!std::filesystem::is_directory(folder.toStdString(), unseen) &&
      unseen != std::errc::permission_denied) {
    return words(QT_TRANSLATE_NOOP("gui::Export", "This folder is not there. Choose another one."));
  }
  if (file.isDir()) {
    return words(QT_TRANSLATE_NOOP("gui::Export", "A folder has this name. Choose another one."));
  }
  const QStorageInfo disk(folder);
  if (disk.isReadOnly()) {
    return words(QT_TRANSLATE_NOOP("gui::Export",
                                   "This disk can only be read. Choose a folder on another one."));
  }
  if (unseen == std::errc::permission_denied || !canWrite(folder, file.absoluteFilePath())) {
    return words(QT_TRANSLATE_NOOP(
        "gui::Export", "You have no permission to write there. Choose another folder."));
  }
  if (disk.bytesAvailable() < size) {
    return words(QT_TRANSLATE_NOOP("gui::Export",
                                   "The disk is full. Make room, or choose a folder on another "
                                   "one."));
  }
  return system;
}

}  // namespace

QString exportName(const QString& title) {
  QString name;
  for (const QChar c : title.simplified()) {
    const QChar::Category category = c.category();
    if (category == QChar::Other_Control || category == QChar::Other_Format) continue;
    name += QStringLiteral("/\\:*?\"<>|").contains(c) ? u' ' : c;
  }
  name = name.simplified();
  if (name.size() > kMaxName) {
    name.truncate(name[kMaxName - 1].isHighSurrogate() ? kMaxName - 1 : kMaxName);
  }
  // A dot in front hides a file; one behind becomes part of the suffix.
  const auto atEdge = [](QChar c) { return c == u'.' || c == u' '; };
  while (!name.isEmpty() && atEdge(name.front())) name.remove(0, 1);
  while (!name.isEmpty() && atEdge(name.back())) name.chop(1);
  return name.isEmpty() ? words(QT_TRANSLATE_NOOP("gui::Export", "Conversation")) : name;
}

bool isJson(const QString& path) {
  return path.endsWith(QLatin1String(".json"), Qt::CaseInsensitive);
}

QString exportPath(const QString& file, bool wantsJson) {
  if (isJson(file) || (isMarkdown(file) && !wantsJson)) return file;
  const QString stem = isMarkdown(file) ? file.left(file.lastIndexOf(u'.')) : file;
  const QString suffix = wantsJson ? QStringLiteral(".json") : QStringLiteral(".md");
  QString path = stem + suffix;
  for (int number = 2; QFileInfo::exists(path); ++number) {
    path = QStringLiteral("%1 (%2)").arg(stem, QString::number(number)) + suffix;
  }
  return path;
}

QString writeExport(const QString& path, const QByteArray& bytes) {
  QSaveFile file(path);
  if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit()) {
    return {};
  }
  const QString system = file.errorString();
  file.cancelWriting();
  return reason(QFileInfo(path), bytes.size(), system);
}

}  // namespace gui
