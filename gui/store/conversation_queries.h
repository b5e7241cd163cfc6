// SPDX-License-Identifier: Apache-2.0
// Statements about conversations and drafts. Storage thread; each function runs inside its caller's
// transaction. Throws StoreError{NotFound} for an unknown id.
#pragma once

#include <QList>

#include "gui/store/database.h"
#include "gui/store/rows.h"

namespace gui::queries {

QList<ConversationRow> conversations(Database& db, bool in_trash);
ConversationRow conversation(Database& db, qint64 id);
qint64 insertConversation(Database& db, const ConversationRow& row, qint64 now);

void setTitle(Database& db, qint64 id, const QString& title, bool by_user);
void setRole(Database& db, qint64 id, const QString& role_id);
void setSampling(Database& db, qint64 id, const QString& json);
// The message must belong to the conversation.
void setLeaf(Database& db, qint64 id, qint64 message_id);
void touch(Database& db, qint64 id, qint64 now);

DraftRow draft(Database& db, qint64 conversation_id);
void setDraft(Database& db, qint64 conversation_id, const DraftRow& draft);

}  // namespace gui::queries
