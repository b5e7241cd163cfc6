// SPDX-License-Identifier: Apache-2.0
// The plain text of transcript rows. Positions count QChars as in the QTextDocument of the row's TextEdit, so that a
// selection or a match found here can be shown there.
#pragma once

#include <QString>

#include "gui/chat/transcript_model.h"

namespace gui {

// Text of a row as its TextEdit holds it; empty for rows without text (headers, footers, rules). Lines end with '\n'.
QString shownText(const TranscriptModel& model, int row);

// The characters from `from` up to `to` of a row, as one would type them: list items keep their markers when their
// beginning is among them.
// `to` beyond the end means the end. Tables come as tab-separated lines and always whole.
QString copiedText(const TranscriptModel& model, int row, int from, int to);

// Plain text of a table in the form of TranscriptModel::TableRole: cells apart by tabs, one line a row.
QString tableText(const QVariantMap& table);

}  // namespace gui
