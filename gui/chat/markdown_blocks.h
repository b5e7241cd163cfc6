// SPDX-License-Identifier: Apache-2.0
// One piece of Markdown, parsed by md4c and written as blocks.
//
// The HTML in them is ours alone: tags b i s code a br, attribute href (http, https, mailto) of a;
// all text is escaped. Images appear as links with their text. Paragraphs, headings, list items,
// code and tables become blocks of their own that know the lists and quotes around them. A line
// such as [1]: http://a.b stays text. Never fails: what md4c refuses appears as plain text. Pure;
// any thread.
#pragma once

#include <QStringView>
#include <vector>

#include "gui/chat/block.h"

namespace gui {

std::vector<Block> markdownBlocks(QStringView markdown);

// All blocks in one text with line breaks, for previews.
QString flatHtml(const std::vector<Block>& blocks);

}  // namespace gui
