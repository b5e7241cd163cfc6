// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/headings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/documents/text_clean.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr size_t kMaxTitleCharacters = 80;
constexpr size_t kMaxLineBytes = 4 * kMaxTitleCharacters;
constexpr int kWeakLevel = 3;

struct Line {
  size_t offset = 0;
  std::string_view text;  // without blanks at both ends
  bool blank_before = true, blank_after = true;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

size_t count_characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view end) { return text.ends_with(end); });
}

bool ends_like_prose(std::string_view text) {
  return ends_with_any(text, {".", ",", ";", ":", "-", "。", "，", "；", "：", "、", "！", "!"});
}

// "Introduction ........ 12": a line of a table of contents.
bool is_contents_line(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && is_digit(text[end - 1])) --end;
  const bool ends_in_number = end < text.size();
  if (text.find("...") != std::string_view::npos || text.find("……") != std::string_view::npos)
    return ends_in_number;
  return ends_in_number && end >= 3 && (text.substr(end - 3, 3) == "   " || text[end - 1] == '\t');
}

// --- kinds of headings: each returns a level, or 0 ---

int markdown_level(std::string_view text) {
  size_t marks = 0;
  while (marks < text.size() && text[marks] == '#') ++marks;
  return marks >= 1 && marks <= 6 && marks + 1 < text.size() && text[marks] == ' '
             ? static_cast<int>(marks)
             : 0;
}

// "2 Method", "2.1 Method", "2.1.3. Method", "2.1 方法": one level a number.
int numbered_level(const Line& line) {
  const std::string_view text = line.text;
  size_t position = 0;
  int numbers = 0;
  while (position < text.size() && is_digit(text[position])) {
    const size_t begin = position;
    while (position < text.size() && is_digit(text[position])) ++position;
    if (position - begin > 2) return 0;  // a year or an amount
    ++numbers;
    if (position < text.size() && text[position] == '.') ++position;
  }
  if (numbers == 0 || numbers > 4 || position >= text.size() || text[position] != ' ') return 0;
  const std::string_view title = trim(text.substr(position));
  if (title.empty() || is_digit(title[0]) || ends_like_prose(title)) return 0;
  if (!is_upper(title[0]) && static_cast<unsigned char>(title[0]) < 0x80) return 0;
  if (numbers == 1 && !line.blank_before) return 0;  // rather an item of a list
  return numbers;
}

int named_level(std::string_view text) {
  static constexpr auto kWords = std::to_array<std::string_view>(
      {"Chapter", "CHAPTER", "Part", "PART", "Appendix", "APPENDIX", "Section", "SECTION"});
  for (const std::string_view word : kWords) {
    if (!text.starts_with(word) || text.size() < word.size() + 2 || text[word.size()] != ' ')
      continue;
    const std::string_view rest = text.substr(word.size() + 1);
    const size_t end = std::min(rest.find_first_of(" .:"), rest.size());
    const bool counted =
        std::all_of(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
          return is_digit(c) || is_upper(c);  // 3, IV, A
        });
    if (counted && end <= 5) return word == "Section" || word == "SECTION" ? 2 : 1;
  }
  return 0;
}

size_t skip_chinese_number(std::string_view text, size_t position) {
  static constexpr std::string_view kDigits = "〇零一二三四五六七八九十百千两";
  for (;;) {
    if (position < text.size() && is_digit(text[position])) {
      ++position;
    } else if (position + 3 <= text.size() &&
               kDigits.find(text.substr(position, 3)) != std::string_view::npos) {
      position += 3;
    } else {
      return position;
    }
  }
}

// 第三章, 第 2 节, 一、, （二）
int chinese_level(std::string_view text) {
  constexpr size_t kHan = 3;  // bytes
  if (text.starts_with("第")) {
    size_t begin = kHan;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    size_t end = skip_chinese_number(text, begin);
    if (end == begin) return 0;
    while (end < text.size() && text[end] == ' ') ++end;
    const std::string_view unit = text.substr(end, kHan);
    if (unit == "部" || unit == "编" || unit == "篇" || unit == "卷" || unit == "章") return 1;
    return unit == "节" || unit == "節" ? 2 : 0;
  }
  const bool bracket = text.starts_with("（");
  const size_t begin = bracket ? kHan : 0;
  if (begin < text.size() && is_digit(text[begin])) return 0;
  const size_t end = skip_chinese_number(text, begin);
  if (end == begin) return 0;
  if (bracket) return text.substr(end).starts_with("）") ? kWeakLevel : 0;
  return text.substr(end).starts_with("、") ? 2 : 0;
}

// A short line alone between empty lines: "Results and Discussion", "ABSTRACT", 结论.
int title_level(const Line& line) {
  const std::string_view text = line.text;
  if (!line.blank_before || !line.blank_after || text.find("  ") != std::string_view::npos)
    return 0;
  if (text.ends_with('?') || text.ends_with("？")) return 0;
  size_t words = 0, capitals = 0, letters = 0, han = 0;
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0xe3 && byte <= 0xe9) ++han;
    if (is_letter(text[i])) ++letters;
    if (!in_word && is_letter(text[i])) {
      // "of", "and": small words of a title do not count.
      const size_t end = std::min(text.find(' ', i), text.size());
      if (end - i > 3 || is_upper(text[i])) ++words;
      if (is_upper(text[i])) ++capitals;
    }
    in_word = text[i] != ' ';
  }
  if (han > 0) return letters < han && han <= 20 && count_characters(text) <= 24 ? kWeakLevel : 0;
  if (!is_upper(text[0]) || letters < 4 || words == 0 || words > 10 || count_characters(text) > 70)
    return 0;
  return capitals * 10 >= words * 6 ? kWeakLevel : 0;
}

int level_of(const Line& line, bool is_markdown) {
  if (line.text.empty() || line.text.size() > kMaxLineBytes) return 0;
  if (const int level = markdown_level(line.text); level > 0 && is_markdown) return level;
  if (count_characters(line.text) > kMaxTitleCharacters || ends_like_prose(line.text) ||
      is_contents_line(line.text))
    return 0;
  if (const int level = numbered_level(line); level > 0) return level;
  if (const int level = named_level(line.text); level > 0) return level;
  if (const int level = chinese_level(line.text); level > 0) return level;
  return title_level(line);
}

std::string clean_title(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of("# "), text.size()));
  const size_t last = text.find_last_not_of("# ");
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  std::string title;
  size_t characters = 0;
  for (size_t i = 0; i < text.size() && characters < kMaxTitleCharacters; ++characters) {
    const Utf8Step step = decode_valid(text, i);
    title.append(text, i, step.size);
    i += step.size;
  }
  return title;
}

std::vector<Line> lines_of(std::string_view page) {
  std::vector<Line> lines;
  bool blank = true;
  for (size_t offset = 0; offset < page.size();) {
    const size_t end = std::min(page.find('\n', offset), page.size());
    Line line{offset, trim(page.substr(offset, end - offset)), blank, true};
    blank = line.text.empty();
    if (!lines.empty()) lines.back().blank_after = blank;
    lines.push_back(line);
    offset = end + 1;
  }
  return lines;
}

// Page numbers differ from page to page, the rest of a running head does not.
std::string without_digits(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (!is_digit(c)) out += c;
  return out;
}

// Lines at the top or bottom of many pages. With a page number in them they stand on most pages or
// on every other one; fewer may be the beginnings of short chapters.
class RunningHeads {
 public:
  explicit RunningHeads(const Document& document) {
    if (!document.has_real_pages || document.pages.size() < 4) return;
    enough_same_ = std::max<size_t>(3, document.pages.size() / 5);
    enough_numbered_ = std::max<size_t>(3, document.pages.size() * 2 / 5);
    for (const std::string& page : document.pages) add_page(page);
  }

  bool contains(std::string_view line) const {
    return enough_same_ > 0 && (count(same_, std::string(line)) >= enough_same_ ||
                                count(numbered_, without_digits(line)) >= enough_numbered_);
  }

 private:
  using Counts = std::unordered_map<std::string, size_t>;

  static size_t count(const Counts& counts, const std::string& line) {
    const auto it = counts.find(line);
    return it == counts.end() ? 0 : it->second;
  }

  void add_page(const std::string& page) {
    constexpr size_t kEdgeLines = 2;
    std::vector<std::string_view> lines;
    for (const Line& line : lines_of(page))
      if (!line.text.empty()) lines.push_back(line.text);
    for (size_t i = 0; i < lines.size(); ++i) {
      if ((i >= kEdgeLines && i + kEdgeLines < lines.size()) || lines[i].size() > kMaxLineBytes)
        continue;
      ++same_[std::string(lines[i])];
      if (without_digits(lines[i]).size() < lines[i].size()) ++numbered_[without_digits(lines[i])];
    }
  }

  Counts same_, numbered_;
  size_t enough_same_ = 0, enough_numbered_ = 0;
};

bool is_underline(std::string_view text) {
  return text.size() >= 3 && (text.find_first_not_of('=') == std::string_view::npos ||
                              text.find_first_not_of('-') == std::string_view::npos);
}

}  // namespace

std::vector<Heading> find_headings(const Document& document) {
  std::vector<Heading> headings;
  const bool is_markdown = document.type == "markdown" || document.type == "text";
  if (!is_markdown && document.type != "pdf") return headings;
  const RunningHeads running(document);
  bool fenced = false;
  for (size_t page = 0; page < document.pages.size(); ++page) {
    const auto lines = lines_of(document.pages[page]);
    for (size_t i = 0; i < lines.size(); ++i) {
      const Line& line = lines[i];
      if (is_markdown && (line.text.starts_with("```") || line.text.starts_with("~~~"))) {
        fenced = !fenced;
        continue;
      }
      if (fenced) continue;
      int level = level_of(line, is_markdown);
      if (level == 0 && is_markdown && i + 1 < lines.size() && line.blank_before &&
          !line.text.empty() && line.text.size() <= kMaxLineBytes &&
          is_underline(lines[i + 1].text))
        level = lines[i + 1].text[0] == '=' ? 1 : 2;
      if (level == 0 || running.contains(line.text)) continue;
      std::string title = clean_title(line.text);
      if (title.empty() || (!headings.empty() && headings.back().title == title)) continue;
      headings.push_back({page, line.offset, level, std::move(title)});
    }
  }
  return headings;
}

}  // namespace engine
