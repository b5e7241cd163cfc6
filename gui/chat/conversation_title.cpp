// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/conversation_title.h"

#include <QRegularExpression>

namespace gui {
namespace {
constexpr qsizetype kMaxTitle = 60;
}  // namespace

QString titleOf(const NewMessage& message) {
  QString title;
  for (const QString& line : message.text.split(u'\n')) {
    title = line.simplified();
    while (!title.isEmpty() && QStringView(u"#>*-`_ ").contains(title.front())) {
      title.remove(0, 1);
    }
    if (!title.isEmpty()) {
      break;
    }
  }
  if (title.isEmpty() && !message.attachments.isEmpty()) {
    title = message.attachments.first().name;
  }
  if (title.size() > kMaxTitle) {
    const qsizetype blank = title.lastIndexOf(u' ', kMaxTitle);
    title = title.left(blank > kMaxTitle / 2 ? blank : kMaxTitle).trimmed() + QChar(0x2026);
  }
  return title;
}

QString plainSnippet(const QString& markdown) {
  // Emphasis and code anywhere; headings, items and cells only as words of their own. A hyphen may
  // be a dash.
  static const QRegularExpression marks(
      QStringLiteral("\\*\\*|__|`+|(?<![^\\s\\x{2026}])(?:#{1,6}|[*|])(?=\\s)"));
  return QString(markdown).remove(marks).simplified();
}

}  // namespace gui
