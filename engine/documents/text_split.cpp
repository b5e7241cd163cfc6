// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/text_split.h"

#include <algorithm>

namespace engine {
namespace {

constexpr size_t kPageCharacters = 3000;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// True when a sentence ends right before byte `position`: "x. Y" is cut after the blank, "x。"
// after the mark.
bool ends_sentence(std::string_view text, size_t position) {
  if (position >= 3) {
    const std::string_view mark = text.substr(position - 3, 3);
    if (mark == "\xe3\x80\x82" || mark == "\xef\xbc\x81" || mark == "\xef\xbc\x9f" ||
        mark == "\xef\xbc\x9b")
      return true;  // 。！？；
  }
  if (position < 2 || text[position - 1] != ' ') return false;
  const char before = text[position - 2];
  return before == '.' || before == '!' || before == '?' || before == ';';
}

// Bytes that hold the first `characters` characters, at most text.size().
size_t prefix_bytes(std::string_view text, size_t characters) {
  size_t position = 0;
  for (; position < text.size(); ++position) {
    if (is_continuation(text[position])) continue;
    if (characters == 0) break;
    --characters;
  }
  return position;
}

}  // namespace

size_t find_cut(std::string_view text, size_t target) {
  if (text.size() <= target) return text.size();
  const size_t lowest = std::max<size_t>(target / 2, 1);
  size_t line = 0, sentence = 0, blank = 0;
  for (size_t position = target; position >= lowest; --position) {
    const char before = text[position - 1];
    if (before == '\n') {
      if (position >= 2 && text[position - 2] == '\n') return position;
      if (line == 0) line = position;
    } else if (line == 0 && sentence == 0 && !is_continuation(text[position])) {
      if (ends_sentence(text, position)) {
        sentence = position;
      } else if (blank == 0 && (before == ' ' || before == '\t')) {
        blank = position;
      }
    }
  }
  if (line != 0) return line;
  if (sentence != 0) return sentence;
  if (blank != 0) return blank;
  size_t border = std::max<size_t>(target, 1);
  while (border > 1 && is_continuation(text[border])) --border;
  if (border > 1 || !is_continuation(text[1])) return border;
  while (border < text.size() && is_continuation(text[border]))
    ++border;  // target inside the first character
  return border;
}

std::vector<std::string> split_into_pages(std::string_view text) {
  std::vector<std::string> pages;
  do {
    size_t size = text.size();
    if (size > kPageCharacters) {
      // A piece ends at the end of the text when little more than a page is left.
      const size_t page = prefix_bytes(text, kPageCharacters);
      const size_t all_of_rest = page + prefix_bytes(text.substr(page), kPageCharacters / 4);
      size = all_of_rest == text.size() ? all_of_rest : find_cut(text, page);
    }
    pages.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  } while (!text.empty());
  return pages;
}

}  // namespace engine
