// SPDX-License-Identifier: Apache-2.0
// Which parts of a line of code are keywords, strings, comments, by the tables of code_languages.h.
// Linear in the length of the line; what goes on in the next line (a block comment, a long string)
// is a small number. Pure.
#pragma once

#include <QStringView>
#include <vector>

#include "gui/chat/code_languages.h"

namespace gui {

enum class CodePart { Keyword, Type, String, Number, Comment, Name, Added, Removed };

struct CodeSpan {
  int start = 0;  // UTF-16
  int length = 0;
  CodePart part = CodePart::Keyword;
  bool operator==(const CodeSpan&) const = default;
};

// 0 is the state at the start of a block.
struct CodeLine {
  std::vector<CodeSpan> spans;
  int state = 0;  // for the next line
};
CodeLine scanCodeLine(const CodeLanguage& language, QStringView line, int state);

}  // namespace gui
