// SPDX-License-Identifier: Apache-2.0
// The only door to the database: conversations, messages, attachments, roles, settings.
//
// Threads: the facade lives in the GUI thread. Every call is queued, runs in order on the one
// storage thread, and is answered through a QFuture that finishes in the GUI thread, from its event
// loop; continuations run there too. Never wait for such a future in the GUI thread (it would wait
// for itself); flush() is the way to wait. Give continuations a context object: `.then(this, ...)`.
// One whose context has died is dropped.
//
// Safety: SQLite with one connection for the whole life of the process, WAL, synchronous=FULL,
// every call one transaction. A finished future means that the data survives a power cut. The
// connection locks the file exclusively (locking_mode=EXCLUSIVE), so a second process cannot open
// it at the same time: the WAL-reset bug of SQLite 3.7.0 to 3.51.2 needs two connections and cannot
// occur, although Debian 12 has 3.40.1. Nothing is erased by editing: regenerate and edit add
// siblings; remove goes to the trash for 30 days.
//
// Errors: StoreError in the future. What concerns the whole store (read-only, disk full, damaged)
// is also told by status(). When the disk is full, checkpointAnswer() and finishAnswer() fail, but
// their text is kept and written as soon as there is room. When nothing can be opened at all the
// store works in memory and says so.
#pragma once

#include <QFuture>
#include <QHash>
#include <QObject>
#include <functional>
#include <map>
#include <memory>

#include "gui/store/rows.h"
#include "gui/store/store_error.h"
#include "gui/store/store_options.h"

class QTimer;

namespace gui {

class Database;
class JobQueue;
class StorageStatus;

class Store : public QObject {
  Q_OBJECT

 public:
  explicit Store(StoreOptions options, QObject* parent = nullptr);
  // Writes everything queued, closes the database. Futures not delivered by then are cancelled.
  ~Store() override;

  // First call to make; others may be queued right behind it. Never fails: see OpenReport.
  QFuture<OpenReport> open();
  // Waits until everything queued so far is on disk and delivers its futures. GUI thread only.
  void flush();
  StorageStatus* status() const { return status_; }

  // -- Conversations
  QFuture<QList<ConversationRow>> conversations();  // newest first, without the trash
  QFuture<QList<ConversationRow>> trash();          // last deleted first
  QFuture<ConversationData> load(qint64 conversationId);
  // Conversation with its first message and an empty streaming answer, in one transaction. title,
  // titleByUser, roleId and sampling of `conversation` count. The draft of the new conversation (id
  // 0) is cleared in the same transaction.
  QFuture<Exchange> startConversation(const ConversationRow& conversation,
                                      const NewMessage& message, const NewAnswer& answer);
  QFuture<void> setTitle(qint64 conversationId, const QString& title, bool byUser);
  QFuture<void> setRole(qint64 conversationId, const QString& roleId);
  QFuture<void> setSampling(qint64 conversationId, const QString& json);
  QFuture<void> setLeaf(qint64 conversationId, qint64 messageId);

  // -- Drafts: conversationId 0 is the draft of a new conversation. id and name of the attachments
  // count.
  QFuture<DraftRow> draft(qint64 conversationId);
  QFuture<void> setDraft(qint64 conversationId, const DraftRow& draft);

  // -- Messages. All of them make the new message the leaf.
  // User's message below `parentId` (0: a new first message) and an empty streaming answer, in one
  // transaction, which clears the draft too unless it is an edit.
  QFuture<Exchange> appendExchange(qint64 conversationId, qint64 parentId,
                                   const NewMessage& message, const NewAnswer& answer,
                                   bool clearDraft = true);
  // Another answer to a user's message. Returns its id.
  QFuture<qint64> appendAnswer(qint64 userMessageId, const NewAnswer& answer);
  // The whole text so far of a streaming answer; at least once a second. A checkpoint that still
  // waits in the queue is replaced by the next one.
  QFuture<void> checkpointAnswer(qint64 messageId, const QString& text);
  QFuture<void> finishAnswer(qint64 messageId, const QString& text, const AnswerResult& result);
  QFuture<void> setSections(qint64 messageId, const QList<SectionRow>& sections);
  QFuture<void> setFeedback(qint64 messageId, int value);  // -1, 0, 1

  // -- Attachments
  // Stores the extracted text, or finds the row that has the same sha256. Returns it without pages.
  // An attachment that no message and no draft refers to goes a day later.
  QFuture<AttachmentRow> addAttachment(const AttachmentRow& attachment);
  QFuture<AttachmentRow> attachment(qint64 attachmentId);  // with pages
  QFuture<void> setAttachmentTokens(qint64 attachmentId, int tokens, const QString& tokenizer);

  // -- Trash
  QFuture<void> moveToTrash(qint64 conversationId);
  QFuture<void> restore(qint64 conversationId);
  // The text is overwritten on disk; its words leave the search index in the idle moments after
  // (kept in mind beyond the end of the process). Copies made before a migration keep theirs for 30
  // days.
  QFuture<void> deleteForGood(qint64 conversationId);
  QFuture<int> emptyTrash();  // how many went

  // -- Search. Words match from their beginning, "quoted words" exactly, Chinese anywhere from one
  // character on. All of them must occur in one message or title. Never fails because of what the
  // text contains. A search that still waits is cancelled by the next one (its future is
  // cancelled).
  QFuture<SearchResult> search(const QString& text, int limit = 100);

  // -- Roles of the user
  QFuture<QList<RoleRow>> roles();
  QFuture<RoleRow> createRole(
      const RoleRow& role);  // keeps the id it brings; an empty one is replaced
  QFuture<void> updateRole(const RoleRow& role);
  QFuture<void> removeRole(const QString& roleId);

  // -- Settings: key to JSON text
  QFuture<QHash<QString, QString>> settings();
  QFuture<void> setSettings(const QHash<QString, QString>& values);

 signals:
  // After each successful change of what a list shows, also by restore().
  void conversationChanged(const gui::ConversationRow& conversation);
  // To the trash or for good.
  void conversationRemoved(qint64 conversationId);
  void trashEmptied();
  void rolesChanged();

 private:
  template <class T>
  struct Call;
  struct Unsaved;
  struct PendingCheckpoint;

  // Runs `work(Database&) -> T` on the storage thread, then `after(result)` here, then finishes the
  // future.
  template <class T, class Work, class After>
  QFuture<T> run(Work work, After after);
  // The same for `work(Database&) -> T` in a transaction.
  template <class T, class Work>
  QFuture<T> write(Work work);
  // A transaction `work(Database&, qint64* conversationId) -> T` that changes one conversation and
  // tells the lists.
  template <class T, class Work>
  QFuture<T> change(Work work);
  qint64 now() const;

  void customEvent(QEvent* event) override;
  void deliver();
  void noteError(const StoreError& error);
  void retryUnsaved();
  void compactLater();
  qint64 saveAnswer(Database& db, qint64 messageId, const Unsaved& answer);
  qint64 saveOrKeep(Database& db, qint64 messageId, const Unsaved& answer);

  StoreOptions options_;
  StorageStatus* status_;
  QTimer* retry_timer_;
  QFuture<SearchResult> search_;
  QHash<qint64, std::shared_ptr<PendingCheckpoint>>
      checkpoints_;                     // by message, still waiting in the queue
  std::unique_ptr<Database> database_;  // storage thread only
  std::unique_ptr<std::map<qint64, Unsaved>>
      unsaved_;                      // storage thread only: answers the disk refused
  std::unique_ptr<JobQueue> queue_;  // last: joined before the others go
};

}  // namespace gui
