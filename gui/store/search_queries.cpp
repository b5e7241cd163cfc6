// SPDX-License-Identifier: Apache-2.0
#include "gui/store/search_queries.h"

#include <QHash>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "gui/store/conversation_queries.h"
#include "gui/store/search_text.h"

namespace gui::queries {
namespace {

constexpr int kBatch = 1000;       // matches read at a time
constexpr int kMaxMatches = 8000;  // looked at in one search
constexpr int kScanLimit = 20000;  // newest messages looked at for a text without words
constexpr int kShortScan =
    4000;  // for a single character, which is most often the beginning of more
constexpr int kMaxShown = 100000;  // characters of a message that a snippet is looked for in
constexpr int kMaxCounted = 200;   // matches in it that are looked at
constexpr double kDayMs = 86400000;

struct Found {
  qint64 message_id = 0;  // the newest one that matched
  int count = 0;
  bool in_title = false;
  bool whole_words = false;
};

double score(const Found& found, qint64 updated_at, qint64 now) {
  const double age_days = std::max(0.0, static_cast<double>(now - updated_at) / kDayMs);
  return (found.in_title ? 2.0 : 0.0) + (found.whole_words ? 1.0 : 0.0) +
         0.25 * std::log2(1.0 + found.count) - 0.5 * std::log10(1.0 + age_days);
}

using FoundMap = QHash<qint64, Found>;  // by conversation

void findTitles(Database& db, const SearchQuery& query, FoundMap* found) {
  auto s = query.isLiteral()
               ? db.prepare(QStringLiteral(
                     "SELECT id FROM conversations WHERE deleted_at IS NULL AND instr(title, ?) > 0"
                     " ORDER BY updated_at DESC LIMIT 1000"))
               : db.prepare(QStringLiteral(
                     "SELECT c.id FROM title_search s JOIN conversations c ON c.id = s.rowid"
                     " WHERE title_search MATCH ? AND c.deleted_at IS NULL"
                     " ORDER BY s.rowid DESC LIMIT 1000"));
  s.bind(query.isLiteral() ? query.literal() : query.matchExpression());
  while (s.next()) (*found)[s.integer(0)].in_title = true;
}

void add(FoundMap* found, qint64 conversation_id, qint64 message_id) {
  Found& entry = (*found)[conversation_id];
  if (entry.count++ == 0) entry.message_id = message_id;
}

// Returns false when it stopped before the last match.
bool findMessages(Database& db, const SearchQuery& query, int limit, FoundMap* found) {
  const QString expression = query.matchExpression();
  qint64 before = std::numeric_limits<qint64>::max();
  int conversations = 0;
  for (int looked_at = 0; looked_at < kMaxMatches && conversations < limit; looked_at += kBatch) {
    auto batch = db.prepare(QStringLiteral(
        "SELECT s.rowid, m.conversation_id FROM message_search s JOIN messages m ON m.id = s.rowid"
        " JOIN conversations c ON c.id = m.conversation_id"
        " WHERE message_search MATCH ? AND s.rowid < ? AND c.deleted_at IS NULL ORDER BY s.rowid "
        "DESC LIMIT ?"));
    batch.bind(expression).bind(before).bind(kBatch);
    int rows = 0;
    while (batch.next()) {
      before = batch.integer(0);
      const qint64 conversation_id = batch.integer(1);
      add(found, conversation_id, before);
      if (found->value(conversation_id).count == 1) ++conversations;
      ++rows;
    }
    if (rows < kBatch) return true;
  }
  return false;
}

bool scanMessages(Database& db, const SearchQuery& query, FoundMap* found) {
  auto s =
      db.prepare(QStringLiteral("SELECT m.id, m.conversation_id FROM (SELECT id, conversation_id, "
                                "text FROM messages ORDER BY id DESC LIMIT ?) m"
                                " JOIN conversations c ON c.id = m.conversation_id WHERE "
                                "instr(m.text, ?) > 0 AND c.deleted_at IS NULL"));
  const int limit = query.literal().size() == 1 ? kShortScan : kScanLimit;
  s.bind(limit).bind(query.literal());
  while (s.next()) add(found, s.integer(1), s.integer(0));
  return db.scalar(QStringLiteral("SELECT count(*) FROM messages")) <= limit;
}

SearchHit makeHit(Database& db, const SearchQuery& query, ConversationRow conversation,
                  Found* found) {
  SearchHit hit;
  hit.messageId = found->message_id;
  hit.matchCount = found->count;
  bool in_title = false;
  bool in_text = false;
  hit.titleMatches = query.matches(conversation.title, 16, &in_title);
  hit.conversation = std::move(conversation);
  auto s = db.prepare(QStringLiteral(
      "SELECT m.text, ifnull((SELECT group_concat(l.name, ', ') FROM message_attachments l"
      " WHERE l.message_id = m.id), '') FROM messages m WHERE m.id = ?"));
  s.bind(found->message_id);
  if (s.next()) {
    QString text = s.text(0).left(kMaxShown);
    QList<MatchRange> matches = query.matches(text, kMaxCounted, &in_text);
    if (matches.isEmpty() && !s.text(1).isEmpty()) {  // only the names of its attachments match
      text = s.text(1);
      matches = query.matches(text, kMaxCounted, &in_text);
    }
    hit.snippet = query.snippet(text, matches, &hit.matches);
  }
  found->whole_words = in_title || in_text;
  return hit;
}

}  // namespace

void indexMessage(Database& db, qint64 message_id, const QString& text) {
  db.prepare(QStringLiteral("DELETE FROM message_search WHERE rowid = ?")).bind(message_id).run();
  const QString words = indexText(text);
  if (words.isEmpty()) return;
  db.prepare(QStringLiteral("INSERT INTO message_search(rowid, body) VALUES(?, ?)"))
      .bind(message_id)
      .bind(words)
      .run();
}

void indexTitle(Database& db, qint64 conversation_id, const QString& title) {
  db.prepare(QStringLiteral("DELETE FROM title_search WHERE rowid = ?"))
      .bind(conversation_id)
      .run();
  const QString words = indexText(title);
  if (words.isEmpty()) return;
  db.prepare(QStringLiteral("INSERT INTO title_search(rowid, body) VALUES(?, ?)"))
      .bind(conversation_id)
      .bind(words)
      .run();
}

void removeFromIndex(Database& db, qint64 conversation_id) {
  db.prepare(QStringLiteral("DELETE FROM message_search WHERE rowid IN (SELECT id FROM messages "
                            "WHERE conversation_id = ?)"))
      .bind(conversation_id)
      .run();
  db.prepare(QStringLiteral("DELETE FROM title_search WHERE rowid = ?"))
      .bind(conversation_id)
      .run();
}

void rebuildIndex(Database& db) {
  db.exec(QStringLiteral("DELETE FROM message_search"));
  db.exec(QStringLiteral("DELETE FROM title_search"));
  {
    auto insert = db.prepare(QStringLiteral("INSERT INTO title_search(rowid, body) VALUES(?, ?)"));
    auto s = db.prepare(QStringLiteral("SELECT id, title FROM conversations"));
    while (s.next()) insert.bind(s.integer(0)).bind(indexText(s.text(1))).run();
  }
  auto insert = db.prepare(QStringLiteral("INSERT INTO message_search(rowid, body) VALUES(?, ?)"));
  auto s =
      db.prepare(QStringLiteral("SELECT m.id, m.text || ' ' || ifnull((SELECT group_concat(l.name, "
                                "' ') FROM message_attachments l"
                                " WHERE l.message_id = m.id), '') FROM messages m"));
  while (s.next()) {
    const QString words = indexText(s.text(1));
    if (!words.isEmpty()) insert.bind(s.integer(0)).bind(words).run();
  }
}

SearchResult search(Database& db, const QString& text, int limit, qint64 now) {
  SearchResult result;
  result.query = text;
  const SearchQuery query(text);
  if (query.isEmpty() || limit <= 0) return result;
  FoundMap found;
  findTitles(db, query, &found);
  result.complete =
      query.isLiteral() ? scanMessages(db, query, &found) : findMessages(db, query, limit, &found);

  // The best by what is known without their texts; then snippets; then the final order.
  struct Candidate {
    double score;
    ConversationRow conversation;
    Found found;
    SearchHit hit;
  };
  std::vector<Candidate> candidates;
  candidates.reserve(static_cast<size_t>(found.size()));
  for (auto it = found.cbegin(); it != found.cend(); ++it) {
    ConversationRow row = conversation(db, it.key());
    const double value = score(it.value(), row.updatedAt, now);
    candidates.push_back({value, std::move(row), it.value(), {}});
  }
  const auto better = [](const Candidate& a, const Candidate& b) {
    return a.score != b.score ? a.score > b.score : a.conversation.id > b.conversation.id;
  };
  std::sort(candidates.begin(), candidates.end(), better);
  if (candidates.size() > static_cast<size_t>(limit)) {
    candidates.resize(static_cast<size_t>(limit));
    result.complete = false;
  }
  for (Candidate& candidate : candidates) {
    candidate.hit = makeHit(db, query, candidate.conversation, &candidate.found);
    candidate.score = score(candidate.found, candidate.conversation.updatedAt, now);
  }
  std::sort(candidates.begin(), candidates.end(), better);
  for (Candidate& candidate : candidates) result.hits.append(std::move(candidate.hit));
  return result;
}

}  // namespace gui::queries
