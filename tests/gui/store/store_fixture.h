// SPDX-License-Identifier: Apache-2.0
// A store in a temporary folder and short words for what the tests do with it.
#pragma once

#include <QCoreApplication>
#include <QFuture>
#include <QTemporaryDir>
#include <QTest>
#include <memory>

#include "gui/store/database.h"
#include "gui/store/storage_status.h"
#include "gui/store/store.h"

namespace gui {

class StoreFixture {
 public:
  StoreFixture() : folder_(dir_.filePath(QStringLiteral("fireside"))) { options.folder = folder_; }

  // Closes an open store first.
  OpenReport open() {
    store.reset();
    store = std::make_unique<Store>(options);
    return get(store->open());
  }
  void close() { store.reset(); }

  // The result of a call; throws its StoreError.
  template <class T>
  T get(QFuture<T> future) {
    store->flush();
    if constexpr (std::is_void_v<T>) {
      future.waitForFinished();
    } else {
      return future.result();
    }
  }

  // The code of the error a call ends with; fails the test when it ends well.
  template <class T>
  StoreErrorCode errorOf(QFuture<T> future) {
    try {
      get(future);
    } catch (const StoreError& error) {
      return error.code();
    }
    QTest::qFail("the call succeeded", __FILE__, __LINE__);
    return StoreErrorCode::Internal;
  }

  Exchange start(const QString& title, const QString& text) {
    ConversationRow row;
    row.title = title;
    return get(store->startConversation(row, {text, {}, {}, {}}, {}));
  }

  // A whole exchange with a finished answer. conversation 0: a new one.
  Exchange exchange(qint64 conversation, const QString& question, const QString& answer) {
    Exchange done;
    if (conversation == 0) {
      done = start(question, question);
    } else {
      const ConversationData data = get(store->load(conversation));
      done = get(store->appendExchange(conversation, data.conversation.leafId,
                                       {question, {}, {}, {}}, {}));
    }
    AnswerResult result;
    result.finishReason = QStringLiteral("stop");
    get(store->finishAnswer(done.answerId, answer, result));
    return done;
  }

  QString path() const { return folder_ + QStringLiteral("/fireside.db"); }
  QString folder() const { return folder_; }

 private:
  QTemporaryDir dir_;
  QString folder_;

 public:
  StoreOptions options;
  std::unique_ptr<Store> store;
};

}  // namespace gui
