// SPDX-License-Identifier: Apache-2.0
// The full-text index and the search over it. Storage thread.
//
// The index holds the words of search_text.h, one row for each message and title. A common word
// matches tens of thousands of messages: the search walks the matches from the newest message back
// until it has enough conversations or has looked at kMaxMatches, so that its time is bounded.
// Order of the hits: a match in the title and whole words first, then how often and how recently
// (see score()).
#pragma once

#include <QString>

#include "gui/store/database.h"
#include "gui/store/rows.h"

namespace gui::queries {

// Replace what the index knows of one message or title.
void indexMessage(Database& db, qint64 message_id, const QString& text);
void indexTitle(Database& db, qint64 conversation_id, const QString& title);
void removeFromIndex(Database& db, qint64 conversation_id);  // its title and all its messages
void rebuildIndex(Database& db);

SearchResult search(Database& db, const QString& text, int limit, qint64 now);

}  // namespace gui::queries
