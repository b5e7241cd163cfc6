// SPDX-License-Identifier: Apache-2.0
#include "gui/store/attachment_queries.h"

#include <QStringList>

namespace gui::queries {
namespace {

// `name` is a column of the link or of the attachment itself.
QString columns(const QString& name) {
  return QStringLiteral(
             "a.id, %1, a.type, a.sha256, a.file_bytes, a.encoding, a.has_real_pages, "
             "a.empty_pages,"
             " a.num_pages, a.tokens, a.tokenizer, a.created_at")
      .arg(name);
}

AttachmentRow readRow(const Database::Statement& s, int first = 0) {
  AttachmentRow row;
  row.id = s.integer(first);
  row.name = s.text(first + 1);
  row.type = s.text(first + 2);
  row.sha256 = s.text(first + 3);
  row.fileBytes = s.integer(first + 4);
  row.encoding = s.text(first + 5);
  row.hasRealPages = s.integer(first + 6) != 0;
  const QStringList empty = s.text(first + 7).split(u',', Qt::SkipEmptyParts);
  for (const QString& page : empty) row.emptyPages.append(page.toInt());
  row.numPages = s.int32(first + 8);
  row.tokens = s.int32(first + 9);
  row.tokenizer = s.text(first + 10);
  row.createdAt = s.integer(first + 11);
  return row;
}

qint64 insertAttachment(Database& db, const AttachmentRow& row, qint64 now) {
  QStringList empty;
  for (const int page : row.emptyPages) empty.append(QString::number(page));
  db.prepare(QStringLiteral(
                 "INSERT INTO attachments(sha256, name, type, file_bytes, encoding, has_real_pages,"
                 " empty_pages, num_pages, tokens, tokenizer, created_at, used_at)"
                 " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))
      .bind(row.sha256)
      .bind(row.name)
      .bind(row.type)
      .bind(row.fileBytes)
      .bind(row.encoding)
      .bind(row.hasRealPages)
      .bind(empty.join(u','))
      .bind(static_cast<qint64>(row.pages.size()))
      .bind(row.tokens)
      .bind(row.tokenizer)
      .bind(now)
      .bind(now)
      .run();
  const qint64 id = db.lastInsertId();
  auto insert = db.prepare(
      QStringLiteral("INSERT INTO attachment_pages(attachment_id, page, text) VALUES(?, ?, ?)"));
  for (qsizetype page = 0; page < row.pages.size(); ++page) {
    insert.bind(id).bind(static_cast<qint64>(page + 1)).bind(row.pages[page]).run();
  }
  return id;
}

void removeAttachment(Database& db, qint64 id) {
  db.prepare(QStringLiteral("DELETE FROM attachments WHERE id = ?")).bind(id).run();
}

const QString kUnused = QStringLiteral(
    " NOT EXISTS(SELECT 1 FROM message_attachments l WHERE l.attachment_id = attachments.id)"
    " AND NOT EXISTS(SELECT 1 FROM draft_attachments d WHERE d.attachment_id = attachments.id)");

}  // namespace

AttachmentRow addAttachment(Database& db, const AttachmentRow& attachment, qint64 now) {
  AttachmentRow row;
  auto find = db.prepare(QStringLiteral("SELECT ") + columns(QStringLiteral("a.name")) +
                         QStringLiteral(" FROM attachments a WHERE a.sha256 = ?"));
  find.bind(attachment.sha256);
  if (find.next()) {
    row = readRow(find);
    db.prepare(QStringLiteral("UPDATE attachments SET used_at = ? WHERE id = ?"))
        .bind(now)
        .bind(row.id)
        .run();
  } else {
    row = attachment;
    row.id = insertAttachment(db, attachment, now);
    row.numPages = static_cast<int>(attachment.pages.size());
    row.createdAt = now;
    row.pages.clear();
  }
  row.name = attachment.name;  // the name it has this time
  return row;
}

AttachmentRow attachment(Database& db, qint64 id) {
  auto s = db.prepare(QStringLiteral("SELECT ") + columns(QStringLiteral("a.name")) +
                      QStringLiteral(" FROM attachments a WHERE a.id = ?"));
  s.bind(id);
  if (!s.next())
    throw StoreError(StoreErrorCode::NotFound, QStringLiteral("attachment %1").arg(id));
  AttachmentRow row = readRow(s);
  auto pages = db.prepare(
      QStringLiteral("SELECT text FROM attachment_pages WHERE attachment_id = ? ORDER BY page"));
  pages.bind(id);
  while (pages.next()) row.pages.append(pages.text(0));
  return row;
}

void setAttachmentTokens(Database& db, qint64 id, int tokens, const QString& tokenizer) {
  db.prepare(QStringLiteral("UPDATE attachments SET tokens = ?, tokenizer = ? WHERE id = ?"))
      .bind(tokens)
      .bind(tokenizer)
      .bind(id)
      .run();
  if (db.changes() == 0)
    throw StoreError(StoreErrorCode::NotFound, QStringLiteral("attachment %1").arg(id));
}

void linkAttachments(Database& db, qint64 message_id, const QList<AttachmentRow>& attachments) {
  auto s = db.prepare(QStringLiteral(
      "INSERT INTO message_attachments(message_id, position, attachment_id, name)"
      " SELECT ?, ?, id, ifnull(nullif(?, ''), name) FROM attachments WHERE id = ?"));
  for (qsizetype i = 0; i < attachments.size(); ++i) {
    s.bind(message_id)
        .bind(static_cast<qint64>(i))
        .bind(attachments[i].name)
        .bind(attachments[i].id)
        .run();
    if (db.changes() == 0) {
      throw StoreError(StoreErrorCode::NotFound,
                       QStringLiteral("attachment %1").arg(attachments[i].id));
    }
  }
}

QList<std::pair<qint64, AttachmentRow>> linkedAttachments(Database& db, qint64 conversation_id) {
  auto s =
      db.prepare(QStringLiteral("SELECT l.message_id, ") + columns(QStringLiteral("l.name")) +
                 QStringLiteral(" FROM messages m JOIN message_attachments l ON l.message_id = m.id"
                                " JOIN attachments a ON a.id = l.attachment_id"
                                " WHERE m.conversation_id = ? ORDER BY m.id, l.position"));
  s.bind(conversation_id);
  QList<std::pair<qint64, AttachmentRow>> links;
  while (s.next()) links.append({s.integer(0), readRow(s, 1)});
  return links;
}

QList<AttachmentRow> draftAttachments(Database& db, qint64 conversation_id) {
  auto s = db.prepare(
      QStringLiteral("SELECT ") + columns(QStringLiteral("d.name")) +
      QStringLiteral(" FROM draft_attachments d JOIN attachments a ON a.id = d.attachment_id"
                     " WHERE d.conversation_id = ? ORDER BY d.position"));
  s.bind(conversation_id);
  QList<AttachmentRow> rows;
  while (s.next()) rows.append(readRow(s));
  return rows;
}

void setDraftAttachments(Database& db, qint64 conversation_id,
                         const QList<AttachmentRow>& attachments) {
  db.prepare(QStringLiteral("DELETE FROM draft_attachments WHERE conversation_id = ?"))
      .bind(conversation_id)
      .run();
  auto s = db.prepare(QStringLiteral(
      "INSERT INTO draft_attachments(conversation_id, position, attachment_id, name)"
      " SELECT ?, ?, id, ifnull(nullif(?, ''), name) FROM attachments WHERE id = ?"));
  for (qsizetype i = 0; i < attachments.size(); ++i) {
    s.bind(conversation_id)
        .bind(static_cast<qint64>(i))
        .bind(attachments[i].name)
        .bind(attachments[i].id)
        .run();
  }
}

int collectAttachments(Database& db, const QList<qint64>& candidates) {
  int removed = 0;
  for (const qint64 id : candidates) {
    auto s =
        db.prepare(QStringLiteral("SELECT count(*) FROM attachments WHERE id = ? AND") + kUnused);
    s.bind(id);
    if (!s.next() || s.integer(0) == 0) continue;
    removeAttachment(db, id);
    ++removed;
  }
  return removed;
}

int collectAttachments(Database& db, qint64 before) {
  QList<qint64> ids;
  {
    auto s =
        db.prepare(QStringLiteral("SELECT id FROM attachments WHERE used_at < ? AND") + kUnused);
    s.bind(before);
    while (s.next()) ids.append(s.integer(0));
  }
  for (const qint64 id : ids) removeAttachment(db, id);
  return static_cast<int>(ids.size());
}

}  // namespace gui::queries
