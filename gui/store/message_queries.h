// SPDX-License-Identifier: Apache-2.0
// Statements about messages: the tree, streaming answers, sections, feedback. Storage thread; each
// function runs inside its caller's transaction. Throws StoreError{NotFound} for an unknown id.
#pragma once

#include <QList>

#include "gui/store/database.h"
#include "gui/store/rows.h"

namespace gui::queries {

// The conversation with its messages, attachments (without pages), sections, feedback and draft.
ConversationData load(Database& db, qint64 conversation_id);

// The user's message below parent_id (0: a first message) and an empty streaming answer, which
// becomes the leaf.
Exchange insertExchange(Database& db, qint64 conversation_id, qint64 parent_id,
                        const NewMessage& message, const NewAnswer& answer, qint64 now);
// Another answer; becomes the leaf. conversation_id, when given, receives where it belongs.
qint64 insertAnswer(Database& db, qint64 user_message_id, const NewAnswer& answer, qint64 now,
                    qint64* conversation_id = nullptr);

void checkpointAnswer(Database& db, qint64 message_id, const QString& text);
// Returns the conversation.
qint64 finishAnswer(Database& db, qint64 message_id, const QString& text,
                    const AnswerResult& result, qint64 now);
// Closes answers that a killed run left unfinished. Returns how many.
int closeInterrupted(Database& db);

void setSections(Database& db, qint64 message_id, const QList<SectionRow>& sections);
void setFeedback(Database& db, qint64 message_id, int value, qint64 now);

}  // namespace gui::queries
