// SPDX-License-Identifier: Apache-2.0
#include "gui/store/store.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QEvent>
#include <QTimer>
#include <limits>

#include "gui/store/attachment_queries.h"
#include "gui/store/conversation_queries.h"
#include "gui/store/message_queries.h"
#include "gui/store/opening.h"
#include "gui/store/role_queries.h"
#include "gui/store/search_queries.h"
#include "gui/store/storage_status.h"
#include "gui/store/store_calls.h"
#include "gui/store/trash_queries.h"

namespace gui {
namespace {

constexpr int kRetryMs = 3000;

}  // namespace

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
  queue_ = std::make_unique<JobQueue>(
      [this] { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); });
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

qint64 Store::now() const {
  return options_.clock ? options_.clock() : QDateTime::currentMSecsSinceEpoch();
}

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

// -- Conversations

QFuture<QList<ConversationRow>> Store::conversations() {
  return run<QList<ConversationRow>>([](Database& db) { return queries::conversations(db, false); },
                                     kNoAfter);
}

QFuture<QList<ConversationRow>> Store::trash() {
  return run<QList<ConversationRow>>([](Database& db) { return queries::conversations(db, true); },
                                     kNoAfter);
}

QFuture<ConversationData> Store::load(qint64 conversationId) {
  return run<ConversationData>([=](Database& db) { return queries::load(db, conversationId); },
                               kNoAfter);
}

QFuture<Exchange> Store::startConversation(const ConversationRow& conversation,
                                           const NewMessage& message, const NewAnswer& answer) {
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

QFuture<Exchange> Store::appendExchange(qint64 conversationId, qint64 parentId,
                                        const NewMessage& message, const NewAnswer& answer,
                                        bool clearDraft) {
  return change<Exchange>([=, time = now()](Database& db, qint64* id) {
    *id = conversationId;
    const Exchange exchange =
        queries::insertExchange(db, conversationId, parentId, message, answer, time);
    if (clearDraft) queries::setDraft(db, conversationId, {});
    return exchange;
  });
}

QFuture<qint64> Store::appendAnswer(qint64 userMessageId, const NewAnswer& answer) {
  return change<qint64>([=, time = now()](Database& db, qint64* id) {
    return queries::insertAnswer(db, userMessageId, answer, time, id);
  });
}

QFuture<void> Store::setSections(qint64 messageId, const QList<SectionRow>& sections) {
  return write<void>([=](Database& db) { queries::setSections(db, messageId, sections); });
}

QFuture<void> Store::setFeedback(qint64 messageId, int value) {
  return write<void>(
      [=, time = now()](Database& db) { queries::setFeedback(db, messageId, value, time); });
}

// -- Attachments

QFuture<AttachmentRow> Store::addAttachment(const AttachmentRow& attachment) {
  return write<AttachmentRow>(
      [=, time = now()](Database& db) { return queries::addAttachment(db, attachment, time); });
}

QFuture<AttachmentRow> Store::attachment(qint64 attachmentId) {
  return run<AttachmentRow>([=](Database& db) { return queries::attachment(db, attachmentId); },
                            kNoAfter);
}

QFuture<void> Store::setAttachmentTokens(qint64 attachmentId, int tokens,
                                         const QString& tokenizer) {
  return write<void>(
      [=](Database& db) { queries::setAttachmentTokens(db, attachmentId, tokens, tokenizer); });
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
        return inTransaction(
            db, [&] { return queries::emptyTrash(db, std::numeric_limits<qint64>::max()); });
      },
      [this](int) {
        emit trashEmptied();
        compactLater();
      });
}

// -- Search

QFuture<SearchResult> Store::search(const QString& text, int limit) {
  search_.cancel();
  search_ = run<SearchResult>(
      [=, time = now()](Database& db) { return queries::search(db, text, limit, time); }, kNoAfter);
  return search_;
}

// -- Roles and settings

QFuture<QList<RoleRow>> Store::roles() {
  return run<QList<RoleRow>>([](Database& db) { return queries::roles(db); }, kNoAfter);
}

QFuture<RoleRow> Store::createRole(const RoleRow& role) {
  return run<RoleRow>(
      [=, time = now()](Database& db) {
        return inTransaction(db, [&] { return queries::insertRole(db, role, time); });
      },
      [this](const RoleRow&) { emit rolesChanged(); });
}

QFuture<void> Store::updateRole(const RoleRow& role) {
  return run<void>(
      [=, time = now()](Database& db) {
        inTransaction(db, [&] { queries::updateRole(db, role, time); });
      },
      [this] { emit rolesChanged(); });
}

QFuture<void> Store::removeRole(const QString& roleId) {
  return run<void>(
      [=](Database& db) { inTransaction(db, [&] { queries::removeRole(db, roleId); }); },
      [this] { emit rolesChanged(); });
}

QFuture<QHash<QString, QString>> Store::settings() {
  return run<QHash<QString, QString>>([](Database& db) { return queries::settings(db); }, kNoAfter);
}

QFuture<void> Store::setSettings(const QHash<QString, QString>& values) {
  return write<void>([=](Database& db) { queries::setSettings(db, values); });
}

}  // namespace gui
