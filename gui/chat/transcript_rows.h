// SPDX-License-Identifier: Apache-2.0
// From a message to the rows that show it. Pure; any thread. A megabyte of Markdown takes about 50
// ms.
#pragma once

#include <QString>
#include <vector>

#include "gui/chat/block.h"
#include "gui/chat/message_view.h"
#include "gui/chat/transcript_model.h"

namespace gui {

// `block` also carries the strings of rows that are no blocks: html, text.
struct TranscriptRow {
  TranscriptModel::RowKind kind = TranscriptModel::Rich;
  qint64 messageId = 0;
  Block block;
  QString title;
  QString icon;
  QString detail;
  qint64 attachmentId = 0;
  bool operator==(const TranscriptRow&) const = default;
};

// All rows of a message.
std::vector<TranscriptRow> transcriptRows(const MessageView& message);
// Those before the text of an answer, all but the footer for a question.
std::vector<TranscriptRow> transcriptOpening(const MessageView& message);
// Those behind the text.
std::vector<TranscriptRow> transcriptClosing(const MessageView& message);
TranscriptRow transcriptBlock(qint64 messageId, Block block);

}  // namespace gui
