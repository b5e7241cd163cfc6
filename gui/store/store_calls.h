// SPDX-License-Identifier: Apache-2.0
// How a call of the Store crosses to the storage thread and back. Part of store*.cpp; nobody else
// includes it.
#pragma once

#include <QPromise>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "gui/store/conversation_queries.h"
#include "gui/store/database.h"
#include "gui/store/job_queue.h"
#include "gui/store/store.h"

namespace gui {

struct Nothing {};
inline constexpr auto kNoAfter = [](auto&&...) {};

// What a write does: refuse early when there is no way, else one transaction.
template <class Work>
auto inTransaction(Database& db, Work work) {
  if (!db.writable()) throw StoreError(StoreErrorCode::ReadOnly);
  Database::Transaction transaction(db);
  if constexpr (std::is_void_v<decltype(work())>) {
    work();
    transaction.commit();
  } else {
    auto result = work();
    transaction.commit();
    return result;
  }
}

// The two threads touch a call in turns, with the queue's mutex between: `result` and `error` are
// written by the storage thread, the promise belongs to the GUI thread.
template <class T>
struct Store::Call {
  QPromise<T> promise;
  std::optional<std::conditional_t<std::is_void_v<T>, Nothing, T>> result;
  std::optional<StoreError> error;
};

// An answer that could not be written: its text, and how it ended if it has.
struct Store::Unsaved {
  QString text;
  std::optional<AnswerResult> result;
  qint64 time = 0;  // when it ended
};

struct Store::PendingCheckpoint {
  std::mutex mutex;
  QString text;        // the newest
  bool taken = false;  // by the storage thread
  QFuture<void> future;
};

template <class T, class Work, class After>
QFuture<T> Store::run(Work work, After after) {
  auto call = std::make_shared<Call<T>>();
  call->promise.start();
  QFuture<T> future = call->promise.future();
  auto on_storage_thread = [this, call, work = std::move(work)]() mutable {
    if (call->promise.isCanceled()) return;
    try {
      if constexpr (std::is_void_v<T>) {
        work(*database_);
      } else {
        call->result = work(*database_);
      }
    } catch (const StoreError& error) {
      call->error = error;
    } catch (const std::exception& error) {
      call->error = StoreError(StoreErrorCode::Internal, QString::fromUtf8(error.what()));
    }
  };
  auto here = [this, call, after = std::move(after)]() mutable {
    if (call->error) {
      noteError(*call->error);
      call->promise.setException(std::make_exception_ptr(*call->error));
    } else if (call->promise.isCanceled()) {
      // Nobody wants the answer any more.
    } else if constexpr (std::is_void_v<T>) {
      after();
    } else {
      after(std::as_const(*call->result));
      call->promise.addResult(std::move(*call->result));
    }
    call->promise.finish();
  };
  queue_->post({std::move(on_storage_thread), std::move(here)});
  return future;
}

template <class T, class Work>
QFuture<T> Store::write(Work work) {
  return run<T>([work = std::move(work)](
                    Database& db) { return inTransaction(db, [&] { return work(db); }); },
                kNoAfter);
}

template <class T, class Work>
QFuture<T> Store::change(Work work) {
  auto row = std::make_shared<ConversationRow>();
  auto in_transaction = [row, work = std::move(work)](Database& db) {
    return inTransaction(db, [&] {
      qint64 id = 0;
      if constexpr (std::is_void_v<T>) {
        work(db, &id);
        *row = queries::conversation(db, id);
      } else {
        T result = work(db, &id);
        *row = queries::conversation(db, id);
        return result;
      }
    });
  };
  return run<T>(std::move(in_transaction),
                [this, row](auto&&...) { emit conversationChanged(*row); });
}

}  // namespace gui
