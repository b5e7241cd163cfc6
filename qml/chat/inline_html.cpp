// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/inline_html.h"

#include <utility>
#include <vector>

namespace gui {

namespace {

struct Letter {
  QChar shown;
  qsizetype begin, end;  // in the HTML
};

// What is escaped in the text of a document, and how.
constexpr std::pair<QLatin1String, char16_t> kEscapes[] = {
    {QLatin1String("&lt;"), u'<'},   {QLatin1String("&gt;"), u'>'},
    {QLatin1String("&amp;"), u'&'},  {QLatin1String("&quot;"), u'"'},
    {QLatin1String("&#39;"), u'\''}, {QLatin1String("&nbsp;"), u' '}};

Letter letterAt(const QString& html, qsizetype at) {
  if (html[at] == u'&') {
    for (const auto& [escape, shown] : kEscapes) {
      if (QStringView(html).mid(at).startsWith(escape)) return {shown, at, at + escape.size()};
    }
  }
  const bool space = html[at].isSpace();
  return {space ? QChar(u' ') : html[at], at, at + 1};
}

std::vector<Letter> lettersOf(const QString& html) {
  std::vector<Letter> letters;
  letters.reserve(html.size());
  for (qsizetype at = 0; at < html.size();) {
    if (html[at] == u'<') {
      const qsizetype end = html.indexOf(u'>', at);
      if (end < 0) break;
      if (QStringView(html).mid(at).startsWith(QLatin1String("<br")))
        letters.push_back({u' ', at, end + 1});
      at = end + 1;
      continue;
    }
    const Letter letter = letterAt(html, at);
    at = letter.end;
    const bool another = letter.shown == u' ' && !letters.empty() && letters.back().shown == u' ';
    if (!another) letters.push_back(letter);
  }
  return letters;
}

}  // namespace

QString inlineText(const QString& html) {
  QString text;
  for (const Letter& letter : lettersOf(html)) text.append(letter.shown);
  return text;
}

QString withMark(const QString& html, qsizetype from, qsizetype to, const QColor& color) {
  const std::vector<Letter> letters = lettersOf(html);
  const QString open = QStringLiteral("<span style=\"background-color:%1\">").arg(color.name());
  QString marked;
  qsizetype copied = 0;
  for (qsizetype i = qMax<qsizetype>(0, from); i < qMin<qsizetype>(to, letters.size());) {
    // As many as stand in one piece: a tag may not lie across another.
    qsizetype next = i + 1;
    while (next < to && next < static_cast<qsizetype>(letters.size()) &&
           letters[next].begin == letters[next - 1].end) {
      ++next;
    }
    const qsizetype begin = letters[i].begin, end = letters[next - 1].end;
    marked += QStringView(html).mid(copied, begin - copied);
    marked += open + html.mid(begin, end - begin) + QLatin1String("</span>");
    copied = end;
    i = next;
  }
  return marked + html.mid(copied);
}

}  // namespace gui
