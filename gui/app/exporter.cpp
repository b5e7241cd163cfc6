// SPDX-License-Identifier: Apache-2.0
#include "gui/app/exporter.h"

#include <QDir>
#include <QFileInfo>
#include <QSet>
#include <QStandardPaths>

#include "gui/chat/task.h"
#include "gui/store/export.h"
#include "gui/store/export_file.h"
#include "gui/store/store.h"

namespace gui {
namespace {

constexpr int kQuietMs = 8000;

QSet<qint64> attachmentsOf(const ConversationData& data) {
  QSet<qint64> ids;
  const auto note = [&ids](const QList<AttachmentRow>& rows) {
    for (const AttachmentRow& row : rows) {
      ids.insert(row.id);
    }
  };
  for (const MessageRow& message : data.messages) {
    note(message.attachments);
  }
  note(data.draft.attachments);
  return ids;
}

}  // namespace

Exporter::Exporter(Store* store, QThreadPool* pool, QObject* parent)
    : QObject(parent), store_(store), pool_(pool) {
  quiet_.setSingleShot(true);
  quiet_.setInterval(kQuietMs);
  connect(&quiet_, &QTimer::timeout, this, &Exporter::dismiss);
}

QUrl Exporter::suggestedFile(const QString& title) const {
  QString folder = folder_;
  if (folder.isEmpty()) {
    folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  }
  if (!QFileInfo(folder).isDir()) {
    folder = QDir::homePath();
  }
  return QUrl::fromLocalFile(folder + u'/' + exportName(title) + QStringLiteral(".md"));
}

void Exporter::save(qint64 conversationId, const QUrl& file, bool wantsJson) {
  dismiss();
  if (!file.isLocalFile()) {
    fail(file.toDisplayString(), tr("Choose a folder of this computer."));
    return;
  }
  const QString path = exportPath(file.toLocalFile(), wantsJson);
  store_->load(conversationId)
      .then(this,
            [this, path](const ConversationData& data) {
              if (isJson(path)) {
                addPages(data, path);
              } else {
                write(data, {}, path);
              }
            })
      .onFailed(this, [this, path](const StoreError& error) { fail(path, error.message()); });
}

void Exporter::addPages(const ConversationData& data, const QString& path) {
  QList<QFuture<AttachmentRow>> reading;
  for (const qint64 id : attachmentsOf(data)) {
    reading.append(store_->attachment(id));
  }
  QtFuture::whenAll(reading.begin(), reading.end())
      .then(this,
            [this, data, path](const QList<QFuture<AttachmentRow>>& read) {
              QList<AttachmentRow> attachments;
              for (const QFuture<AttachmentRow>& each : read) {
                attachments.append(each.result());
              }
              write(data, attachments, path);
            })
      .onFailed(this, [this, path](const StoreError& error) { fail(path, error.message()); });
}

void Exporter::write(const ConversationData& data, const QList<AttachmentRow>& attachments,
                     const QString& path) {
  runTask(
      pool_, this,
      [data, attachments, path] {
        return writeExport(path,
                           isJson(path) ? toJson(data, attachments) : toMarkdown(data).toUtf8());
      },
      [this, path](const QString& problem) {
        if (problem.isEmpty()) {
          folder_ = QFileInfo(path).absolutePath();
          say(tr("Saved to %1").arg(path), false);
          quiet_.start();
        } else {
          fail(path, problem);
        }
      },
      [this, path](const engine::Error& error) { fail(path, QString::fromUtf8(error.what())); });
}

void Exporter::fail(const QString& path, const QString& why) {
  say(tr("“%1” could not be saved. %2").arg(path, why), true);
}

void Exporter::say(const QString& message, bool failed) {
  quiet_.stop();
  message_ = message;
  failed_ = failed;
  emit changed();
}

}  // namespace gui
