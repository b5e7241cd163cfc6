// SPDX-License-Identifier: Apache-2.0
// A conversation as a file of the user's own. Pure functions; any thread.
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include "gui/store/rows.h"

namespace gui {

// Indexes into data.messages from the first message to `leafId`; empty when there is no such
// message.
QList<qsizetype> messagePath(const ConversationData& data, qint64 leafId);

// What the window shows: the path to the chosen leaf, as one Markdown document. Texts are copied as
// they are; title, names and error texts are escaped.
QString toMarkdown(const ConversationData& data);

// Everything: all versions, figures, sections, draft, attachments. The same data gives the same
// bytes. Pages of attachments are included for those in `attachments` that bring them.
//
//   {"format": "fireside-conversation", "version": 1,
//    "conversation": {"id", "title", "created_at", "updated_at", "role", "sampling", "leaf"},
//    "messages": [{"id", "parent", "author", "created_at", "text", ...}], "draft": {...},
//    "attachments": [{"id", "sha256", "name", "type", "pages": [...]}]}
//
// Times are ISO 8601 in UTC with milliseconds.
QByteArray toJson(const ConversationData& data, const QList<AttachmentRow>& attachments = {});

}  // namespace gui
