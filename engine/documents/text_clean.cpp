// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/text_clean.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr char32_t kSupplementFirst = 0x2e80;
constexpr char32_t kKangxiFirst = 0x2f00;
constexpr char32_t kKangxiLast = 0x2fd5;
constexpr char32_t kBlackFlag = 0x1f3f4;

// U+2E80-2EF3: Unicode 14, EquivalentUnifiedIdeograph; a code point without one stands for itself.
constexpr std::array<char32_t, 116> kSupplement = {
    0x2e80,  0x5382,  0x4e5b,  0x4e5a, 0x4e59, 0x4ebb,  0x5182,  0x20628, 0x5200,  0x5202,  0x535c,
    0x353e,  0x5c0f,  0x5c0f,  0x5140, 0x5c23, 0x5c22,  0x21bc2, 0x5df3,  0x5e7a,  0x5f51,  0x5f50,
    0x5fc4,  0x5fc3,  0x624c,  0x6535, 0x2e9a, 0x65e1,  0x65e5,  0x6708,  0x6b7a,  0x6bcd,  0x6c11,
    0x6c35,  0x6c3a,  0x706c,  0x722b, 0x722b, 0x4e2c,  0x725b,  0x72ad,  0x738b,  0x24d14, 0x76ee,
    0x793a,  0x793b,  0x25ad7, 0x7cf9, 0x7e9f, 0x7f53,  0x7f52,  0x34c1,  0x5197,  0x2626b, 0x7f8a,
    0x2634c, 0x2634b, 0x8002,  0x8080, 0x807f, 0x8089,  0x26951, 0x8279,  0x8279,  0x8279,  0x864e,
    0x8864,  0x8980,  0x897f,  0x89c1, 0x89d2, 0x278b2, 0x8ba0,  0x8d1d,  0x27fb7, 0x8f66,  0x8fb6,
    0x8fb6,  0x8fb6,  0x9091,  0x9485, 0x9577, 0x9578,  0x957f,  0x95e8,  0x28e0f, 0x961d,  0x96e8,
    0x9752,  0x97e6,  0x9875,  0x98ce, 0x98de, 0x98df,  0x2967f, 0x98e0,  0x9963,  0x29810, 0x9a6c,
    0x9aa8,  0x9b3c,  0x9c7c,  0x9e1f, 0x5364, 0x9ea6,  0x9ec4,  0x9efe,  0x6589,  0x9f50,  0x6b6f,
    0x9f7f,  0x7adc,  0x9f99,  0x9f9c, 0x4e80, 0x9f9f};

// U+2F00-2FD5, read from utf8proc once.
const std::array<char32_t, kKangxiLast - kKangxiFirst + 1>& kangxi_table() {
  static const auto table = [] {
    std::array<char32_t, kKangxiLast - kKangxiFirst + 1> han{};
    for (size_t i = 0; i < han.size(); ++i) {
      const char32_t radical = kKangxiFirst + static_cast<char32_t>(i);
      utf8proc_int32_t mapped[4] = {};
      const auto count = utf8proc_decompose_char(
          static_cast<utf8proc_int32_t>(radical), mapped, 4,
          static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE), nullptr);
      han[i] = count == 1 ? static_cast<char32_t>(mapped[0]) : radical;
    }
    return han;
  }();
  return table;
}

bool is_plain(char c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t'; }

// Position after a terminal escape sequence that begins at `position`: ESC [ ... letter, or ESC ]
// ... BEL on one line. An ESC that begins neither is skipped alone.
size_t skip_escape(std::string_view text, size_t position) {
  constexpr size_t kLongest = 256;
  const size_t end = std::min(text.size(), position + kLongest);
  if (position + 1 >= end) return position + 1;
  if (text[position + 1] == '[') {
    for (size_t i = position + 2; i < end; ++i) {
      if (text[i] >= 0x40 && text[i] <= 0x7e) return i + 1;
      if (text[i] < 0x20 || text[i] > 0x3f) break;
    }
  } else if (text[position + 1] == ']') {
    for (size_t i = position + 2; i < end && text[i] != '\n'; ++i)
      if (text[i] == '\a') return i + 1;
  }
  return position + 1;
}

// The line end at `position` as a number of bytes; 0 when there is none.
size_t line_end_size(std::string_view text, size_t position) {
  if (position >= text.size()) return 0;
  if (text[position] == '\n') return 1;
  if (text[position] != '\r') return 0;
  return position + 1 < text.size() && text[position + 1] == '\n' ? 2 : 1;
}

bool is_line_end(char32_t c) {
  return c == '\r' || c == '\f' || c == '\v' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool is_dropped(char32_t c, char32_t previous) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;
  if (c == 0xfeff || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe) return true;
  if (c < 0xe0000 || c > 0xe007f) return false;
  // Tag characters spell the region of an emoji flag; anywhere else they are text that nobody can
  // see.
  return previous != kBlackFlag && (previous < 0xe0000 || previous > 0xe007f);
}

char32_t han_of_radical(char32_t c) {
  if (c >= kKangxiFirst && c <= kKangxiLast) return kangxi_table()[c - kKangxiFirst];
  if (c >= kSupplementFirst && c < kSupplementFirst + kSupplement.size())
    return kSupplement[c - kSupplementFirst];
  return c;
}

bool is_space(char32_t c) {
  return c <= 0x20 || c == 0x7f || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
         (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0xfeff;
}

// Takes the first line off `text`, without blanks at its end.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const size_t last = line.find_last_not_of(" \t");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// Dots that lead the eye to a page number ("Method . . . . . 12") become three: each would be a
// token.
void append_without_leaders(std::string_view line, std::string& out) {
  constexpr int kFewestDots = 5;
  for (size_t position = 0; position < line.size();) {
    const size_t begin = std::min(line.find_first_of(". ", position), line.size());
    const size_t end = std::min(line.find_first_not_of(". ", begin), line.size());
    const std::string_view run = line.substr(begin, end - begin);
    out.append(line, position, begin - position);
    position = end;
    if (std::count(run.begin(), run.end(), '.') < kFewestDots) {
      out += run;
      continue;
    }
    const size_t first = run.find('.'), last = run.rfind('.');
    out += run.substr(0, first);
    out += first == 0 ? " ..." : "...";
    out += run.substr(last + 1);
  }
}

// Blanks that every line with text begins with.
size_t common_margin(std::string_view text) {
  size_t margin = text.size();
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty()) margin = std::min(margin, line.find_first_not_of(' '));
  }
  return margin;
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  char32_t previous = 0;  // last character kept
  for (size_t position = 0; position < text.size();) {
    const size_t begin = position;
    while (position < text.size() && is_plain(text[position])) ++position;
    if (position > begin) {
      out.append(text, begin, position - begin);
      previous = static_cast<unsigned char>(text[position - 1]);
      continue;
    }
    const Utf8Step step = decode_valid(text, position);
    const char32_t c = step.code_point;
    if (c == 0x1b) {
      position = skip_escape(text, position);
      continue;
    }
    if (c == '\r') {
      position += line_end_size(text, position);
      out += '\n';
    } else {
      position += step.size;
      if (c == 0xad) {
        position += line_end_size(text, position);
        continue;
      }
      if (is_line_end(c)) {
        out += '\n';
      } else if (!is_dropped(c, previous)) {
        append_utf8(han_of_radical(c), out);
      } else {
        continue;
      }
    }
    previous = c;
  }
  return out;
}

std::string tidy_layout(std::string_view text) {
  const size_t margin = common_margin(text);
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += '\n';
    gap = false;
    append_without_leaders(line.substr(margin), out);
    out += '\n';
  }
  return out;
}

bool is_blank(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const Utf8Step step = decode_valid(text, position);
    if (!is_space(step.code_point)) return false;
    position += step.size;
  }
  return true;
}

}  // namespace engine
