// SPDX-License-Identifier: Apache-2.0
// Markdown to blocks, piece by piece, as a model writes it.
//
// Blocks are finished in order and never change again; only the open tail is parsed anew when text
// arrives, so the cost of a piece does not grow with the answer. The result for a text does not
// depend on how it was cut into pieces. CommonMark with tables, strikethrough, task lists and bare
// links; no raw HTML, no images (their text is shown as a link), no indented code. Reference
// definitions work inside one block only.
#pragma once

#include <QString>
#include <QStringView>
#include <memory>
#include <vector>

#include "gui/chat/block.h"

namespace gui {

class MarkdownSegmenter;

// Blocks from `first` on are now `blocks`; those before are as they were.
struct BlockChange {
  int first = 0;
  std::vector<Block> blocks;
};

class BlockParser {
 public:
  BlockParser();
  ~BlockParser();
  BlockParser(BlockParser&&) noexcept;
  BlockParser& operator=(BlockParser&&) noexcept;

  // Adds text; the change includes the provisional blocks of the open tail.
  BlockChange append(QStringView text);
  // No more text will come: everything is finished.
  BlockChange finish();

  // A whole text at once.
  static std::vector<Block> parse(QStringView text);

 private:
  std::unique_ptr<MarkdownSegmenter> segmenter_;
  int numFinished_ = 0;  // blocks that never change again
};

}  // namespace gui
