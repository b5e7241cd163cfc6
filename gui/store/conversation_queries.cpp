// SPDX-License-Identifier: Apache-2.0
#include "gui/store/conversation_queries.h"

#include "gui/store/attachment_queries.h"
#include "gui/store/search_queries.h"

namespace gui::queries {
namespace {

const QString kColumns = QStringLiteral(
    "id, title, title_by_user, created_at, updated_at, ifnull(deleted_at, 0), role_id, sampling, "
    "ifnull(leaf_id, 0)");

ConversationRow readRow(const Database::Statement& s) {
  ConversationRow row;
  row.id = s.integer(0);
  row.title = s.text(1);
  row.titleByUser = s.integer(2) != 0;
  row.createdAt = s.integer(3);
  row.updatedAt = s.integer(4);
  row.deletedAt = s.integer(5);
  row.roleId = s.text(6);
  row.sampling = s.text(7);
  row.leafId = s.integer(8);
  return row;
}

void requireChange(Database& db, qint64 id) {
  if (db.changes() == 0)
    throw StoreError(StoreErrorCode::NotFound, QStringLiteral("conversation %1").arg(id));
}

}  // namespace

QList<ConversationRow> conversations(Database& db, bool in_trash) {
  auto s = db.prepare(QStringLiteral("SELECT ") + kColumns +
                      (in_trash ? QStringLiteral(" FROM conversations WHERE deleted_at IS NOT NULL"
                                                 " ORDER BY deleted_at DESC, id DESC")
                                : QStringLiteral(" FROM conversations WHERE deleted_at IS NULL"
                                                 " ORDER BY updated_at DESC, id DESC")));
  QList<ConversationRow> rows;
  while (s.next()) rows.append(readRow(s));
  return rows;
}

ConversationRow conversation(Database& db, qint64 id) {
  auto s = db.prepare(QStringLiteral("SELECT ") + kColumns +
                      QStringLiteral(" FROM conversations WHERE id = ?"));
  s.bind(id);
  if (!s.next())
    throw StoreError(StoreErrorCode::NotFound, QStringLiteral("conversation %1").arg(id));
  return readRow(s);
}

qint64 insertConversation(Database& db, const ConversationRow& row, qint64 now) {
  db.prepare(QStringLiteral("INSERT INTO conversations(title, title_by_user, created_at, "
                            "updated_at, role_id, sampling)"
                            " VALUES(?, ?, ?, ?, ?, ?)"))
      .bind(row.title)
      .bind(row.titleByUser)
      .bind(now)
      .bind(now)
      .bind(row.roleId)
      .bind(row.sampling)
      .run();
  const qint64 id = db.lastInsertId();
  indexTitle(db, id, row.title);
  return id;
}

void setTitle(Database& db, qint64 id, const QString& title, bool by_user) {
  db.prepare(QStringLiteral("UPDATE conversations SET title = ?, title_by_user = ? WHERE id = ?"))
      .bind(title)
      .bind(by_user)
      .bind(id)
      .run();
  requireChange(db, id);
  indexTitle(db, id, title);
}

void setRole(Database& db, qint64 id, const QString& role_id) {
  db.prepare(QStringLiteral("UPDATE conversations SET role_id = ? WHERE id = ?"))
      .bind(role_id)
      .bind(id)
      .run();
  requireChange(db, id);
}

void setSampling(Database& db, qint64 id, const QString& json) {
  db.prepare(QStringLiteral("UPDATE conversations SET sampling = ? WHERE id = ?"))
      .bind(json)
      .bind(id)
      .run();
  requireChange(db, id);
}

void setLeaf(Database& db, qint64 id, qint64 message_id) {
  db
      .prepare(QStringLiteral(
          "UPDATE conversations SET leaf_id = ? WHERE id = ? AND EXISTS("
          "SELECT 1 FROM messages m WHERE m.id = ? AND m.conversation_id = conversations.id)"))
      .bind(message_id)
      .bind(id)
      .bind(message_id)
      .run();
  if (db.changes() == 0) {
    throw StoreError(StoreErrorCode::NotFound,
                     QStringLiteral("message %1 of conversation %2").arg(message_id).arg(id));
  }
}

void touch(Database& db, qint64 id, qint64 now) {
  // Never backwards: a clock that was set back must not push a conversation down the list.
  db.prepare(
        QStringLiteral("UPDATE conversations SET updated_at = max(updated_at, ?) WHERE id = ?"))
      .bind(now)
      .bind(id)
      .run();
}

DraftRow draft(Database& db, qint64 conversation_id) {
  DraftRow row;
  auto s = db.prepare(QStringLiteral("SELECT text FROM drafts WHERE conversation_id = ?"));
  s.bind(conversation_id);
  if (s.next()) row.text = s.text(0);
  row.attachments = draftAttachments(db, conversation_id);
  return row;
}

void setDraft(Database& db, qint64 conversation_id, const DraftRow& draft) {
  if (conversation_id != 0) conversation(db, conversation_id);  // throws when it is gone
  if (draft.text.isEmpty()) {
    db.prepare(QStringLiteral("DELETE FROM drafts WHERE conversation_id = ?"))
        .bind(conversation_id)
        .run();
  } else {
    db.prepare(QStringLiteral("INSERT INTO drafts(conversation_id, text) VALUES(?, ?)"
                              " ON CONFLICT(conversation_id) DO UPDATE SET text = excluded.text"))
        .bind(conversation_id)
        .bind(draft.text)
        .run();
  }
  setDraftAttachments(db, conversation_id, draft.attachments);
}

}  // namespace gui::queries
