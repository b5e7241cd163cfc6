// SPDX-License-Identifier: Apache-2.0
#include "gui/store/trash_queries.h"

#include <QList>

#include "gui/store/attachment_queries.h"
#include "gui/store/search_queries.h"

namespace gui::queries {
namespace {

constexpr int kSlicePages = 256;  // 1 MiB: some 10 ms

[[noreturn]] void notFound(qint64 id) {
  throw StoreError(StoreErrorCode::NotFound, QStringLiteral("conversation %1").arg(id));
}

QList<qint64> ids(Database::Statement& s) {
  QList<qint64> found;
  while (s.next()) found.append(s.integer(0));
  return found;
}

// Merges up to so many pages of an index's parts; false when they are one. This is FTS5's
// incremental "optimize": a negative number merges parts of all levels, and fewer than two changes
// mean that nothing was left to do.
bool mergeIndex(Database& db, const QString& table) {
  const QString total = QStringLiteral("SELECT total_changes()");
  const qint64 before = db.scalar(total);
  db.exec(
      QStringLiteral("INSERT INTO %1(%1, rank) VALUES('merge', -%2)").arg(table).arg(kSlicePages));
  return db.scalar(total) - before >= 2;
}

}  // namespace

void moveToTrash(Database& db, qint64 conversation_id, qint64 now) {
  db.prepare(QStringLiteral("UPDATE conversations SET deleted_at = ? WHERE id = ?"))
      .bind(now)
      .bind(conversation_id)
      .run();
  if (db.changes() == 0) notFound(conversation_id);
}

void restore(Database& db, qint64 conversation_id) {
  db.prepare(QStringLiteral("UPDATE conversations SET deleted_at = NULL WHERE id = ?"))
      .bind(conversation_id)
      .run();
  if (db.changes() == 0) notFound(conversation_id);
}

void deleteForGood(Database& db, qint64 conversation_id) {
  QList<qint64> attachments;
  {
    auto s = db.prepare(QStringLiteral(
        "SELECT attachment_id FROM message_attachments l JOIN messages m ON m.id = l.message_id"
        " WHERE m.conversation_id = ? UNION SELECT attachment_id FROM draft_attachments WHERE "
        "conversation_id = ?"));
    s.bind(conversation_id).bind(conversation_id);
    attachments = ids(s);
  }
  removeFromIndex(db, conversation_id);
  db.prepare(QStringLiteral("DELETE FROM drafts WHERE conversation_id = ?"))
      .bind(conversation_id)
      .run();
  db.prepare(QStringLiteral("DELETE FROM draft_attachments WHERE conversation_id = ?"))
      .bind(conversation_id)
      .run();
  // Messages would be deleted each with its children in turn, and SQLite goes 1,000 deep at most.
  for (const char* untie : {"UPDATE conversations SET leaf_id = NULL WHERE id = ?",
                            "UPDATE messages SET parent_id = NULL WHERE conversation_id = ?"})
    db.prepare(QString::fromLatin1(untie)).bind(conversation_id).run();
  db.prepare(QStringLiteral("DELETE FROM conversations WHERE id = ?")).bind(conversation_id).run();
  if (db.changes() == 0) notFound(conversation_id);
  collectAttachments(db, attachments);
  db.exec(QStringLiteral("INSERT OR IGNORE INTO meta(key, value) VALUES('compact', '1')"));
}

int emptyTrash(Database& db, qint64 deleted_before) {
  QList<qint64> conversations;
  {
    auto s = db.prepare(QStringLiteral(
        "SELECT id FROM conversations WHERE deleted_at IS NOT NULL AND deleted_at < ?"));
    s.bind(deleted_before);
    conversations = ids(s);
  }
  for (const qint64 id : conversations) deleteForGood(db, id);
  return static_cast<int>(conversations.size());
}

bool compactStep(Database& db) {
  if (db.scalar(QStringLiteral("SELECT count(*) FROM meta WHERE key = 'compact'")) == 0)
    return false;
  if (mergeIndex(db, QStringLiteral("message_search")) ||
      mergeIndex(db, QStringLiteral("title_search")))
    return true;
  // Give space back when a quarter of the file is free.
  if (db.scalar(QStringLiteral("PRAGMA freelist_count")) >
      db.scalar(QStringLiteral("PRAGMA page_count")) / 4) {
    db.exec(QStringLiteral("PRAGMA incremental_vacuum(%1)").arg(kSlicePages));
    return true;
  }
  db.exec(QStringLiteral("DELETE FROM meta WHERE key = 'compact'"));
  db.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
  return false;
}

}  // namespace gui::queries
