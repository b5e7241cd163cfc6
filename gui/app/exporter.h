// SPDX-License-Identifier: Apache-2.0
// Writes conversations to files of the person's own, and says what became of it. GUI thread; the
// text is made and written on the pool.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <QUrl>

#include "gui/store/rows.h"

namespace gui {

class Store;

class Exporter : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  // What became of the last export; a success is said for a moment only. Empty: nothing to say.
  Q_PROPERTY(QString message READ message NOTIFY changed)
  Q_PROPERTY(bool failed READ failed NOTIFY changed)

 public:
  Exporter(Store* store, QThreadPool* pool, QObject* parent = nullptr);

  QString message() const { return message_; }
  bool failed() const { return failed_; }

  // What a dialog may propose: in the folder of the last export, else among the documents, else at
  // home.
  Q_INVOKABLE QUrl suggestedFile(const QString& title) const;
  // Markdown has what the window shows; JSON (`wantsJson`, or by the suffix) has all versions and
  // the text of the documents. See exportPath().
  Q_INVOKABLE void save(qint64 conversationId, const QUrl& file, bool wantsJson = false);
  Q_INVOKABLE void dismiss() { say({}, false); }

 signals:
  void changed();

 private:
  void addPages(const ConversationData& data, const QString& path);
  void write(const ConversationData& data, const QList<AttachmentRow>& attachments,
             const QString& path);
  void fail(const QString& path, const QString& why);
  void say(const QString& message, bool failed);

  Store* const store_;
  QThreadPool* const pool_;
  QTimer quiet_;
  QString folder_;  // of the last export
  QString message_;
  bool failed_ = false;
};

}  // namespace gui
