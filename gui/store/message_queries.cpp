// SPDX-License-Identifier: Apache-2.0
#include "gui/store/message_queries.h"

#include <QHash>

#include "gui/store/attachment_queries.h"
#include "gui/store/conversation_queries.h"
#include "gui/store/search_queries.h"

namespace gui::queries {
namespace {

[[noreturn]] void notFound(qint64 id) {
  throw StoreError(StoreErrorCode::NotFound, QStringLiteral("message %1").arg(id));
}

void requireMessage(Database& db, qint64 id) {
  if (db.changes() == 0) notFound(id);
}

QList<MessageRow> readMessages(Database& db, qint64 conversation_id) {
  auto s =
      db.prepare(QStringLiteral("SELECT m.id, ifnull(m.parent_id, 0), m.author, m.streaming, "
                                "m.created_at, m.role_id, m.role_name, m.model_name,"
                                " m.finish_reason, m.error, m.prompt_tokens, m.cached_tokens, "
                                "m.completion_tokens, m.queue_ms, m.ttft_ms,"
                                " m.total_ms, m.tokens_per_s, m.text, ifnull(f.value, 0)"
                                " FROM messages m LEFT JOIN feedback f ON f.message_id = m.id "
                                "WHERE m.conversation_id = ? ORDER BY m.id"));
  s.bind(conversation_id);
  QList<MessageRow> rows;
  while (s.next()) {
    MessageRow row;
    row.id = s.integer(0);
    row.conversationId = conversation_id;
    row.parentId = s.integer(1);
    row.author = s.text(2) == u"user" ? Author::User : Author::Assistant;
    row.state = s.integer(3) != 0 ? MessageState::Streaming : MessageState::Complete;
    row.createdAt = s.integer(4);
    row.roleId = s.text(5);
    row.roleName = s.text(6);
    row.modelName = s.text(7);
    row.result.finishReason = s.text(8);
    row.result.error = s.text(9);
    row.result.promptTokens = s.int32(10);
    row.result.cachedTokens = s.int32(11);
    row.result.completionTokens = s.int32(12);
    row.result.queueMs = s.real(13);
    row.result.ttftMs = s.real(14);
    row.result.totalMs = s.real(15);
    row.result.tokensPerSecond = s.real(16);
    row.text = s.text(17);
    row.feedback = s.int32(18);
    rows.append(row);
  }
  return rows;
}

QString attachmentNames(const QList<AttachmentRow>& attachments) {
  QString names;
  for (const AttachmentRow& attachment : attachments) names += u' ' + attachment.name;
  return names;
}

struct Place {
  qint64 conversation_id;
  bool is_user;
};

Place placeOf(Database& db, qint64 message_id) {
  auto s = db.prepare(QStringLiteral("SELECT conversation_id, author FROM messages WHERE id = ?"));
  s.bind(message_id);
  if (!s.next()) notFound(message_id);
  return {s.integer(0), s.text(1) == u"user"};
}

}  // namespace

ConversationData load(Database& db, qint64 conversation_id) {
  ConversationData data;
  data.conversation = conversation(db, conversation_id);
  data.messages = readMessages(db, conversation_id);
  data.draft = draft(db, conversation_id);
  QHash<qint64, qsizetype> index;
  for (qsizetype i = 0; i < data.messages.size(); ++i) index.insert(data.messages[i].id, i);
  for (const auto& [message, attachment] : linkedAttachments(db, conversation_id)) {
    data.messages[index.value(message)].attachments.append(attachment);
  }
  auto s = db.prepare(QStringLiteral(
      "SELECT s.message_id, s.title, s.first_page, s.last_page, s.text FROM messages m"
      " JOIN message_sections s ON s.message_id = m.id WHERE m.conversation_id = ? ORDER BY m.id, "
      "s.position"));
  s.bind(conversation_id);
  while (s.next()) {
    data.messages[index.value(s.integer(0))].sections.append(
        {s.text(1), s.int32(2), s.int32(3), s.text(4)});
  }
  return data;
}

Exchange insertExchange(Database& db, qint64 conversation_id, qint64 parent_id,
                        const NewMessage& message, const NewAnswer& answer, qint64 now) {
  conversation(db, conversation_id);  // throws when it is gone
  if (parent_id != 0 && placeOf(db, parent_id).conversation_id != conversation_id)
    notFound(parent_id);
  db.prepare(QStringLiteral("INSERT INTO messages(conversation_id, parent_id, author, created_at, "
                            "role_id, role_name, text)"
                            " VALUES(?, ?, 'user', ?, ?, ?, ?)"))
      .bind(conversation_id)
      .bindId(parent_id)
      .bind(now)
      .bind(message.roleId)
      .bind(message.roleName)
      .bind(message.text)
      .run();
  Exchange exchange;
  exchange.conversationId = conversation_id;
  exchange.userMessageId = db.lastInsertId();
  linkAttachments(db, exchange.userMessageId, message.attachments);
  indexMessage(db, exchange.userMessageId, message.text + attachmentNames(message.attachments));
  exchange.answerId = insertAnswer(db, exchange.userMessageId, answer, now);
  return exchange;
}

qint64 insertAnswer(Database& db, qint64 user_message_id, const NewAnswer& answer, qint64 now,
                    qint64* conversation_id) {
  const Place place = placeOf(db, user_message_id);
  if (!place.is_user) {
    throw StoreError(StoreErrorCode::Internal,
                     QStringLiteral("message %1 is an answer itself").arg(user_message_id));
  }
  db
      .prepare(QStringLiteral(
          "INSERT INTO messages(conversation_id, parent_id, author, streaming, created_at, role_id,"
          " role_name, model_name) VALUES(?, ?, 'assistant', 1, ?, ?, ?, ?)"))
      .bind(place.conversation_id)
      .bind(user_message_id)
      .bind(now)
      .bind(answer.roleId)
      .bind(answer.roleName)
      .bind(answer.modelName)
      .run();
  const qint64 id = db.lastInsertId();
  setLeaf(db, place.conversation_id, id);
  touch(db, place.conversation_id, now);
  if (conversation_id) *conversation_id = place.conversation_id;
  return id;
}

void checkpointAnswer(Database& db, qint64 message_id, const QString& text) {
  db.prepare(QStringLiteral("UPDATE messages SET text = ? WHERE id = ? AND streaming = 1"))
      .bind(text)
      .bind(message_id)
      .run();
  requireMessage(db, message_id);
}

qint64 finishAnswer(Database& db, qint64 message_id, const QString& text,
                    const AnswerResult& result, qint64 now) {
  db
      .prepare(QStringLiteral(
          "UPDATE messages SET text = ?, streaming = 0, finish_reason = ?, error = ?,"
          " prompt_tokens = ?, cached_tokens = ?, completion_tokens = ?, queue_ms = ?, ttft_ms = ?,"
          " total_ms = ?, tokens_per_s = ? WHERE id = ? AND author = 'assistant'"))
      .bind(text)
      .bind(result.finishReason)
      .bind(result.error)
      .bind(result.promptTokens)
      .bind(result.cachedTokens)
      .bind(result.completionTokens)
      .bind(result.queueMs)
      .bind(result.ttftMs)
      .bind(result.totalMs)
      .bind(result.tokensPerSecond)
      .bind(message_id)
      .run();
  requireMessage(db, message_id);
  indexMessage(db, message_id, text);
  const qint64 conversation_id = placeOf(db, message_id).conversation_id;
  touch(db, conversation_id, now);
  return conversation_id;
}

int closeInterrupted(Database& db) {
  QList<std::pair<qint64, QString>> answers;
  {
    auto s = db.prepare(QStringLiteral("SELECT id, text FROM messages WHERE streaming = 1"));
    while (s.next()) answers.append({s.integer(0), s.text(1)});
  }
  for (const auto& [id, text] : answers) {
    db.prepare(QStringLiteral(
                   "UPDATE messages SET streaming = 0, finish_reason = 'interrupted' WHERE id = ?"))
        .bind(id)
        .run();
    indexMessage(db, id, text);
  }
  return static_cast<int>(answers.size());
}

void setSections(Database& db, qint64 message_id, const QList<SectionRow>& sections) {
  placeOf(db, message_id);  // throws when it is gone
  db.prepare(QStringLiteral("DELETE FROM message_sections WHERE message_id = ?"))
      .bind(message_id)
      .run();
  auto s =
      db.prepare(QStringLiteral("INSERT INTO message_sections(message_id, position, title, "
                                "first_page, last_page, text) VALUES(?, ?, ?, ?, ?, ?)"));
  for (qsizetype i = 0; i < sections.size(); ++i) {
    const SectionRow& row = sections[i];
    s.bind(message_id)
        .bind(static_cast<qint64>(i))
        .bind(row.title)
        .bind(row.firstPage)
        .bind(row.lastPage)
        .bind(row.text)
        .run();
  }
}

void setFeedback(Database& db, qint64 message_id, int value, qint64 now) {
  placeOf(db, message_id);
  if (value == 0) {
    db.prepare(QStringLiteral("DELETE FROM feedback WHERE message_id = ?")).bind(message_id).run();
    return;
  }
  db.prepare(QStringLiteral("INSERT INTO feedback(message_id, value, created_at) VALUES(?, ?, ?)"
                            " ON CONFLICT(message_id) DO UPDATE SET value = excluded.value, "
                            "created_at = excluded.created_at"))
      .bind(message_id)
      .bind(value > 0 ? 1 : -1)
      .bind(now)
      .run();
}

}  // namespace gui::queries
