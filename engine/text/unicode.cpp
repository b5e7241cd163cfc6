// SPDX-License-Identifier: Apache-2.0
#include "engine/text/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "engine/error.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

struct Range {
  char32_t first, last;
};

// Letters and numbers of Unicode 15.1 and 16, which utf8proc 2.8 does not know yet.
constexpr Range kNewLetters[] = {
    {0x1c89, 0x1c8a},   {0xa7cb, 0xa7cd},   {0xa7da, 0xa7dc},   {0x105c0, 0x105f3},
    {0x10d4a, 0x10d65}, {0x10d6f, 0x10d85}, {0x10ec2, 0x10ec4}, {0x11380, 0x11389},
    {0x1138b, 0x1138b}, {0x1138e, 0x1138e}, {0x11390, 0x113b5}, {0x113b7, 0x113b7},
    {0x113d1, 0x113d1}, {0x113d3, 0x113d3}, {0x11bc0, 0x11be0}, {0x13460, 0x143fa},
    {0x16100, 0x1611d}, {0x16d40, 0x16d6c}, {0x18cff, 0x18cff}, {0x1e5d0, 0x1e5ed},
    {0x1e5f0, 0x1e5f0}, {0x2ebf0, 0x2ee5d}};
constexpr Range kNewNumbers[] = {{0x10d40, 0x10d49}, {0x116d0, 0x116e3}, {0x11bf0, 0x11bf9},
                                 {0x16130, 0x16139}, {0x16d70, 0x16d79}, {0x1ccf0, 0x1ccf9},
                                 {0x1e5f1, 0x1e5fa}};
// Marks and decimal digits of the same versions: with the letters, the word characters that
// utf8proc does not know.
constexpr Range kNewWordChars[] = {
    {0x897, 0x897},     {0x10d40, 0x10d49}, {0x10d69, 0x10d6d}, {0x10efc, 0x10efc},
    {0x113b8, 0x113c0}, {0x113c2, 0x113c2}, {0x113c5, 0x113c5}, {0x113c7, 0x113ca},
    {0x113cc, 0x113d0}, {0x113d2, 0x113d2}, {0x113e1, 0x113e2}, {0x116d0, 0x116e3},
    {0x11bf0, 0x11bf9}, {0x11f5a, 0x11f5a}, {0x1611e, 0x16139}, {0x16d70, 0x16d79},
    {0x1ccf0, 0x1ccf9}, {0x1e5ee, 0x1e5ef}, {0x1e5f1, 0x1e5fa}};

// Marks, and letters that compose, which came to Unicode after the reference's NFC: they stay as
// they are.
constexpr Range kNotNormalized[] = {
    {0x7fd, 0x7fd},     {0x897, 0x89f},     {0x8ca, 0x8d3},     {0x9fe, 0x9fe},
    {0xc3c, 0xc3c},     {0xd3b, 0xd3c},     {0xeba, 0xeba},     {0x1715, 0x1715},
    {0x1abf, 0x1af0},   {0x1df6, 0x1dfa},   {0xa82c, 0xa82c},   {0x105c9, 0x105c9},
    {0x105d2, 0x105d2}, {0x105da, 0x105da}, {0x105e4, 0x105e4}, {0x10d24, 0x10d27},
    {0x10d69, 0x10d6d}, {0x10eab, 0x10eac}, {0x10ecb, 0x10ecf}, {0x10ef0, 0x10eff},
    {0x10f46, 0x10f50}, {0x10f82, 0x10f85}, {0x11070, 0x11070}, {0x1133b, 0x1133b},
    {0x11380, 0x113d0}, {0x1145e, 0x1145e}, {0x11839, 0x1183a}, {0x11930, 0x11943},
    {0x119e0, 0x119e0}, {0x11a34, 0x11a34}, {0x11a47, 0x11a47}, {0x11a99, 0x11a99},
    {0x11d42, 0x11d42}, {0x11d44, 0x11d45}, {0x11d97, 0x11d97}, {0x11f41, 0x11f42},
    {0x1611e, 0x1612f}, {0x16d63, 0x16d6a}, {0x16ff0, 0x16ff1}, {0x1e08f, 0x1e08f},
    {0x1e130, 0x1e136}, {0x1e2ae, 0x1e2ae}, {0x1e2ec, 0x1e2ef}, {0x1e4ec, 0x1e4ef},
    {0x1e5ee, 0x1e5ef}};

template <size_t N>
bool contains(const Range (&ranges)[N], char32_t c) {
  const auto* range =
      std::lower_bound(std::begin(ranges), std::end(ranges), c,
                       [](const Range& r, char32_t value) { return r.last < value; });
  return range != std::end(ranges) && range->first <= c;
}

bool is_white_space_beyond_ascii(char32_t c) {
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

constexpr std::array<CharClass, 128> make_ascii_classes() {
  std::array<CharClass, 128> classes{};
  for (int c = 0; c < 128; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    classes[c] = letter                            ? CharClass::Letter
                 : c >= '0' && c <= '9'            ? CharClass::Number
                 : c == '\r' || c == '\n'          ? CharClass::Newline
                 : c == ' ' || (c >= 9 && c <= 13) ? CharClass::Space
                                                   : CharClass::Other;
  }
  return classes;
}
constexpr std::array<CharClass, 128> kAsciiClasses = make_ascii_classes();

int combining_class(char32_t c) {
  return utf8proc_get_property(static_cast<int32_t>(c))->combining_class;
}

// Canonical order: within each run of marks, by class, equal ones as they came. utf8proc's own
// ordering is quadratic in the length of a run.
void order_marks(std::vector<int32_t>& text, size_t begin) {
  for (size_t i = begin; i < text.size();) {
    if (combining_class(text[i]) == 0) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < text.size() && combining_class(text[end]) != 0) ++end;
    std::stable_sort(text.begin() + i, text.begin() + end,
                     [](int32_t a, int32_t b) { return combining_class(a) < combining_class(b); });
    i = end;
  }
}

// Orders and composes what follows `begin`, all of it decomposed.
void compose(std::vector<int32_t>& text, size_t begin) {
  if (begin == text.size()) return;
  order_marks(text, begin);
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  const auto size = utf8proc_normalize_utf32(
      text.data() + begin, static_cast<utf8proc_ssize_t>(text.size() - begin), kOptions);
  if (size < 0) throw Error(ErrorCode::Internal, "Unicode normalisation failed");
  text.resize(begin + static_cast<size_t>(size));
}

}  // namespace

CharClass char_class(char32_t c) {
  if (c < 128) return kAsciiClasses[c];
  if (is_white_space_beyond_ascii(c)) return CharClass::Space;
  switch (utf8proc_category(static_cast<int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return CharClass::Letter;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharClass::Number;
    case UTF8PROC_CATEGORY_CN:
      return contains(kNewLetters, c)   ? CharClass::Letter
             : contains(kNewNumbers, c) ? CharClass::Number
                                        : CharClass::Other;
    default:
      return CharClass::Other;
  }
}

bool is_word_char(char32_t c) {
  if (char_class(c) == CharClass::Letter || c == 0x200c || c == 0x200d) return true;
  const bool circled_letter = (c >= 0x24b6 && c <= 0x24e9) || (c >= 0x1f130 && c <= 0x1f149) ||
                              (c >= 0x1f150 && c <= 0x1f169) || (c >= 0x1f170 && c <= 0x1f189);
  switch (utf8proc_category(static_cast<int32_t>(c))) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC:
      return true;
    case UTF8PROC_CATEGORY_CN:
      return contains(kNewWordChars, c);
    default:
      return circled_letter;
  }
}

bool is_surely_nfc(std::string_view text) {
  // 0xcc begins U+0300, the first character that composes or moves.
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0xcc; });
}

std::string to_nfc(std::string_view text) {
  std::vector<int32_t> points;
  points.reserve(text.size());
  size_t begin = 0;  // of the stretch not composed yet; a character that takes no part ends it
  for (size_t position = 0; position < text.size();) {
    const Utf8Step step = decode_valid(text, position);
    position += step.size;
    if (contains(kNotNormalized, step.code_point)) {
      compose(points, begin);
      points.push_back(static_cast<int32_t>(step.code_point));
      begin = points.size();
      continue;
    }
    int32_t parts[8];  // the longest canonical decomposition has 4
    const auto count = utf8proc_decompose_char(static_cast<int32_t>(step.code_point), parts,
                                               std::size(parts), UTF8PROC_DECOMPOSE, nullptr);
    if (count < 0 || count > static_cast<utf8proc_ssize_t>(std::size(parts)))
      throw Error(ErrorCode::Internal, "Unicode decomposition failed");
    points.insert(points.end(), parts, parts + count);
  }
  compose(points, begin);
  std::string out;
  out.reserve(text.size());
  for (const int32_t point : points) append_utf8(static_cast<char32_t>(point), out);
  return out;
}

}  // namespace engine
