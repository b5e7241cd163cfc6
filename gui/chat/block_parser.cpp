// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/block_parser.h"

#include <utility>

#include "gui/chat/markdown_segmenter.h"

namespace gui {

BlockParser::BlockParser() : segmenter_(std::make_unique<MarkdownSegmenter>()) {}
BlockParser::~BlockParser() = default;
BlockParser::BlockParser(BlockParser&&) noexcept = default;
BlockParser& BlockParser::operator=(BlockParser&&) noexcept = default;

BlockChange BlockParser::append(QStringView text) {
  BlockChange change{numFinished_, segmenter_->append(text)};
  numFinished_ += static_cast<int>(change.blocks.size());
  for (Block& block : segmenter_->provisional()) {
    change.blocks.push_back(std::move(block));
  }
  return change;
}

BlockChange BlockParser::finish() {
  BlockChange change{numFinished_, segmenter_->finish()};
  numFinished_ += static_cast<int>(change.blocks.size());
  return change;
}

std::vector<Block> BlockParser::parse(QStringView text) {
  BlockParser parser;
  std::vector<Block> blocks = parser.segmenter_->append(text);
  for (Block& block : parser.segmenter_->finish()) {
    blocks.push_back(std::move(block));
  }
  return blocks;
}

}  // namespace gui
