// SPDX-License-Identifier: Apache-2.0
// What the store hands out and takes in: plain values, copied freely between threads.
//
// Times are milliseconds since the Unix epoch, UTC; 0 means "never". Identifiers are positive and
// never reused; 0 means "none". JSON columns (sampling, starters) travel as text, so that the store
// needs no knowledge of them.
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QtGlobal>

namespace gui {

// One line of the sidebar.
struct ConversationRow {
  qint64 id = 0;
  QString title;
  bool titleByUser = false;  // chosen by hand: never replaced by an automatic one
  qint64 createdAt = 0;
  qint64 updatedAt = 0;  // last message sent or answer finished; the order of the list
  qint64 deletedAt = 0;  // 0: not in the trash
  QString roleId;
  QString sampling;   // JSON object of the values that differ from the role's; empty: none
  qint64 leafId = 0;  // the message that ends the path shown; 0: empty conversation
  bool operator==(const ConversationRow&) const = default;
};

enum class Author { User, Assistant };

// Complete also covers stopped and failed answers: finishReason says which.
enum class MessageState { Complete, Streaming };

// A document or a long paste, sent with a message. One row for each distinct file (sha256), shared
// by all messages that carry it; `name` is the name it had when it was attached to the message at
// hand.
struct AttachmentRow {
  qint64 id = 0;
  QString name;
  QString type;  // engine::Document::type
  QString sha256;
  qint64 fileBytes = 0;
  QString encoding;
  bool hasRealPages = false;
  QList<int> emptyPages;  // numbers from 1
  int numPages = 0;
  QStringList pages;  // extracted text; filled by Store::attachment() and in addAttachment(), empty
                      // elsewhere
  int tokens = -1;    // -1: not counted with `tokenizer` yet
  QString tokenizer;  // which tokenizer counted
  qint64 createdAt = 0;
  bool operator==(const AttachmentRow&) const = default;
};

// One part of a summary that was made section by section.
struct SectionRow {
  QString title;
  int firstPage = 0;
  int lastPage = 0;
  QString text;
  bool operator==(const SectionRow&) const = default;
};

// How an answer ended and what it cost. Zeros where unknown.
struct AnswerResult {
  QString finishReason;  // "stop", "length", "abort", "error"; "interrupted": found unfinished at
                         // the next start
  QString error;         // with "error"
  int promptTokens = 0;
  int cachedTokens = 0;
  int completionTokens = 0;
  double queueMs = 0;
  double ttftMs = 0;
  double totalMs = 0;
  double tokensPerSecond = 0;
  bool operator==(const AnswerResult&) const = default;
};

// A node of the conversation's tree. Siblings (same parentId) are versions of one another, in the
// order of their ids.
struct MessageRow {
  qint64 id = 0;
  qint64 conversationId = 0;
  qint64 parentId = 0;  // 0: first message
  Author author = Author::User;
  MessageState state = MessageState::Complete;
  QString text;  // Markdown for answers
  qint64 createdAt = 0;
  QString roleId;     // who answers, or answered
  QString roleName;   // its name at that time, for roles deleted since
  QString modelName;  // answers: the model
  AnswerResult result;
  int feedback = 0;                  // -1, 0, 1
  QList<AttachmentRow> attachments;  // without pages, in the order they were attached
  QList<SectionRow> sections;
  bool operator==(const MessageRow&) const = default;
};

// A message about to be written.
struct NewMessage {
  QString text;
  QString roleId;
  QString roleName;
  QList<AttachmentRow> attachments;  // id and name count
};

// An answer about to be generated: written empty, before the first token.
struct NewAnswer {
  QString roleId;
  QString roleName;
  QString modelName;
};

// What sending a message created.
struct Exchange {
  qint64 conversationId = 0;
  qint64 userMessageId = 0;
  qint64 answerId = 0;
};

// What has been typed and attached but not sent.
struct DraftRow {
  QString text;
  QList<AttachmentRow> attachments;  // without pages
  bool operator==(const DraftRow&) const = default;
};

// Everything about one conversation but the text of its attachments.
struct ConversationData {
  ConversationRow conversation;
  QList<MessageRow> messages;  // ascending ids: parents before children
  DraftRow draft;
  bool operator==(const ConversationData&) const = default;
};

// UTF-16 offset and length within SearchHit::snippet.
struct MatchRange {
  int start = 0;
  int length = 0;
  bool operator==(const MatchRange&) const = default;
};

// One conversation that was found.
struct SearchHit {
  ConversationRow conversation;
  qint64 messageId = 0;       // the best message; 0: only the title matched
  int matchCount = 0;         // messages that matched, among those looked at
  QString snippet;            // plain text, one line, about 120 characters around the first match
  QList<MatchRange> matches;  // where to emphasise, in `snippet`
  QList<MatchRange> titleMatches;  // the same, in conversation.title
};

struct SearchResult {
  QString query;
  QList<SearchHit> hits;  // best first
  bool complete = true;   // false: a very common word, only the newest conversations were looked at
};

// A role of the user's own.
struct RoleRow {
  QString id;  // "user-<n>"
  QString name;
  QString description;
  QString icon;
  QString systemPrompt;
  QString greeting;
  QStringList starters;
  QString sampling;  // JSON object
  bool operator==(const RoleRow&) const = default;
};

}  // namespace gui

Q_DECLARE_METATYPE(gui::ConversationRow)
