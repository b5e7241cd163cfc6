// SPDX-License-Identifier: Apache-2.0
// Work on a pool thread whose outcome comes back to an object of the GUI thread; when that object
// goes first, the outcome is dropped. (QFuture::then with a context may touch it from the pool
// thread while it dies.)
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>
#include <QtConcurrent/QtConcurrentRun>
#include <exception>
#include <utility>

#include "engine/error.h"

namespace gui {

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
                     } catch (const engine::Error& error) {
                       failed(error);
                     } catch (const std::exception& error) {
                       failed(engine::Error(engine::ErrorCode::Internal, error.what()));
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
