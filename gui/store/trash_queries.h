// SPDX-License-Identifier: Apache-2.0
// Removing conversations: to the trash, back, and for good. Storage thread; each function runs
// inside its caller's transaction, except compactStep().
#pragma once

#include "gui/store/database.h"

namespace gui::queries {

constexpr qint64 kTrashMs = 30ll * 86400 * 1000;  // a conversation stays this long in the trash
constexpr qint64 kOrphanMs = 86400ll * 1000;      // an attachment nobody refers to

void moveToTrash(Database& db, qint64 conversation_id, qint64 now);
void restore(Database& db, qint64 conversation_id);
// Rows, index entries, and attachments that only this conversation had. Throws
// StoreError{NotFound}.
void deleteForGood(Database& db, qint64 conversation_id);
// Deletes for good what went to the trash before `deleted_before`. Returns how many conversations.
int emptyTrash(Database& db, qint64 deleted_before);

// What deleteForGood() leaves to do: secure_delete has overwritten the rows, but words of the
// deleted text stay in the search index until its parts are merged, and old pages in the
// write-ahead log. One slice of that work, outside a transaction; true: call again. A mark in the
// database says that it is due, so that it survives the end of the process.
bool compactStep(Database& db);

}  // namespace gui::queries
