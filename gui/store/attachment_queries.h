// SPDX-License-Identifier: Apache-2.0
// Statements about attachments: one row for each distinct file, links from messages and drafts.
// Storage thread; each function runs inside its caller's transaction.
#pragma once

#include <QList>

#include "gui/store/database.h"
#include "gui/store/rows.h"

namespace gui::queries {

// Finds the row of the same sha256 or inserts one with its pages. Returns it without pages.
AttachmentRow addAttachment(Database& db, const AttachmentRow& attachment, qint64 now);
// With pages. Throws StoreError{NotFound}.
AttachmentRow attachment(Database& db, qint64 id);
void setAttachmentTokens(Database& db, qint64 id, int tokens, const QString& tokenizer);

void linkAttachments(Database& db, qint64 message_id, const QList<AttachmentRow>& attachments);
// Links of every message of a conversation: message id, attachment; ordered by message and
// position.
QList<std::pair<qint64, AttachmentRow>> linkedAttachments(Database& db, qint64 conversation_id);

QList<AttachmentRow> draftAttachments(Database& db, qint64 conversation_id);
void setDraftAttachments(Database& db, qint64 conversation_id,
                         const QList<AttachmentRow>& attachments);

// Removes attachments that nothing refers to: those of `candidates`, or, without candidates, all
// last added before `before`. Returns how many.
int collectAttachments(Database& db, const QList<qint64>& candidates);
int collectAttachments(Database& db, qint64 before);

}  // namespace gui::queries
