// SPDX-License-Identifier: Apache-2.0
// Work on a pool thread whose outcome comes back to an object of the GUI thread; when that object
// goes first, the outcome is dropped. (QFuture::then with a context may touch it from the pool
// thread while it dies.)
#pragma once

#include <QException>
#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>
#include <QtConcurrent/QtConcurrentRun>
#include <exception>
#include <utility>

#include "engine/error.h"

namespace gui {

// What QtConcurrent wraps is unwrapped: anything thrown that is no QException.
inline engine::Error taskError(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const QUnhandledException& wrapped) {
    if (wrapped.exception() != nullptr) {
      return taskError(wrapped.exception());
    }
    return {engine::ErrorCode::Internal, wrapped.what()};
  } catch (const engine::Error& error) {
    return error;
  } catch (const std::exception& error) {
    return {engine::ErrorCode::Internal, error.what()};
  } catch (...) {
    return {engine::ErrorCode::Internal, "a task failed in an unknown way"};
  }
}

// Calls done(result) or failed(engine::Error) in the thread of `context`.
template <class T, class Done, class Failed>
QFutureWatcher<T>* watchTask(const QFuture<T>& future, QObject* context, Done done, Failed failed) {
  auto* watcher = new QFutureWatcher<T>(context);
  QObject::connect(watcher, &QFutureWatcherBase::finished, context,
                   [watcher, done = std::move(done), failed = std::move(failed)]() mutable {
                     watcher->deleteLater();
                     try {
                       T result = watcher->future().result();
                       done(std::move(result));
                     } catch (...) {
                       failed(taskError(std::current_exception()));
                     }
                   });
  watcher->setFuture(future);
  return watcher;
}

template <class Work, class Done, class Failed>
void runTask(QThreadPool* pool, QObject* context, Work work, Done done, Failed failed) {
  watchTask(QtConcurrent::run(pool, std::move(work)), context, std::move(done), std::move(failed));
}

}  // namespace gui
