// SPDX-License-Identifier: Apache-2.0
// The texts of the documents of one conversation, read from the store when a prompt needs them and
// kept. GUI thread.
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <functional>
#include <memory>
#include <vector>

#include "engine/document.h"

class QThreadPool;

namespace gui {

class Store;
using DocumentPtr = std::shared_ptr<const engine::Document>;

class DocumentShelf : public QObject {
  Q_OBJECT

 public:
  DocumentShelf(Store* store, QThreadPool* pool, QObject* parent = nullptr);

  void put(qint64 attachmentId, const DocumentPtr& document) {
    documents_.insert(attachmentId, document);
  }
  // Null until fetched.
  DocumentPtr get(qint64 attachmentId) const { return documents_.value(attachmentId); }

  // Calls done() when all of them are here, at once when they already are. `failed` gets the reason
  // in words.
  void fetch(const QList<qint64>& attachmentIds, std::function<void()> done,
             std::function<void(const QString&)> failed);

 private:
  struct Wait {
    QList<qint64> missing;
    std::function<void()> done;
    std::function<void(const QString&)> failed;
  };
  void request(qint64 attachmentId);
  void arrived(qint64 attachmentId, const DocumentPtr& document);
  void failed(qint64 attachmentId, const QString& reason);

  Store* const store_;
  QThreadPool* const pool_;
  QHash<qint64, DocumentPtr> documents_;
  QList<qint64> requested_;
  std::vector<Wait> waits_;
};

}  // namespace gui
