// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/cjk_emphasis.h"

namespace gui {
namespace {

constexpr char16_t kFirstCjk = 0x2E80;

bool isCjkLetter(QChar c) { return c.unicode() >= kFirstCjk && (c.isLetter() || c.isSurrogate()); }

bool isPunctuation(QChar c) { return c.isPunct() || c.isSymbol(); }

}  // namespace

QString withEmphasisBlanks(QStringView markdown) {
  QString result;
  bool open = false;
  bool code = false;
  qsizetype copied = 0;
  const auto insertAt = [&](qsizetype at) {
    result += markdown.mid(copied, at - copied);
    result += QChar(kEmphasisBlank);
    copied = at;
  };
  for (qsizetype i = 0; i < markdown.size(); ++i) {
    const QChar c = markdown[i];
    if (c == u'\\') {
      ++i;
    } else if (c == u'`') {
      code = !code;
    } else if (c == u'\n') {
      code = false;  // a stray mark must not silence the rest
      open = false;
    } else if (!code && c == u'*' && i + 1 < markdown.size() && markdown[i + 1] == u'*') {
      const QChar before = i > 0 ? markdown[i - 1] : QChar(u' ');
      const QChar after = i + 2 < markdown.size() ? markdown[i + 2] : QChar(u' ');
      if (before != u'*' && after != u'*') {
        if (open && isPunctuation(before) && isCjkLetter(after)) {
          insertAt(i + 2);
        } else if (!open && isCjkLetter(before) && isPunctuation(after)) {
          insertAt(i);
        }
        open = !open;
      }
      ++i;
    }
  }
  if (copied == 0) {
    return markdown.toString();
  }
  return result.append(markdown.mid(copied));
}

}  // namespace gui
