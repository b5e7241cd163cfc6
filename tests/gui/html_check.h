// SPDX-License-Identifier: Apache-2.0
// Whether a piece of HTML holds nothing but what the transcript may show: b i s code a br, closed
// in order, href with http, https or mailto. Returns what is wrong, or an empty string.
#pragma once

#include <QRegularExpression>
#include <QString>
#include <QStringList>

namespace gui {

inline QString htmlProblem(const QString& html) {
  static const QRegularExpression kTag(
      QStringLiteral("^<(?:(/?)(b|i|s|code)|br|(/a)|a href=\"((?:https?://|mailto:)[^\"<>]*)\")>"),
      QRegularExpression::CaseInsensitiveOption);
  static const QRegularExpression kEntity(
      QStringLiteral("^&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#x[0-9a-fA-F]+);"));
  QStringList open;
  for (qsizetype at = 0; at < html.size(); ++at) {
    const QChar c = html[at];
    if (c == u'&') {
      if (!kEntity.match(html.mid(at, 40)).hasMatch()) {
        return QStringLiteral("bare & at %1: %2").arg(at).arg(html.mid(at, 40));
      }
    } else if (c == u'<') {
      const auto match = kTag.match(html.mid(at, 6000));
      if (!match.hasMatch()) {
        return QStringLiteral("tag at %1: %2").arg(at).arg(html.mid(at, 60));
      }
      const QString name = match.captured(2);
      const bool link = match.hasCaptured(4);
      const bool closes = match.captured(1) == QLatin1String("/") || match.hasCaptured(3);
      if (closes) {
        const QString wanted =
            match.hasCaptured(3) && !match.captured(3).isEmpty() ? QStringLiteral("a") : name;
        if (open.isEmpty() || open.takeLast() != wanted) {
          return QStringLiteral("closed out of order at %1: %2").arg(at).arg(html);
        }
      } else if (link) {
        if (open.contains(QStringLiteral("a"))) {
          return QStringLiteral("link in a link: ") + html;
        }
        open.append(QStringLiteral("a"));
      } else if (!name.isEmpty()) {
        open.append(name);
      }
      at += match.capturedLength() - 1;
    } else if (c == u'>' || c == u'"') {
      return QStringLiteral("bare %1 at %2").arg(c).arg(at);
    }
  }
  return open.isEmpty() ? QString() : QStringLiteral("not closed: ") + open.join(u' ');
}

}  // namespace gui
