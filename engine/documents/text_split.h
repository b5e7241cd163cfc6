// SPDX-License-Identifier: Apache-2.0
// Where to cut text: into pieces that stand for pages, and pages too long for one prompt into
// parts. All cuts are on character borders and lose nothing: the pieces put together are the text.
// Linear time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// A good place to cut valid UTF-8 in (0, text.size()], looking back from byte `target` down to
// `target` / 2: after an empty line, else after a line end, else after the end of a sentence (also
// 。！？), else after a blank, else at the last character border. Returns text.size() when the text
// is no longer than `target`.
size_t find_cut(std::string_view text, size_t target);

// Pieces of about 3,000 characters; longer lines are cut as find_cut() does. Empty text gives one
// empty piece.
std::vector<std::string> split_into_pages(std::string_view text);

}  // namespace engine
