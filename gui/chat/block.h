// SPDX-License-Identifier: Apache-2.0
// One block of an answer: what a row of the transcript shows.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace gui {

struct TableData {
  QStringList alignments;   // "", "left", "center", "right"; one for each column
  QStringList header;       // HTML of HtmlWriter
  QList<QStringList> rows;  // each as long as the header
  bool operator==(const TableData&) const = default;
};

// A paragraph, a heading and a list item are blocks of their own: short enough to lay out again
// when they grow.
struct Block {
  enum class Kind { Rich, Code, Table, Rule };
  Kind kind = Kind::Rich;
  QString html;        // Rich: inline tags only
  QString text;        // Code
  QString language;    // Code: the first word behind the fence, empty when there is none
  TableData table;     // Table
  int heading = 0;     // Rich: 1 to 6 for a heading
  int level = 0;       // list items around it
  int quote = 0;       // quotes around it
  QString marker;      // Rich: bullet or number of a list item, on its first block
  bool tight = false;  // belongs close to the block above
  bool operator==(const Block&) const = default;
};

}  // namespace gui
