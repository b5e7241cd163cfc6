// SPDX-License-Identifier: Apache-2.0
// Removing conversations: to the trash, back, and for good. Storage thread; each function runs inside its caller's
// transaction, except compact().
#pragma once

#include "gui/store/database.h"

namespace gui::queries {

constexpr qint64 kTrashMs = 30ll * 86400 * 1000;       // a conversation stays this long in the trash
constexpr qint64 kOrphanMs = 86400ll * 1000;           // an attachment nobody refers to

void moveToTrash(Database& db, qint64 conversation_id, qint64 now);
void restore(Database& db, qint64 conversation_id);
// Rows, index entries, and attachments that only this conversation had. Throws StoreError{NotFound}.
void deleteForGood(Database& db, qint64 conversation_id);
// Deletes for good what went to the trash before `deleted_before`. Returns how many conversations.
int emptyTrash(Database& db, qint64 deleted_before);

// After something was deleted for good, outside a transaction: merges the search index, so that no word of the
// deleted text stays in it, gives free pages back, and empties the write-ahead log. secure_delete has overwritten
// the rows themselves.
void compact(Database& db);

}  // namespace gui::queries
