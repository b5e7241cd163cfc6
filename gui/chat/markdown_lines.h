// SPDX-License-Identifier: Apache-2.0
// What one line of Markdown is, looked at alone. Pure and linear; used by BlockParser.
// Indents are in columns; a tab reaches to the next multiple of four.
#pragma once

#include <QString>
#include <QStringView>
#include <optional>

namespace gui {

bool isBlank(QStringView line);
int indentOf(QStringView line);
// The line without its first `columns` columns of blanks (fewer when it has fewer).
QString dedented(QStringView line, int columns);

bool isHeading(QStringView line);    // # to ######
bool isRule(QStringView line);       // ---, ***, ___
bool isUnderline(QStringView line);  // === or --- below a paragraph
bool isQuote(QStringView line);      // >

// The line that opens a code block.
struct FenceLine {
  QChar mark = u'`';
  int length = 3;
  int indent = 0;
  QString language;  // first word behind the marks
};
std::optional<FenceLine> fenceLine(QStringView line);
bool closesFence(QStringView line, const FenceLine& fence);
// Whether this beginning of a line could become a closing one.
bool mayCloseFence(QStringView begun, const FenceLine& fence);

// The line that opens an item of a list.
struct ItemLine {
  bool ordered = false;
  QChar mark = u'-';  // bullet, or the delimiter behind the number
  int number = 0;
  int indent = 0;            // of the mark
  int contentIndent = 2;     // of the text behind it
  bool interrupts = true;    // may follow a paragraph without a blank line
  std::optional<bool> task;  // [ ] or [x]; the box is part of the indent then
};
std::optional<ItemLine> itemLine(QStringView line);

// Columns of a table's delimiter line such as |:--|--:|; 0: it is none.
int delimiterColumns(QStringView line);
// Columns of a table's line; 0 without a vertical bar.
int tableColumns(QStringView line);
// The delimiter line with at least three dashes in each cell, as md4c wants them.
QString wideDelimiter(QStringView line);

// What closes the formula that this line opens and does not close: "\\]" or "$$"; empty: there is
// none.
QString openFormula(QStringView line);

// Whether this beginning of a line may still turn into markup that shows as something else ("-",
// "12.", "``", "| a").
bool mayBecomeMarkup(QStringView begun);
// The beginning of a line with open bold, code and link marks closed or left out, so that they do
// not show as stars.
QString withMarksClosed(QStringView begun);

}  // namespace gui
