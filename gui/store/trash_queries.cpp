// SPDX-License-Identifier: Apache-2.0
#include "gui/store/trash_queries.h"

#include <QList>

#include "gui/store/attachment_queries.h"
#include "gui/store/search_queries.h"

namespace gui::queries {
namespace {

[[noreturn]] void notFound(qint64 id) {
  throw StoreError(StoreErrorCode::NotFound, QStringLiteral("conversation %1").arg(id));
}

QList<qint64> ids(Database::Statement& s) {
  QList<qint64> found;
  while (s.next()) found.append(s.integer(0));
  return found;
}

}  // namespace

void moveToTrash(Database& db, qint64 conversation_id, qint64 now) {
  db.prepare(QStringLiteral("UPDATE conversations SET deleted_at = ? WHERE id = ?")).bind(now).bind(conversation_id).run();
  if (db.changes() == 0) notFound(conversation_id);
}

void restore(Database& db, qint64 conversation_id) {
  db.prepare(QStringLiteral("UPDATE conversations SET deleted_at = NULL WHERE id = ?")).bind(conversation_id).run();
  if (db.changes() == 0) notFound(conversation_id);
}

void deleteForGood(Database& db, qint64 conversation_id) {
  QList<qint64> attachments;
  {
    auto s = db.prepare(QStringLiteral(
        "SELECT attachment_id FROM message_attachments l JOIN messages m ON m.id = l.message_id"
        " WHERE m.conversation_id = ? UNION SELECT attachment_id FROM draft_attachments WHERE conversation_id = ?"));
    s.bind(conversation_id).bind(conversation_id);
    attachments = ids(s);
  }
  removeFromIndex(db, conversation_id);
  db.prepare(QStringLiteral("DELETE FROM drafts WHERE conversation_id = ?")).bind(conversation_id).run();
  db.prepare(QStringLiteral("DELETE FROM draft_attachments WHERE conversation_id = ?")).bind(conversation_id).run();
  db.prepare(QStringLiteral("DELETE FROM conversations WHERE id = ?")).bind(conversation_id).run();
  if (db.changes() == 0) notFound(conversation_id);
  collectAttachments(db, attachments);
}

int emptyTrash(Database& db, qint64 deleted_before) {
  QList<qint64> conversations;
  {
    auto s = db.prepare(QStringLiteral("SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_at < ?"));
    s.bind(deleted_before);
    conversations = ids(s);
  }
  for (const qint64 id : conversations) deleteForGood(db, id);
  return static_cast<int>(conversations.size());
}

void compact(Database& db) {
  db.exec(QStringLiteral("INSERT INTO message_search(message_search) VALUES('optimize')"));
  db.exec(QStringLiteral("INSERT INTO title_search(title_search) VALUES('optimize')"));
  db.exec(QStringLiteral("PRAGMA incremental_vacuum"));
  db.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
}

}  // namespace gui::queries
