// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/markdown_segmenter.h"

#include <algorithm>
#include <utility>

#include "gui/chat/markdown_blocks.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

// A longer piece is ended at the next line end, a longer line at a blank: the open tail stays cheap
// to parse.
constexpr qsizetype kMaxPiece = 8192;
constexpr int kMaxTableRows = 200;
constexpr int kMaxFormulaLines = 60;
constexpr size_t kMaxDepth = 12;  // of lists

QString bullet(int depth) {
  static const QString kBullets[] = {QStringLiteral("•"), QStringLiteral("◦"), QStringLiteral("▪")};
  return kBullets[depth % 3];
}

}  // namespace

void MarkdownSegmenter::add(const QString& line) {
  lastLine_ = piece_.size();
  if (state_ == State::Paragraph && line.startsWith(u'[') && line.contains(QLatin1String("]:"))) {
    piece_ += u'\\';  // a reference definition would vanish
  }
  piece_ += line;
  piece_ += u'\n';
  ++numLines_;
  if (mathEnd_.isEmpty() && state_ == State::Paragraph) {
    mathEnd_ = openFormula(line);
  }
}

// A line inside a formula that began on a line of its own: whatever it looks like, it belongs to
// it.
bool MarkdownSegmenter::inFormula(const QString& line) {
  if (mathEnd_.isEmpty()) {
    return false;
  }
  const bool ends = line.contains(mathEnd_) || numLines_ > kMaxFormulaLines;
  if (!isBlank(line)) {
    piece_ += line.trimmed() + u'\n';
    ++numLines_;
  }
  if (ends) {
    mathEnd_.clear();
  }
  return true;
}

void MarkdownSegmenter::emitBlock(Block block) {
  block.level = std::min(block.level + static_cast<int>(items_.size()) - std::exchange(lifted_, 0),
                         static_cast<int>(kMaxDepth));
  if (block.kind == Block::Kind::Rich && block.marker.isEmpty()) {
    block.marker = std::exchange(marker_, {});
  }
  block.tight = block.tight || std::exchange(tight_, false);
  out_.push_back(std::move(block));
}

// An item that starts with something that carries no marker, or with nothing.
void MarkdownSegmenter::emitMarker() {
  if (!marker_.isEmpty()) {
    emitBlock({});
    tight_ = true;
  }
}

// The piece is complete: its blocks are final.
void MarkdownSegmenter::endPiece() {
  if (state_ == State::Code) {
    emitBlock(std::exchange(code_, {}));
  } else if (state_ != State::None) {
    for (Block& block : markdownBlocks(piece_)) {
      if (block.kind != Block::Kind::Rich) {
        emitMarker();
      }
      emitBlock(std::move(block));
    }
  }
  state_ = State::None;
  mathEnd_.clear();
  piece_.clear();
  lastLine_ = 0;
  numLines_ = 0;
}

// How many of the open items the line belongs to, by its indent.
int MarkdownSegmenter::depthOf(const QString& line) const {
  const int indent = indentOf(line);
  const auto item = itemLine(line);
  int depth = 0;
  for (const OpenItem& open : items_) {
    const bool inside = indent >= open.line.contentIndent;
    // "1. a" and "  - b": one column short of the text, but meant to be inside.
    const bool nearly = item && item->ordered != open.line.ordered && indent > open.line.indent;
    if (!inside && !nearly) {
      break;
    }
    ++depth;
  }
  return depth;
}

void MarkdownSegmenter::takeLine(const QString& line) {
  if (state_ == State::Code) {
    takeCode(line);
    return;
  }
  if (inFormula(line)) {
    return;
  }
  if (isBlank(line)) {
    endPiece();
    emitMarker();
    blankBefore_ = true;
    return;
  }
  const int depth = depthOf(line);
  sibling_.reset();
  if (depth < static_cast<int>(items_.size())) {
    if (state_ == State::Paragraph && !startsBlock(line)) {
      inParagraph(line);  // a paragraph goes on without its indent
      return;
    }
    endPiece();
    emitMarker();
    sibling_ = items_[static_cast<size_t>(depth)];
    items_.resize(static_cast<size_t>(depth));
  }
  takeText(line);
  blankBefore_ = false;
  if (piece_.size() > kMaxPiece && state_ != State::Table) {
    endPiece();
  }
}

// A line inside the open items.
void MarkdownSegmenter::takeText(const QString& line) {
  switch (state_) {
    case State::Paragraph:
      inParagraph(line);
      return;
    case State::Quote:
      inQuote(line);
      return;
    case State::Table:
      inTable(line);
      return;
    case State::Code:
      takeCode(line);
      return;
    case State::None:
      break;
  }
  const auto fence = fenceLine(line);
  if (fence && (fence->indent <= 3 || !items_.empty())) {
    openCode(*fence);
    return;
  }
  const QString text = dedented(line, items_.empty() ? 0 : indentOf(line));
  if (isHeading(text) || isRule(text)) {
    state_ = State::Paragraph;
    add(text);
    endPiece();
  } else if (const auto item = itemLine(line); item && mayOpen(*item)) {
    openItem(line, *item);
  } else {
    state_ = isQuote(text) ? State::Quote : State::Paragraph;
    add(text);
  }
}

// Inside a list an item may be indented as far as it likes, but not nested without end.
bool MarkdownSegmenter::mayOpen(const ItemLine& item) const {
  return items_.size() < kMaxDepth && (item.indent <= 3 || !items_.empty() || sibling_);
}

void MarkdownSegmenter::openItem(const QString& line, const ItemLine& item) {
  const bool continues =
      sibling_ && sibling_->line.ordered == item.ordered && sibling_->line.mark == item.mark;
  const bool nested = !items_.empty() && !sibling_;
  const bool first = !marker_.isEmpty();  // an item that begins with this list gives way to it
  OpenItem open{item, item.number};
  if (continues && item.ordered) {
    open.number = sibling_->number + 1;
  }
  sibling_.reset();
  if (first) {
    ++lifted_;
  } else {
    tight_ = (continues || nested) && !blankBefore_;
  }
  marker_ = item.task      ? (*item.task ? QStringLiteral("☑") : QStringLiteral("☐"))
            : item.ordered ? QString::number(open.number) + item.mark
                           : bullet(static_cast<int>(items_.size()) - lifted_);
  items_.push_back(open);
  QString rest = dedented(line, item.indent).mid(item.ordered ? static_cast<qsizetype>(0) : 1);
  if (item.ordered) {
    rest = rest.mid(rest.indexOf(item.mark) + 1);
  }
  rest = rest.trimmed();
  if (item.task) {
    rest = rest.mid(3).trimmed();
  }
  if (!rest.isEmpty()) {
    blankBefore_ = false;
    takeText(QString(item.contentIndent, u' ') + rest);
  }
}

void MarkdownSegmenter::openCode(const FenceLine& fence) {
  emitMarker();
  state_ = State::Code;
  fence_ = fence;
  code_ = {};
  code_.kind = Block::Kind::Code;
  code_.language = visibleText(fence.language);
  codeStarted_ = false;
}

void MarkdownSegmenter::takeCode(const QString& line) {
  if (closesFence(line, fence_)) {
    endPiece();
    blankBefore_ = true;
    return;
  }
  if (std::exchange(codeStarted_, true)) {
    code_.text += u'\n';
  }
  code_.text += visibleText(fence_.indent > 0 ? dedented(line, fence_.indent) : line);
}

bool MarkdownSegmenter::startsBlock(const QString& line) const {
  return isHeading(line) || isQuote(line) || isRule(line) || fenceLine(line) || itemLine(line);
}

void MarkdownSegmenter::inParagraph(const QString& line) {
  const QString text = dedented(line, indentOf(line));
  if (isUnderline(text) && depthOf(line) == static_cast<int>(items_.size())) {
    add(text);
    endPiece();
    return;
  }
  const auto item = itemLine(line);
  const bool itemStarts =
      item && mayOpen(*item) && (item->interrupts || sibling_ || !items_.empty());
  if (isHeading(text) || isQuote(text) || isRule(text) || fenceLine(text) || itemStarts) {
    endPiece();
    takeText(line);
  } else if (beginsTable(text)) {
    const QString head = piece_.mid(lastLine_);
    if (numLines_ > 1) {
      piece_.truncate(lastLine_);
      endPiece();
    }
    emitMarker();
    state_ = State::Table;
    tableHead_ = head + wideDelimiter(text) + u'\n';
    piece_ = tableHead_;
    numLines_ = 2;
  } else {
    add(text);
  }
}

bool MarkdownSegmenter::beginsTable(const QString& delimiterLine) const {
  const int columns = delimiterColumns(delimiterLine);
  return columns > 0 && columns == tableColumns(QStringView(piece_).mid(lastLine_).chopped(1));
}

void MarkdownSegmenter::inTable(const QString& line) {
  if (startsBlock(line)) {
    endPiece();
    takeText(line);
    return;
  }
  if (numLines_ > kMaxTableRows || piece_.size() > tableHead_.size() + kMaxPiece) {
    endPiece();
    state_ = State::Table;
    piece_ = tableHead_;
    numLines_ = 2;
  }
  add(dedented(line, indentOf(line)));
}

void MarkdownSegmenter::inQuote(const QString& line) {
  const QString text = dedented(line, items_.empty() ? 0 : indentOf(line));
  if (!isQuote(text) && startsBlock(line)) {
    endPiece();
    takeText(line);
  } else {
    add(text);
  }
}

// line_ is whole.
void MarkdownSegmenter::endLine() {
  QString line = std::exchange(line_, {});
  if (line.endsWith(u'\r')) {
    line.chop(1);
  }
  takeLine(line);
}

std::vector<Block> MarkdownSegmenter::append(QStringView text) {
  out_.clear();
  while (!text.isEmpty()) {
    const qsizetype end = text.indexOf(u'\n');
    line_ += text.left(end < 0 ? text.size() : end);
    text = end < 0 ? QStringView() : text.mid(end + 1);
    while (state_ != State::Code && line_.size() > kMaxPiece) {
      const qsizetype blank = line_.lastIndexOf(u' ', kMaxPiece - 1);
      qsizetype cut = blank > kMaxPiece / 2 ? blank + 1 : kMaxPiece;
      cut -= line_[cut].isLowSurrogate() ? 1 : 0;
      const QString rest = line_.mid(cut);
      line_.truncate(cut);
      endLine();
      line_ = rest;
    }
    if (end >= 0) {
      endLine();
    }
  }
  return std::move(out_);
}

std::vector<Block> MarkdownSegmenter::finish() {
  out_.clear();
  if (!line_.isEmpty()) {
    endLine();
  }
  endPiece();
  emitMarker();
  return std::move(out_);
}

std::vector<Block> MarkdownSegmenter::provisional() const {
  MarkdownSegmenter copy(*this);
  copy.out_.clear();
  const bool undecided = state_ == State::Code ? mayCloseFence(line_, fence_)
                                               : state_ == State::Table || mayBecomeMarkup(line_);
  if (!undecided && !line_.isEmpty()) {
    copy.takeLine(state_ == State::Code ? line_ : withMarksClosed(line_));
  } else if (state_ == State::Paragraph && piece_[lastLine_] == u'|') {
    // Perhaps the head of a table: shown when the next line has decided.
    copy.piece_.truncate(lastLine_);
    copy.state_ = copy.piece_.isEmpty() ? State::None : state_;
  }
  copy.endPiece();
  copy.emitMarker();
  return std::move(copy.out_);
}

}  // namespace gui
