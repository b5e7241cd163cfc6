// SPDX-License-Identifier: Apache-2.0
#include "gui/store/store.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QEvent>
#include <QPromise>
#include <QTimer>
#include <limits>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "gui/store/attachment_queries.h"
#include "gui/store/conversation_queries.h"
#include "gui/store/database.h"
#include "gui/store/job_queue.h"
#include "gui/store/message_queries.h"
#include "gui/store/opening.h"
#include "gui/store/role_queries.h"
#include "gui/store/search_queries.h"
#include "gui/store/storage_status.h"
#include "gui/store/trash_queries.h"

namespace gui {
namespace {

constexpr int kRetryMs = 3000;

struct Nothing {};
constexpr auto kNoAfter = [](auto&&...) {};

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

bool mayPass(const StoreError& error) {
  return error.code() == StoreErrorCode::DiskFull || error.code() == StoreErrorCode::Io;
}

}  // namespace

// The two threads touch a call in turns, with the queue's mutex between: `result` and `error` are written by the
// storage thread, the promise belongs to the GUI thread.
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
  return run<T>([work = std::move(work)](Database& db) { return inTransaction(db, [&] { return work(db); }); }, kNoAfter);
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
  return run<T>(std::move(in_transaction), [this, row](auto&&...) { emit conversationChanged(*row); });
}

Store::Store(StoreOptions options, QObject* parent)
    : QObject(parent),
      options_(std::move(options)),
      status_(new StorageStatus(this)),
      retry_timer_(new QTimer(this)),
      database_(std::make_unique<Database>()),
      unsaved_(std::make_unique<std::map<qint64, Unsaved>>()) {
  if (options_.folder.isEmpty()) options_.folder = dataFolder();
  retry_timer_->setInterval(kRetryMs);
  retry_timer_->setSingleShot(true);
  connect(retry_timer_, &QTimer::timeout, this, &Store::retryUnsaved);
  queue_ = std::make_unique<JobQueue>([this] { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); });
}

Store::~Store() {
  queue_->post({[this] {
                  for (const auto& [id, answer] : *unsaved_) {
                    try {
                      saveAnswer(*database_, id, answer);
                    } catch (const StoreError&) {
                      // Still no room; the last checkpoint that fitted is on disk.
                    }
                  }
                  database_->close();
                },
                {}});
  queue_.reset();
}

qint64 Store::now() const { return options_.clock ? options_.clock() : QDateTime::currentMSecsSinceEpoch(); }

void Store::customEvent(QEvent*) { deliver(); }

void Store::deliver() {
  for (const auto& delivery : queue_->takeDeliveries()) delivery();
}

void Store::flush() {
  queue_->wait();
  deliver();
}

QFuture<OpenReport> Store::open() {
  const qint64 time = now();
  return run<OpenReport>([this, time](Database& db) { return openStore(db, options_, time); },
                         [this](const OpenReport& report) {
                           status_->setReport(report);
                           if (report.mode != OpenReport::Mode::ReadWrite) return;
                           queue_->postIdle({[this, time = now()] {
                                               try {
                                                 chores(*database_, options_.folder, time);
                                               } catch (const StoreError&) {
                                                 // Chores can wait for the next start.
                                               }
                                             },
                                             [this] { compactLater(); }});
                         });
}

// In slices, each when nothing else waits: a checkpoint never has to wait for more than one.
void Store::compactLater() {
  auto more = std::make_shared<bool>(false);
  queue_->postIdle({[this, more] {
                      try {
                        *more = queries::compactStep(*database_);
                      } catch (const StoreError&) {
                        // The mark stays; the next start goes on.
                      }
                    },
                    [this, more] {
                      if (*more) compactLater();
                    }});
}

void Store::noteError(const StoreError& error) {
  if (mayPass(error)) {
    status_->setTrouble(error);
    if (!retry_timer_->isActive()) retry_timer_->start();
  } else if (error.code() == StoreErrorCode::Damaged) {
    requestCheck(options_.folder);
    status_->setDamaged();
  }
}

// -- Conversations

QFuture<QList<ConversationRow>> Store::conversations() {
  return run<QList<ConversationRow>>([](Database& db) { return queries::conversations(db, false); }, kNoAfter);
}

QFuture<QList<ConversationRow>> Store::trash() {
  return run<QList<ConversationRow>>([](Database& db) { return queries::conversations(db, true); }, kNoAfter);
}

QFuture<ConversationData> Store::load(qint64 conversationId) {
  return run<ConversationData>([=](Database& db) { return queries::load(db, conversationId); }, kNoAfter);
}

QFuture<Exchange> Store::startConversation(const ConversationRow& conversation, const NewMessage& message,
                                           const NewAnswer& answer) {
  return change<Exchange>([=, time = now()](Database& db, qint64* id) {
    *id = queries::insertConversation(db, conversation, time);
    const Exchange exchange = queries::insertExchange(db, *id, 0, message, answer, time);
    queries::setDraft(db, 0, {});
    return exchange;
  });
}

QFuture<void> Store::setTitle(qint64 conversationId, const QString& title, bool byUser) {
  return change<void>([=](Database& db, qint64* id) {
    *id = conversationId;
    queries::setTitle(db, conversationId, title, byUser);
  });
}

QFuture<void> Store::setRole(qint64 conversationId, const QString& roleId) {
  return change<void>([=](Database& db, qint64* id) {
    *id = conversationId;
    queries::setRole(db, conversationId, roleId);
  });
}

QFuture<void> Store::setSampling(qint64 conversationId, const QString& json) {
  return change<void>([=](Database& db, qint64* id) {
    *id = conversationId;
    queries::setSampling(db, conversationId, json);
  });
}

QFuture<void> Store::setLeaf(qint64 conversationId, qint64 messageId) {
  return change<void>([=](Database& db, qint64* id) {
    *id = conversationId;
    queries::setLeaf(db, conversationId, messageId);
  });
}

QFuture<DraftRow> Store::draft(qint64 conversationId) {
  return run<DraftRow>([=](Database& db) { return queries::draft(db, conversationId); }, kNoAfter);
}

QFuture<void> Store::setDraft(qint64 conversationId, const DraftRow& draft) {
  return write<void>([=](Database& db) { queries::setDraft(db, conversationId, draft); });
}

// -- Messages

QFuture<Exchange> Store::appendExchange(qint64 conversationId, qint64 parentId, const NewMessage& message,
                                        const NewAnswer& answer, bool clearDraft) {
  return change<Exchange>([=, time = now()](Database& db, qint64* id) {
    *id = conversationId;
    const Exchange exchange = queries::insertExchange(db, conversationId, parentId, message, answer, time);
    if (clearDraft) queries::setDraft(db, conversationId, {});
    return exchange;
  });
}

QFuture<qint64> Store::appendAnswer(qint64 userMessageId, const NewAnswer& answer) {
  return change<qint64>([=, time = now()](Database& db, qint64* id) {
    return queries::insertAnswer(db, userMessageId, answer, time, id);
  });
}

// Returns the conversation of a finished answer, 0 for a checkpoint.
qint64 Store::saveAnswer(Database& db, qint64 messageId, const Unsaved& answer) {
  return inTransaction(db, [&]() -> qint64 {
    if (answer.result) return queries::finishAnswer(db, messageId, answer.text, *answer.result, now());
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
    inTransaction(db, [&] { db.prepare(QStringLiteral("DELETE FROM settings WHERE key = ?")).bind(key).run(); });
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

QFuture<void> Store::finishAnswer(qint64 messageId, const QString& text, const AnswerResult& result) {
  checkpoints_.remove(messageId);
  auto row = std::make_shared<ConversationRow>();
  return run<void>(
      [=, this](Database& db) {
        const qint64 conversation = saveOrKeep(db, messageId, {text, result});
        *row = queries::conversation(db, conversation);
      },
      [this, row] { emit conversationChanged(*row); });
}

QFuture<void> Store::setSections(qint64 messageId, const QList<SectionRow>& sections) {
  return write<void>([=](Database& db) { queries::setSections(db, messageId, sections); });
}

QFuture<void> Store::setFeedback(qint64 messageId, int value) {
  return write<void>([=, time = now()](Database& db) { queries::setFeedback(db, messageId, value, time); });
}

// -- Attachments

QFuture<AttachmentRow> Store::addAttachment(const AttachmentRow& attachment) {
  return write<AttachmentRow>([=, time = now()](Database& db) { return queries::addAttachment(db, attachment, time); });
}

QFuture<AttachmentRow> Store::attachment(qint64 attachmentId) {
  return run<AttachmentRow>([=](Database& db) { return queries::attachment(db, attachmentId); }, kNoAfter);
}

QFuture<void> Store::setAttachmentTokens(qint64 attachmentId, int tokens, const QString& tokenizer) {
  return write<void>([=](Database& db) { queries::setAttachmentTokens(db, attachmentId, tokens, tokenizer); });
}

// -- Trash

QFuture<void> Store::moveToTrash(qint64 conversationId) {
  return run<void>(
      [=, time = now()](Database& db) {
        inTransaction(db, [&] { queries::moveToTrash(db, conversationId, time); });
      },
      [=, this] { emit conversationRemoved(conversationId); });
}

QFuture<void> Store::restore(qint64 conversationId) {
  return change<void>([=](Database& db, qint64* id) {
    *id = conversationId;
    queries::restore(db, conversationId);
  });
}

QFuture<void> Store::deleteForGood(qint64 conversationId) {
  return run<void>(
      [=](Database& db) { inTransaction(db, [&] { queries::deleteForGood(db, conversationId); }); },
      [=, this] {
        emit conversationRemoved(conversationId);
        compactLater();
      });
}

QFuture<int> Store::emptyTrash() {
  return run<int>(
      [](Database& db) {
        return inTransaction(db, [&] { return queries::emptyTrash(db, std::numeric_limits<qint64>::max()); });
      },
      [this](int) { compactLater(); });
}

// -- Search

QFuture<SearchResult> Store::search(const QString& text, int limit) {
  search_.cancel();
  search_ = run<SearchResult>([=, time = now()](Database& db) { return queries::search(db, text, limit, time); }, kNoAfter);
  return search_;
}

// -- Roles and settings

QFuture<QList<RoleRow>> Store::roles() {
  return run<QList<RoleRow>>([](Database& db) { return queries::roles(db); }, kNoAfter);
}

QFuture<RoleRow> Store::createRole(const RoleRow& role) {
  return run<RoleRow>(
      [=, time = now()](Database& db) { return inTransaction(db, [&] { return queries::insertRole(db, role, time); }); },
      [this](const RoleRow&) { emit rolesChanged(); });
}

QFuture<void> Store::updateRole(const RoleRow& role) {
  return run<void>(
      [=, time = now()](Database& db) { inTransaction(db, [&] { queries::updateRole(db, role, time); }); },
      [this] { emit rolesChanged(); });
}

QFuture<void> Store::removeRole(const QString& roleId) {
  return run<void>([=](Database& db) { inTransaction(db, [&] { queries::removeRole(db, roleId); }); },
                   [this] { emit rolesChanged(); });
}

QFuture<QHash<QString, QString>> Store::settings() {
  return run<QHash<QString, QString>>([](Database& db) { return queries::settings(db); }, kNoAfter);
}

QFuture<void> Store::setSettings(const QHash<QString, QString>& values) {
  return write<void>([=](Database& db) { queries::setSettings(db, values); });
}

}  // namespace gui
