// SPDX-License-Identifier: Apache-2.0
// UTF-8 one character at a time, as Unicode table 3-7 defines it (no surrogates, no overlong forms,
// at most U+10FFFF).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace engine {

// What stands at one place of a byte string.
struct Utf8Step {
  enum class Kind { Character, Broken, Incomplete };
  Kind kind = Kind::Character;
  char32_t code_point = 0;  // of a Character
  size_t size =
      0;  // bytes; of Broken: the longest part that could have begun a character, at least 1
};

// Reads at `position` < text.size(). Incomplete: the text ends inside what may become a character.
Utf8Step utf8_step(std::string_view text, size_t position);

// The same for text known to be valid.
inline Utf8Step decode_valid(std::string_view text, size_t position);

constexpr size_t kValidUtf8 = static_cast<size_t>(-1);

// Position of the first byte that is not part of a whole character, or kValidUtf8.
size_t find_invalid_utf8(std::string_view text);

// Appends `bytes` to `out`, each broken part replaced by one U+FFFD. Returns how many bytes at the
// end were left over because they may be the beginning of a character.
size_t append_lossy(std::string_view bytes, std::string& out);

void append_utf8(char32_t code_point, std::string& out);

inline Utf8Step decode_valid(std::string_view text, size_t position) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const char32_t lead = byte(0);
  if (lead < 0x80) return {Utf8Step::Kind::Character, lead, 1};
  const auto tail = [&](size_t i) -> char32_t { return byte(i) & 0x3fu; };
  if (lead < 0xe0) return {Utf8Step::Kind::Character, (lead & 0x1f) << 6 | tail(1), 2};
  if (lead < 0xf0)
    return {Utf8Step::Kind::Character, (lead & 0x0f) << 12 | tail(1) << 6 | tail(2), 3};
  return {Utf8Step::Kind::Character, (lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
          4};
}

}  // namespace engine
