// SPDX-License-Identifier: Apache-2.0
// Cuts a growing text into pieces that md4c can parse alone: a paragraph, a heading, a quote, a
// table. Lists and code are recognised here, because they must be able to grow for a long time.
// Only whole lines decide where a piece ends, and each is looked at once. Copying one is cheap;
// that is how the open tail is shown.
#pragma once

#include <QString>
#include <QStringView>
#include <optional>
#include <vector>

#include "gui/chat/block.h"
#include "gui/chat/markdown_lines.h"

namespace gui {

class MarkdownSegmenter {
 public:
  std::vector<Block> append(QStringView text);
  std::vector<Block> finish();
  // What the open tail would be if the text ended here, less what could still turn into something
  // else.
  std::vector<Block> provisional() const;

 private:
  enum class State { None, Paragraph, Quote, Table, Code };
  struct OpenItem {
    ItemLine line;
    int number = 0;  // counted from the first of the list
  };

  void takeLine(const QString& line);
  void takeText(const QString& line);
  void openItem(const QString& line, const ItemLine& item);
  void openCode(const FenceLine& fence);
  void takeCode(const QString& line);
  void inParagraph(const QString& line);
  void inQuote(const QString& line);
  void inTable(const QString& line);
  bool mayOpen(const ItemLine& item) const;
  bool startsBlock(const QString& line) const;
  bool beginsTable(const QString& delimiterLine) const;
  int depthOf(const QString& line) const;
  void add(const QString& line);
  bool inFormula(const QString& line);
  void emitBlock(Block block);
  void emitMarker();
  void endPiece();
  void endLine();

  std::vector<Block> out_;
  State state_ = State::None;
  QString line_;            // the line that has no end yet
  QString piece_;           // whole lines of the open piece, each with its line end
  qsizetype lastLine_ = 0;  // where the last of them starts
  int numLines_ = 0;
  bool blankBefore_ = true;

  std::vector<OpenItem> items_;  // the items around the line at hand, outermost first
  std::optional<OpenItem>
      sibling_;     // the item that ended with this line: the next one may continue its list
  QString marker_;  // of the item whose first block comes next
  int lifted_ = 0;  // that block stands so many levels up: "- 1. a" is the row "1. a"
  bool tight_ = false;

  QString mathEnd_;  // what closes the formula that is open; empty: none is

  FenceLine fence_;
  Block code_;
  bool codeStarted_ = false;
  QString tableHead_;  // header and delimiter line, to go on with when a table is cut
};

}  // namespace gui
