// SPDX-License-Identifier: Apache-2.0
// The part of the Store that keeps streaming answers: checkpoints, the end of an answer, and what
// the disk refused.
#include <QTimer>

#include "gui/store/message_queries.h"
#include "gui/store/opening.h"
#include "gui/store/role_queries.h"
#include "gui/store/storage_status.h"
#include "gui/store/store_calls.h"

namespace gui {
namespace {

// Troubles that may pass: writing is tried again.
bool mayPass(const StoreError& error) {
  return error.code() == StoreErrorCode::DiskFull || error.code() == StoreErrorCode::Io;
}

}  // namespace

void Store::noteError(const StoreError& error) {
  if (mayPass(error)) {
    status_->setTrouble(error);
    if (!retry_timer_->isActive()) retry_timer_->start();
  } else if (error.code() == StoreErrorCode::Damaged) {
    requestCheck(options_.folder);
    status_->setDamaged();
  }
}

// Returns the conversation of a finished answer, 0 for a checkpoint.
qint64 Store::saveAnswer(Database& db, qint64 messageId, const Unsaved& answer) {
  return inTransaction(db, [&]() -> qint64 {
    if (answer.result)
      return queries::finishAnswer(db, messageId, answer.text, *answer.result, answer.time);
    queries::checkpointAnswer(db, messageId, answer.text);
    return 0;
  });
}

qint64 Store::saveOrKeep(Database& db, qint64 messageId, const Unsaved& answer) {
  try {
    const qint64 conversation = saveAnswer(db, messageId, answer);
    unsaved_->erase(messageId);
    return conversation;
  } catch (const StoreError& error) {
    if (mayPass(error)) (*unsaved_)[messageId] = answer;
    throw;
  }
}

void Store::retryUnsaved() {
  const auto work = [this](Database& db) {
    while (!unsaved_->empty()) {
      const auto first = unsaved_->begin();
      try {
        saveAnswer(db, first->first, first->second);
      } catch (const StoreError& error) {
        if (mayPass(error)) throw;  // any other error will not go away
      }
      unsaved_->erase(first);
    }
    // Is there room again? Only a write that needs new pages can tell.
    const QString key = QStringLiteral("storage.probe");
    inTransaction(db, [&] { queries::setSettings(db, {{key, QString(65536, u'0')}}); });
    inTransaction(db, [&] {
      db.prepare(QStringLiteral("DELETE FROM settings WHERE key = ?")).bind(key).run();
    });
  };
  run<void>(work, [this] { status_->setTrouble({}); });
}

QFuture<void> Store::checkpointAnswer(qint64 messageId, const QString& text) {
  if (const auto waiting = checkpoints_.value(messageId)) {
    const std::lock_guard lock(waiting->mutex);
    if (!waiting->taken) {
      waiting->text = text;
      return waiting->future;
    }
  }
  auto pending = std::make_shared<PendingCheckpoint>();
  pending->text = text;
  checkpoints_.insert(messageId, pending);
  pending->future = run<void>(
      [this, messageId, pending](Database& db) {
        Unsaved answer;
        {
          const std::lock_guard lock(pending->mutex);
          pending->taken = true;
          answer.text = pending->text;
        }
        saveOrKeep(db, messageId, answer);
      },
      kNoAfter);
  return pending->future;
}

QFuture<void> Store::finishAnswer(qint64 messageId, const QString& text,
                                  const AnswerResult& result) {
  checkpoints_.remove(messageId);
  auto row = std::make_shared<ConversationRow>();
  return run<void>(
      [=, this, time = now()](Database& db) {
        const qint64 conversation = saveOrKeep(db, messageId, {text, result, time});
        *row = queries::conversation(db, conversation);
      },
      [this, row] { emit conversationChanged(*row); });
}

}  // namespace gui
