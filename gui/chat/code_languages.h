// SPDX-License-Identifier: Apache-2.0
// Which parts of a line of code are keywords, strings, comments: a small scanner over tables, one for each language.
// Linear in the length of the line; what goes on in the next line (a block comment, a long string) is a small number.
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>
#include <QStringView>
#include <vector>

namespace gui {

enum class CodePart { Keyword, Type, String, Number, Comment, Name, Added, Removed };

struct CodeSpan {
  int start = 0;  // UTF-16
  int length = 0;
  CodePart part = CodePart::Keyword;
  bool operator==(const CodeSpan&) const = default;
};

struct CodeLanguage {
  enum class Mode { Code, Markup, Diff };
  // What is special about a language; combined with |.
  enum Trait : unsigned {
    IgnoreCase = 1,        // keywords in any case
    HashDirectives = 2,    // #include and the like are names
    TripleQuotes = 4,      // """ and ''' over several lines
    Backticks = 8,         // ` over several lines
    SingleIsChar = 16,     // ' opens a character, not a string (Rust lifetimes stay uncoloured)
    KeysBeforeColon = 32,  // a word or string before : is a name
    Dollar = 64,           // $name is a name
    Calls = 128,           // a word before ( is a name
    DashInWords = 256,     // CSS
  };

  QStringList names;  // lower case, as behind a fence
  Mode mode = Mode::Code;
  unsigned traits = 0;
  QStringList lineComments;
  QString commentStart, commentEnd;
  QSet<QString> keywords;
  QSet<QString> types;
};

// Null for a language that is not known.
const CodeLanguage* findCodeLanguage(const QString& name);

// 0 is the state at the start of a block.
struct CodeLine {
  std::vector<CodeSpan> spans;
  int state = 0;  // for the next line
};
CodeLine scanCodeLine(const CodeLanguage& language, QStringView line, int state);

}  // namespace gui
