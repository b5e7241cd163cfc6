// SPDX-License-Identifier: Apache-2.0
// What the scanner knows of each language: keywords, types, how comments and strings look. Constant
// data.
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>

namespace gui {

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

}  // namespace gui
