// SPDX-License-Identifier: Apache-2.0
// Headings of a document, found by their form: Markdown (# and underlined), numbers (2.1 Method),
// words (Chapter 3, Appendix A), Chinese (第三章, 一、), and short lines that stand alone and look
// like titles. Running heads (the same line on many pages), tables of contents, fenced code and
// prose are passed over. Code, tables and logs have none. A missed or false heading only moves the
// border of a section; no text depends on it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/document.h"

namespace engine {

struct Heading {
  size_t page = 0;    // index into Document::pages
  size_t offset = 0;  // byte on that page where its line begins
  int level = 1;      // 1 is the highest; 3 and below are guesses from the look of a line
  std::string title;  // without marks, at most 80 characters
};

// In order. Linear time.
std::vector<Heading> find_headings(const Document& document);

}  // namespace engine
