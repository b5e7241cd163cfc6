// SPDX-License-Identifier: Apache-2.0
// The Unicode facts that tokenizers are trained with.
//
// Two versions of Unicode meet here, because the reference is made of two libraries: the regular
// expressions of Hugging Face tokenizers 0.23 know Unicode 16, its NFC knows Unicode 10. Characters
// on which utf8proc (Unicode 15 in Debian 12) says something else are listed in unicode.cpp, so
// that every code point is treated as there.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// The classes of the split patterns: \p{L}, \p{N}, [\r\n], the other \s (White_Space), the rest.
enum class CharClass { Letter, Number, Newline, Space, Other };

CharClass char_class(char32_t code_point);

inline bool is_space(CharClass c) { return c == CharClass::Space || c == CharClass::Newline; }
inline bool is_letter_or_number(CharClass c) {
  return c == CharClass::Letter || c == CharClass::Number;
}

// \w of Rust's regex: Alphabetic, marks, decimal digits, connector punctuation, joiners.
bool is_word_char(char32_t code_point);

// Canonical composition (NFC) of valid UTF-8. Linear but for long runs of combining marks (n log
// n).
std::string to_nfc(std::string_view text);

// True when a glance shows that to_nfc() would change nothing; most text has only characters below
// U+0300.
bool is_surely_nfc(std::string_view text);

}  // namespace engine
