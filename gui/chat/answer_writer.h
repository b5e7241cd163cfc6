// SPDX-License-Identifier: Apache-2.0
// Keeps an answer that is being written safe: what has arrived reaches the store at least once a
// second. GUI thread.
#pragma once

#include <QFuture>
#include <QObject>
#include <QTimer>

#include "gui/store/rows.h"

namespace gui {

class Store;

class AnswerWriter : public QObject {
  Q_OBJECT

 public:
  AnswerWriter(Store* store, qint64 messageId, QObject* parent = nullptr);
  // Writes what has arrived if finish() was not called.
  ~AnswerWriter() override;

  qint64 messageId() const { return messageId_; }
  const QString& text() const { return text_; }
  void append(const QString& added);
  // The last of it; a StoreError in the future says that it could not be written.
  QFuture<void> finish(const AnswerResult& result);

 signals:
  // Something that has arrived could not be written.
  void failed(const QString& message);

 private:
  void checkpoint();

  Store* const store_;
  const qint64 messageId_;
  QString text_;
  QTimer timer_;
  bool finished_ = false;
};

}  // namespace gui
