// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/code_scanner.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gui {
namespace {

// States that reach into the next line. A string keeps the index of its mark in kLongMarks.
constexpr int kInComment = 1;
constexpr int kInString = 2;
const std::array<QStringView, 3> kLongMarks = {u"\"\"\"", u"'''", u"`"};

class Scanner {
 public:
  Scanner(const CodeLanguage& language, QStringView line, int state)
      : language_(language), line_(line) {
    result_.state = state;
  }
  CodeLine scan();

 private:
  bool has(unsigned trait) const { return (language_.traits & trait) != 0; }
  bool at(QStringView text) const { return !text.isEmpty() && line_.mid(pos_).startsWith(text); }
  void span(qsizetype start, CodePart part);
  void toEndOf(QStringView mark, CodePart part, qsizetype start);
  bool comment();
  bool longString();
  bool string();
  bool number();
  bool word();
  bool directive();
  bool dollar();
  bool isWordChar(QChar c) const;
  bool keyFollows(qsizetype end) const;
  void scanMarkup();
  void scanDiff();

  const CodeLanguage& language_;
  const QStringView line_;
  qsizetype pos_ = 0;
  CodeLine result_;
};

void Scanner::span(qsizetype start, CodePart part) {
  if (pos_ > start) {
    result_.spans.push_back({static_cast<int>(start), static_cast<int>(pos_ - start), part});
  }
}

// From pos_ to behind `mark`, or to the end of the line with the state kept.
void Scanner::toEndOf(QStringView mark, CodePart part, qsizetype start) {
  const qsizetype end = line_.indexOf(mark, pos_);
  pos_ = end < 0 ? line_.size() : end + mark.size();
  if (end >= 0) {
    result_.state = 0;
  }
  span(start, part);
}

bool Scanner::comment() {
  for (const QString& mark : language_.lineComments) {
    // In a shell, # inside a word is no comment.
    const bool inWord = mark == QLatin1String("#") && pos_ > 0 && !line_[pos_ - 1].isSpace();
    if (at(mark) && !inWord) {
      const qsizetype start = std::exchange(pos_, line_.size());
      span(start, CodePart::Comment);
      return true;
    }
  }
  if (!at(language_.commentStart)) {
    return false;
  }
  const qsizetype start = pos_;
  pos_ += language_.commentStart.size();
  result_.state = kInComment;
  toEndOf(language_.commentEnd, CodePart::Comment, start);
  return true;
}

bool Scanner::longString() {
  const unsigned traits[] = {CodeLanguage::TripleQuotes, CodeLanguage::TripleQuotes,
                             CodeLanguage::Backticks};
  for (size_t i = 0; i < kLongMarks.size(); ++i) {
    if (has(traits[i]) && at(kLongMarks[i])) {
      const qsizetype start = pos_;
      pos_ += kLongMarks[i].size();
      result_.state = kInString + static_cast<int>(i);
      toEndOf(kLongMarks[i], CodePart::String, start);
      return true;
    }
  }
  return false;
}

bool Scanner::keyFollows(qsizetype end) const {
  while (end < line_.size() && line_[end] == u' ') {
    ++end;
  }
  return has(CodeLanguage::KeysBeforeColon) && end < line_.size() &&
         (line_[end] == u':' || line_[end] == u'=');
}

bool Scanner::string() {
  const QChar quote = line_[pos_];
  if (quote != u'"' && quote != u'\'') {
    return false;
  }
  const qsizetype start = pos_;
  qsizetype end = pos_ + 1;
  while (end < line_.size() && line_[end] != quote) {
    end += line_[end] == u'\\' ? 2 : 1;
  }
  const bool closed = end < line_.size();
  if (quote == u'\'' && (has(CodeLanguage::SingleIsChar) ? !closed || end - start > 12 : !closed)) {
    ++pos_;  // an apostrophe, a digit separator or a lifetime
    return true;
  }
  pos_ = std::min(end + 1, line_.size());
  span(start, keyFollows(pos_) ? CodePart::Name : CodePart::String);
  return true;
}

bool Scanner::number() {
  const QChar c = line_[pos_];
  if (c < u'0' || c > u'9') {
    return false;
  }
  const qsizetype start = pos_;
  while (pos_ < line_.size() &&
         (line_[pos_].isLetterOrNumber() || line_[pos_] == u'.' || line_[pos_] == u'_')) {
    ++pos_;
  }
  span(start, CodePart::Number);
  return true;
}

bool Scanner::isWordChar(QChar c) const {
  return c.isLetterOrNumber() || c == u'_' || (c == u'-' && has(CodeLanguage::DashInWords));
}

bool Scanner::word() {
  const qsizetype start = pos_;
  while (pos_ < line_.size() && isWordChar(line_[pos_])) {
    ++pos_;
  }
  if (pos_ == start) {
    return false;
  }
  const QString text = line_.mid(start, pos_ - start).toString();
  const QString folded = has(CodeLanguage::IgnoreCase) ? text.toLower() : text;
  const bool called = pos_ < line_.size() && line_[pos_] == u'(';
  if (language_.keywords.contains(folded)) {
    span(start, CodePart::Keyword);
  } else if (language_.types.contains(folded) || language_.types.contains(text)) {
    span(start, CodePart::Type);
  } else if (keyFollows(pos_) || (called && has(CodeLanguage::Calls))) {
    span(start, CodePart::Name);
  }
  return true;
}

bool Scanner::directive() {
  if (!has(CodeLanguage::HashDirectives) || line_[pos_] != u'#' ||
      !line_.left(pos_).trimmed().isEmpty()) {
    return false;
  }
  const qsizetype start = pos_++;
  while (pos_ < line_.size() && line_[pos_] == u' ') {
    ++pos_;
  }
  while (pos_ < line_.size() && line_[pos_].isLetter()) {
    ++pos_;
  }
  span(start, CodePart::Keyword);
  if (const qsizetype header = line_.indexOf(u'<', pos_);
      header >= 0 && line_.mid(start).contains(u"include")) {
    pos_ = line_.indexOf(u'>', header) < 0 ? line_.size() : line_.indexOf(u'>', header) + 1;
    span(header, CodePart::String);
  }
  return true;
}

bool Scanner::dollar() {
  if (!has(CodeLanguage::Dollar) || line_[pos_] != u'$') {
    return false;
  }
  const qsizetype start = pos_++;
  if (pos_ < line_.size() && line_[pos_] == u'{') {
    const qsizetype end = line_.indexOf(u'}', pos_);
    pos_ = end < 0 ? line_.size() : end + 1;
  } else {
    while (pos_ < line_.size() && (line_[pos_].isLetterOrNumber() || line_[pos_] == u'_')) {
      ++pos_;
    }
  }
  span(start, CodePart::Name);
  return true;
}

void Scanner::scanMarkup() {
  bool inTag = false;
  while (pos_ < line_.size()) {
    if (comment()) {
      continue;
    }
    const QChar c = line_[pos_];
    if (c == u'<') {
      const qsizetype start = pos_++;
      while (pos_ < line_.size() &&
             (line_[pos_] == u'/' || line_[pos_] == u'!' || line_[pos_] == u'?')) {
        ++pos_;
      }
      while (pos_ < line_.size() &&
             (line_[pos_].isLetterOrNumber() || QStringView(u"-_:.").contains(line_[pos_]))) {
        ++pos_;
      }
      span(start, CodePart::Keyword);
      inTag = true;
    } else if (c == u'>') {
      const qsizetype start = pos_++;
      span(start, CodePart::Keyword);
      inTag = false;
    } else if (inTag && string()) {
      continue;
    } else if (inTag && c.isLetter()) {
      const qsizetype start = pos_;
      while (pos_ < line_.size() &&
             (line_[pos_].isLetterOrNumber() || QStringView(u"-_:.").contains(line_[pos_]))) {
        ++pos_;
      }
      span(start, CodePart::Name);
    } else {
      ++pos_;
    }
  }
}

void Scanner::scanDiff() {
  pos_ = line_.size();
  if (line_.startsWith(u"@@") || line_.startsWith(u"diff ") || line_.startsWith(u"index ")) {
    span(0, CodePart::Comment);
  } else if (line_.startsWith(u"+++") || line_.startsWith(u"---")) {
    span(0, CodePart::Name);
  } else if (line_.startsWith(u'+')) {
    span(0, CodePart::Added);
  } else if (line_.startsWith(u'-')) {
    span(0, CodePart::Removed);
  }
}

CodeLine Scanner::scan() {
  if (language_.mode == CodeLanguage::Mode::Diff) {
    scanDiff();
    return std::move(result_);
  }
  if (result_.state == kInComment) {
    toEndOf(language_.commentEnd, CodePart::Comment, 0);
  } else if (result_.state >= kInString &&
             result_.state < kInString + static_cast<int>(kLongMarks.size())) {
    toEndOf(kLongMarks[static_cast<size_t>(result_.state - kInString)], CodePart::String, 0);
  }
  if (language_.mode == CodeLanguage::Mode::Markup) {
    scanMarkup();
    return std::move(result_);
  }
  while (pos_ < line_.size()) {
    if (!comment() && !longString() && !string() && !number() && !directive() && !dollar() &&
        !word()) {
      ++pos_;
    }
  }
  return std::move(result_);
}

}  // namespace

CodeLine scanCodeLine(const CodeLanguage& language, QStringView line, int state) {
  return Scanner(language, line, state).scan();
}

}  // namespace gui
