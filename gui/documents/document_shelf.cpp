// SPDX-License-Identifier: Apache-2.0
#include "gui/documents/document_shelf.h"

#include <algorithm>
#include <utility>

#include "gui/chat/error_text.h"
#include "gui/chat/task.h"
#include "gui/documents/attachment_rows.h"
#include "gui/store/store.h"

namespace gui {

DocumentShelf::DocumentShelf(Store* store, QThreadPool* pool, QObject* parent)
    : QObject(parent), store_(store), pool_(pool) {}

void DocumentShelf::fetch(const QList<qint64>& attachmentIds, std::function<void()> done,
                          std::function<void(const QString&)> failed) {
  Wait wait{{}, std::move(done), std::move(failed)};
  for (const qint64 id : attachmentIds) {
    if (!documents_.contains(id) && !wait.missing.contains(id)) {
      wait.missing.append(id);
    }
  }
  if (wait.missing.isEmpty()) {
    wait.done();
    return;
  }
  const QList<qint64> missing = wait.missing;
  waits_.push_back(std::move(wait));
  for (const qint64 id : missing) {
    if (!requested_.contains(id)) {
      request(id);
    }
  }
}

void DocumentShelf::request(qint64 attachmentId) {
  requested_.append(attachmentId);
  store_->attachment(attachmentId)
      .then(
          this,
          [this, attachmentId](const AttachmentRow& row) {
            runTask(
                pool_, this,
                [row] { return DocumentPtr(std::make_shared<engine::Document>(toDocument(row))); },
                [this, attachmentId](const DocumentPtr& document) {
                  arrived(attachmentId, document);
                },
                [this, attachmentId](const engine::Error& error) {
                  failed(attachmentId, errorText(error));
                });
          })
      .onFailed(this, [this, attachmentId](const StoreError& error) {
        failed(attachmentId, error.message());
      });
}

void DocumentShelf::arrived(qint64 attachmentId, const DocumentPtr& document) {
  requested_.removeAll(attachmentId);
  documents_.insert(attachmentId, document);
  std::vector<Wait> complete;
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    wait->missing.removeAll(attachmentId);
    if (wait->missing.isEmpty()) {
      complete.push_back(std::move(*wait));
      wait = waits_.erase(wait);
    } else {
      ++wait;
    }
  }
  for (const Wait& wait : complete) {
    wait.done();
  }
}

void DocumentShelf::failed(qint64 attachmentId, const QString& reason) {
  requested_.removeAll(attachmentId);
  std::vector<Wait> broken;
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    if (wait->missing.contains(attachmentId)) {
      broken.push_back(std::move(*wait));
      wait = waits_.erase(wait);
    } else {
      ++wait;
    }
  }
  for (const Wait& wait : broken) {
    wait.failed(reason);
  }
}

}  // namespace gui
