// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/math_stash.h"

#include "gui/chat/math_text.h"
#include "gui/chat/text_safety.h"

namespace gui {
namespace {

constexpr char16_t kMark = 0xE000;
constexpr char16_t kFirst = 0xE010;
constexpr qsizetype kMost = 2000;

}  // namespace

QString MathStash::takeFrom(QStringView markdown) {
  const QString clean =
      markdown.toString().replace(QChar(kMark), QChar(QChar::ReplacementCharacter));
  QString rest;
  qsizetype at = 0;
  for (const MathSpan& span : findMath(clean)) {
    if (formulas_.size() == kMost) {
      break;
    }
    rest += clean.mid(at, span.start - at);
    rest += QChar(kMark);
    rest += QChar(static_cast<char16_t>(kFirst + formulas_.size()));
    formulas_.append(clean.mid(span.start, span.length));
    at = span.start + span.length;
  }
  return rest + clean.mid(at);
}

QString MathStash::restored(const QString& text, bool html) const {
  if (formulas_.isEmpty() || !text.contains(QChar(kMark))) {
    return text;
  }
  QString result;
  for (qsizetype i = 0; i < text.size(); ++i) {
    const bool marked = text[i] == QChar(kMark) && i + 1 < text.size();
    const qsizetype which = marked ? text[i + 1].unicode() - kFirst : -1;
    if (which < 0 || which >= formulas_.size()) {
      result += text[i];
      continue;
    }
    ++i;
    const QString& source = formulas_[which];
    const qsizetype mark =
        source.startsWith(u'$') && !source.startsWith(QLatin1String("$$")) ? 1 : 2;
    const QString formula = proseText(mathText(QStringView(source).mid(mark).chopped(mark)));
    result += html ? QLatin1String("<i>") + formula.toHtmlEscaped() + QLatin1String("</i>")
                   : visibleText(source);
  }
  return result;
}

}  // namespace gui
