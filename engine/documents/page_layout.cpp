// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/page_layout.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

namespace engine {
namespace {

constexpr size_t kMinLines = 5;
constexpr size_t kMinCharacters = 18;  // of running text in one column; ideographs count double
constexpr size_t kMinBlanks = 2;       // in a line, or one ideograph and more without any
constexpr size_t kGutter = 2;          // blanks between columns, at least

// A piece of a line between gutters.
struct Piece {
  size_t begin = 0;  // column on paper, in characters
  size_t characters = 0, blanks = 0, ideographs = 0;

  size_t end() const { return begin + characters; }

  bool is_running_text() const {
    return characters + ideographs >= kMinCharacters &&
           (blanks >= kMinBlanks || ideographs * 2 >= characters);
  }
};

// Walks over one line and calls `found` for each piece.
template <typename Found>
void for_each_piece(std::string_view line, const Found& found) {
  Piece piece;
  size_t column = 0, gap = kGutter;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;
    if (c == ' ') {
      ++gap;
    } else {
      if (gap >= kGutter) {
        if (piece.characters > 0) found(piece);
        piece = {column, 0, 0, 0};
      } else {
        piece.blanks += gap;
        piece.characters += gap;
      }
      gap = 0;
      ++piece.characters;
      if (byte >= 0xe3 && byte <= 0xe9) ++piece.ideographs;
    }
    ++column;
  }
  if (piece.characters > 0) found(piece);
}

}  // namespace

bool is_set_in_columns(std::string_view page) {
  size_t lines = 0;
  std::vector<Piece> running;
  std::map<size_t, size_t> starts;  // where running text begins: how often
  while (!page.empty()) {
    const size_t end = std::min(page.find('\n'), page.size());
    bool has_text = false;
    for_each_piece(page.substr(0, end), [&](const Piece& piece) {
      has_text = true;
      if (!piece.is_running_text()) return;
      running.push_back(piece);
      ++starts[piece.begin];
    });
    if (has_text) ++lines;
    page.remove_prefix(std::min(end + 1, page.size()));
  }
  const size_t enough = std::max(kMinLines, lines / 4);
  for (const auto& [start, times] : starts) {
    if (times * 3 < enough) continue;  // too few to look closer
    size_t right = 0, left = 0, across = 0;
    for (const Piece& piece : running) {
      if (piece.begin >= start && piece.begin <= start + 2) ++right;
      if (piece.end() <= start) ++left;
      if (piece.begin < start && piece.end() > start) ++across;
    }
    if (right >= enough && left >= enough && across <= right) return true;
  }
  return false;
}

}  // namespace engine
