// SPDX-License-Identifier: Apache-2.0
#include "engine/text/split_pattern.h"

#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

struct Character {
  CharClass char_class;
  size_t size;
};

Character character_at(std::string_view text, size_t position) {
  const Utf8Step step = decode_valid(text, position);
  return {char_class(step.code_point), step.size};
}

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<SplitPattern> find_split_pattern(std::string_view regex) {
  if (regex == kQwen2) return SplitPattern::Qwen2;
  return std::nullopt;
}

bool WordScanner::next(std::string_view& word) {
  if (position_ == text_.size()) return false;
  const size_t end = word_end();
  word = text_.substr(position_, end - position_);
  position_ = end;
  return true;
}

// The alternatives in the order of the pattern; each character begins at least one of them.
size_t WordScanner::word_end() const {
  const size_t contraction = contraction_end();
  if (contraction != position_) return contraction;

  const Character first = character_at(text_, position_);
  const size_t second = position_ + first.size;
  if (first.char_class == CharClass::Letter) return letters_end(second);
  if (first.char_class == CharClass::Number) return second;

  const bool has_second = second < text_.size();
  const CharClass next = has_second ? character_at(text_, second).char_class : CharClass::Other;
  if (has_second && next == CharClass::Letter && first.char_class != CharClass::Newline)
    return letters_end(second);
  if (first.char_class == CharClass::Other) return symbols_end(position_);
  if (has_second && next == CharClass::Other && text_[position_] == ' ') return symbols_end(second);
  return white_space_end();
}

size_t WordScanner::contraction_end() const {
  const std::string_view rest = text_.substr(position_);
  if (rest.size() < 2 || rest[0] != '\'') return position_;
  const char first = to_lower(rest[1]);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return position_ + 2;
  if (rest.substr(1, 2) == "\xc5\xbf") return position_ + 3;  // U+017F folds to s
  if (rest.size() < 3) return position_;
  const char second = to_lower(rest[2]);
  const bool matches =
      ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l');
  return matches ? position_ + 3 : position_;
}

size_t WordScanner::letters_end(size_t from) const {
  while (from < text_.size()) {
    const Character character = character_at(text_, from);
    if (character.char_class != CharClass::Letter) break;
    from += character.size;
  }
  return from;
}

// Neither white space, letter nor number; then line ends.
size_t WordScanner::symbols_end(size_t from) const {
  while (from < text_.size()) {
    const Character character = character_at(text_, from);
    if (character.char_class != CharClass::Other) break;
    from += character.size;
  }
  while (from < text_.size() && (text_[from] == '\r' || text_[from] == '\n')) ++from;
  return from;
}

// Up to the last line end of the run when it has one; else the run, less its last character when
// text follows, which may want it as its first.
size_t WordScanner::white_space_end() const {
  size_t end = position_, last_character = position_, newline_end = 0;
  while (end < text_.size()) {
    const Character character = character_at(text_, end);
    if (!is_space(character.char_class)) break;
    last_character = end;
    end += character.size;
    if (character.char_class == CharClass::Newline) newline_end = end;
  }
  if (newline_end != 0) return newline_end;
  if (end == text_.size() || last_character == position_) return end;
  return last_character;
}

}  // namespace engine
