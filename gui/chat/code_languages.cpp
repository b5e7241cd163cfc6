// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/code_languages.h"

#include <algorithm>
#include <array>
#include <utility>

namespace gui {
namespace {

QSet<QString> words(const char* text) {
  const QStringList list = QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
  return {list.begin(), list.end()};
}

using L = CodeLanguage;

const char kCKeywords[] =
    "alignas alignof and asm auto break case catch class co_await co_return co_yield concept const const_cast "
    "constexpr consteval constinit continue decltype default delete do dynamic_cast else enum explicit export extern "
    "false final for friend goto if import inline module mutable namespace new noexcept not nullptr operator or "
    "override private protected public register reinterpret_cast requires restrict return sizeof static "
    "static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename union "
    "using virtual volatile while __global__ __device__ __host__ __shared__ NULL";
const char kCTypes[] =
    "bool char char8_t char16_t char32_t double float int long short signed unsigned void wchar_t size_t ssize_t "
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t string string_view vector map set "
    "array pair optional unique_ptr shared_ptr span half dim3";

std::vector<CodeLanguage> makeLanguages() {
  const QStringList slashes{QStringLiteral("//")};
  const QStringList hash{QStringLiteral("#")};
  const QString open = QStringLiteral("/*");
  const QString close = QStringLiteral("*/");
  const auto names = [](const char* text) { return QString::fromLatin1(text).split(u' '); };
  return {
      {names("cpp c++ cc cxx c h hpp cuda cu objc"), L::Mode::Code, L::HashDirectives | L::Calls | L::SingleIsChar,
       slashes, open, close, words(kCKeywords), words(kCTypes)},
      {names("python py python3 pycon"), L::Mode::Code, L::TripleQuotes | L::Calls, hash, {}, {},
       words("False None True and as assert async await break case class continue def del elif else except finally "
             "for from global if import in is lambda match nonlocal not or pass raise return try while with yield"),
       words("bool bytes dict float frozenset int list object set str tuple type self cls Path Exception")},
      {names("javascript js jsx mjs typescript ts tsx"), L::Mode::Code, L::Backticks | L::Calls, slashes, open, close,
       words("abstract as async await break case catch class const continue debugger declare default delete do else "
             "enum export extends false finally for from function get if implements import in infer instanceof "
             "interface is keyof let namespace new null of private protected public readonly return satisfies set "
             "static super switch this throw true try type typeof undefined var void while with yield"),
       words("any boolean number string symbol unknown never object bigint Array Promise Map Set Record Partial")},
      {names("java kotlin kt scala csharp cs c#"), L::Mode::Code, L::Calls | L::SingleIsChar, slashes, open, close,
       words("abstract assert async await base break case catch class const continue data default do else enum extends "
             "false final finally for foreach fun if implements import in instanceof interface internal is lateinit "
             "namespace native new null object out override package private protected public readonly record ref "
             "return sealed static super switch synchronized this throw throws transient true try using val var "
             "virtual volatile when where while yield"),
       words("boolean bool byte char double float int long short void string String Integer Long Double List Map Set "
             "Object Optional decimal Int Unit Any")},
      {names("go golang"), L::Mode::Code, L::Backticks | L::Calls | L::SingleIsChar, slashes, open, close,
       words("break case chan const continue default defer else fallthrough false for func go goto if import interface "
             "iota map nil package range return select struct switch true type var"),
       words("any bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint "
             "uint8 uint16 uint32 uint64 uintptr")},
      {names("rust rs"), L::Mode::Code, L::Calls | L::SingleIsChar, slashes, open, close,
       words("as async await break const continue crate dyn else enum extern false fn for if impl in let loop match "
             "mod move mut pub ref return self Self static struct super trait true type unsafe use where while"),
       words("bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Option Result Box "
             "Rc Arc HashMap Some None Ok Err")},
      {names("bash sh shell zsh console shellsession dockerfile docker makefile make"), L::Mode::Code, L::Dollar, hash,
       {}, {},
       words("if then else elif fi for while until do done case esac in function select return exit local export "
             "readonly declare set unset shift trap source alias FROM RUN CMD COPY ADD ENV WORKDIR EXPOSE ENTRYPOINT "
             "ARG USER VOLUME LABEL"),
       words("echo cd ls cat grep sed awk find sudo apt apt-get pip python python3 npm git docker curl wget tar mkdir "
             "rm cp mv chmod chown ssh cmake ninja make")},
      {names("json jsonc json5 jsonl"), L::Mode::Code, L::KeysBeforeColon, slashes, open, close,
       words("true false null"), {}},
      {names("yaml yml toml ini conf properties"), L::Mode::Code, L::KeysBeforeColon | L::DashInWords, hash, {}, {},
       words("true false null yes no on off"), {}},
      {names("sql postgres postgresql mysql sqlite plsql"), L::Mode::Code, L::IgnoreCase | L::Calls,
       {QStringLiteral("--")}, open, close,
       words("add all alter and as asc begin between by case check column commit constraint create cross database "
             "default delete desc distinct drop else end except exists explain false foreign from full group having "
             "if in index inner insert intersect into is join key left like limit natural not null offset on or "
             "order outer over partition pragma primary references replace returning right rollback select set "
             "table then transaction true union unique update using values view when where with"),
       words("bigint blob boolean char date datetime decimal double float int integer interval json numeric real "
             "serial smallint text time timestamp uuid varchar")},
      {names("html xml svg xhtml vue qrc plist markup"), L::Mode::Markup, 0, {}, QStringLiteral("<!--"),
       QStringLiteral("-->"), {}, {}},
      {names("css scss less"), L::Mode::Code, L::KeysBeforeColon | L::DashInWords | L::Calls, slashes, open, close,
       words("important inherit initial unset auto none block inline flex grid absolute relative fixed sticky"), {}},
      {names("qml"), L::Mode::Code, L::KeysBeforeColon | L::Calls | L::Backticks, slashes, open, close,
       words("import property signal readonly required default alias function return if else for while var let const "
             "true false null undefined on as pragma component enum"),
       words("int real double bool string color url variant var list date point rect size font")},
      {names("cmake"), L::Mode::Code, L::IgnoreCase | L::Calls | L::Dollar, hash, {}, {},
       words("if elseif else endif foreach endforeach while endwhile function endfunction macro endmacro return "
             "break continue block endblock and or not"),
       words("PUBLIC PRIVATE INTERFACE STATIC SHARED MODULE OBJECT REQUIRED QUIET COMPONENTS ON OFF TRUE FALSE")},
      {names("diff patch"), L::Mode::Diff, 0, {}, {}, {}, {}, {}},
  };
}

// States that reach into the next line. A string keeps the index of its mark in kLongMarks.
constexpr int kInComment = 1;
constexpr int kInString = 2;
const std::array<QStringView, 3> kLongMarks = {u"\"\"\"", u"'''", u"`"};

class Scanner {
 public:
  Scanner(const CodeLanguage& language, QStringView line, int state) : language_(language), line_(line) {
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
  const unsigned traits[] = {CodeLanguage::TripleQuotes, CodeLanguage::TripleQuotes, CodeLanguage::Backticks};
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
  return has(CodeLanguage::KeysBeforeColon) && end < line_.size() && (line_[end] == u':' || line_[end] == u'=');
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
  while (pos_ < line_.size() && (line_[pos_].isLetterOrNumber() || line_[pos_] == u'.' || line_[pos_] == u'_')) {
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
  if (!has(CodeLanguage::HashDirectives) || line_[pos_] != u'#' || !line_.left(pos_).trimmed().isEmpty()) {
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
  if (const qsizetype header = line_.indexOf(u'<', pos_); header >= 0 && line_.mid(start).contains(u"include")) {
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
      while (pos_ < line_.size() && (line_[pos_] == u'/' || line_[pos_] == u'!' || line_[pos_] == u'?')) {
        ++pos_;
      }
      while (pos_ < line_.size() && (line_[pos_].isLetterOrNumber() || QStringView(u"-_:.").contains(line_[pos_]))) {
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
      while (pos_ < line_.size() && (line_[pos_].isLetterOrNumber() || QStringView(u"-_:.").contains(line_[pos_]))) {
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
  } else if (result_.state >= kInString && result_.state < kInString + static_cast<int>(kLongMarks.size())) {
    toEndOf(kLongMarks[static_cast<size_t>(result_.state - kInString)], CodePart::String, 0);
  }
  if (language_.mode == CodeLanguage::Mode::Markup) {
    scanMarkup();
    return std::move(result_);
  }
  while (pos_ < line_.size()) {
    if (!comment() && !longString() && !string() && !number() && !directive() && !dollar() && !word()) {
      ++pos_;
    }
  }
  return std::move(result_);
}

}  // namespace

const CodeLanguage* findCodeLanguage(const QString& name) {
  static const std::vector<CodeLanguage> kLanguages = makeLanguages();
  const QString wanted = name.toLower();
  for (const CodeLanguage& language : kLanguages) {
    if (language.names.contains(wanted)) {
      return &language;
    }
  }
  return nullptr;
}

CodeLine scanCodeLine(const CodeLanguage& language, QStringView line, int state) {
  return Scanner(language, line, state).scan();
}

}  // namespace gui
