// SPDX-License-Identifier: Apache-2.0
#include "engine/text/added_tokens.h"

#include <algorithm>
#include <utility>

#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

// Start of the character that ends at `end` > 0 of valid UTF-8.
size_t previous_character(std::string_view text, size_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
  return end;
}

bool is_space_at(std::string_view text, size_t position) {
  return is_space(char_class(decode_valid(text, position).code_point));
}

uint64_t edge_key(uint32_t node, char byte) {
  return static_cast<uint64_t>(node) << 8 | static_cast<unsigned char>(byte);
}

}  // namespace

AddedTokenFinder::AddedTokenFinder(std::vector<AddedToken> tokens)
    : tokens_(std::move(tokens)), token_of_node_(1, -1) {
  for (size_t i = 0; i < tokens_.size(); ++i) {
    uint32_t node = 0;
    for (const char byte : tokens_[i].content) {
      const auto [edge, is_new] = edges_.try_emplace(edge_key(node, byte), token_of_node_.size());
      if (is_new) token_of_node_.push_back(-1);
      node = edge->second;
    }
    token_of_node_[node] = static_cast<int>(i);
  }
}

int AddedTokenFinder::longest_at(std::string_view text, size_t position, size_t end) const {
  int found = -1;
  for (uint32_t node = 0; position < end; ++position) {
    const auto edge = edges_.find(edge_key(node, text[position]));
    if (edge == edges_.end()) break;
    node = edge->second;
    if (token_of_node_[node] >= 0) found = token_of_node_[node];
  }
  return found;
}

bool AddedTokenFinder::is_single_word(std::string_view text, TextRange range) const {
  const auto is_word_at = [&](size_t position) {
    return is_word_char(decode_valid(text, position).code_point);
  };
  if (range.begin > 0 && is_word_at(previous_character(text, range.begin))) return false;
  return range.end == text.size() || !is_word_at(range.end);
}

std::vector<AddedTokenFinder::Match> AddedTokenFinder::find(
    std::string_view text, std::span<const TextRange> allowed) const {
  std::vector<Match> matches;
  size_t taken = 0;  // end of the last match with its white space
  for (const TextRange run : allowed) {
    for (size_t position = run.begin; position < run.end;) {
      const int index = longest_at(text, position, run.end);
      if (index < 0) {
        ++position;
        continue;
      }
      const AddedToken& token = tokens_[index];
      TextRange range{position, position + token.content.size()};
      position = range.end;
      if (token.single_word && !is_single_word(text, range)) continue;
      if (token.lstrip)
        while (range.begin > taken && is_space_at(text, previous_character(text, range.begin)))
          range.begin = previous_character(text, range.begin);
      if (token.rstrip)
        while (range.end < text.size() && is_space_at(text, range.end))
          range.end += decode_valid(text, range.end).size;
      range.begin = std::max(range.begin, taken);
      range.end = std::max(range.end, range.begin);
      taken = range.end;
      matches.push_back({range, token.id});
    }
  }
  return matches;
}

}  // namespace engine
