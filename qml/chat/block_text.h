// SPDX-License-Identifier: Apache-2.0
// The plain text of transcript rows. Positions count QChars as in the QTextDocument of the row's
// TextEdit, so that a selection or a match found here can be shown there.
#pragma once

#include <QString>
#include <vector>

#include "gui/chat/transcript_model.h"

namespace gui {

// Text of a row as its TextEdit holds it, of a table as tableText(); empty for rows without text
// (headers, footers, rules). Lines end with '\n'.
QString shownText(const TranscriptModel& model, int row);

// The characters from `from` up to `to` of a row, as one would type them: list items keep their
// markers when their beginning is among them. `to` beyond the end means the end. Of a table comes a
// match that was found in it, else all of it.
QString copiedText(const TranscriptModel& model, int row, int from, int to);

// The HTML of the cells of a table in the form of TranscriptModel::TableRole, row by row, as many
// in each as the header has.
std::vector<QString> tableCells(const QVariantMap& table);
// Their text: cells apart by tabs, one line a row.
QString tableText(const QVariantMap& table);

}  // namespace gui
