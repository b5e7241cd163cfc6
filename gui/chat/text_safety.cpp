// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/text_safety.h"

#include <QUrl>
#include <algorithm>

namespace gui {
namespace {

constexpr qsizetype kMaxLink = 2000;

bool isControl(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0);
}

// Embeddings and overrides: text may appear in an order that it does not have.
bool isOverride(char32_t c) { return c >= 0x202A && c <= 0x202E; }
bool isIsolate(char32_t c) { return c >= 0x2066 && c <= 0x2069; }
bool isTag(char32_t c) { return c >= 0xE0000 && c <= 0xE007F; }

bool isInvisible(char32_t c) {
  return (c >= 0x200B && c <= 0x200F) || c == 0x061C || c == 0x2060 || c == 0xFEFF || c == 0x3164 ||
         c == 0x115F || c == 0x1160 || c == 0xFFA0 || c == 0x180E || c == 0x00AD;
}

QString mark(char32_t c) {
  return QStringLiteral("[U+%1]").arg(QString::number(static_cast<uint>(c), 16).toUpper(), 4,
                                      QLatin1Char('0'));
}

// Calls `replace(c, previous)` for every code point; an empty answer keeps it.
template <typename Replace>
QString replaced(QStringView text, Replace replace) {
  QString result;
  result.reserve(text.size());
  char32_t previous = 0;
  for (qsizetype i = 0; i < text.size(); ++i) {
    char32_t c = text[i].unicode();
    qsizetype length = 1;
    if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
      c = QChar::surrogateToUcs4(text[i], text[i + 1]);
      length = 2;
    }
    if (c < 0x7F && c >= 0x20) {
      result += text[i];
    } else if (const QString other = replace(c, previous); !other.isEmpty()) {
      result += other;
    } else {
      result += text.mid(i, length);
    }
    previous = c;
    i += length - 1;
  }
  return result;
}

}  // namespace

QString visibleText(QStringView text) {
  return replaced(text, [](char32_t c, char32_t) {
    return isControl(c) || isOverride(c) || isIsolate(c) || isTag(c) || isInvisible(c) ? mark(c)
                                                                                       : QString();
  });
}

QString proseText(QStringView text) {
  return replaced(text, [](char32_t c, char32_t previous) {
    if (isControl(c)) {
      return QString(QChar::ReplacementCharacter);
    }
    // The flags of England, Scotland and Wales are a black flag and tags.
    const bool flag = isTag(c) && (previous == 0x1F3F4 || isTag(previous));
    return isOverride(c) || (isTag(c) && !flag) ? mark(c) : QString();
  });
}

bool isSafeLink(QStringView link) {
  if (link.size() > kMaxLink || link.isEmpty()) {
    return false;
  }
  const bool clean = std::all_of(link.begin(), link.end(), [](QChar c) {
    return c > u' ' && !isControl(c.unicode()) && !isOverride(c.unicode()) &&
           !isIsolate(c.unicode());
  });
  if (!clean) {
    return false;
  }
  const QUrl url(link.toString(), QUrl::TolerantMode);
  const QString scheme = url.scheme().toLower();
  if (scheme == QLatin1String("mailto")) {
    return !url.path().isEmpty();
  }
  return (scheme == QLatin1String("http") || scheme == QLatin1String("https")) &&
         !url.host().isEmpty();
}

QString readableLink(const QString& link) {
  QUrl url(link, QUrl::TolerantMode);
  if (!url.isValid()) {
    return visibleText(link);
  }
  return visibleText(QString::fromLatin1(url.toEncoded(QUrl::FullyEncoded)));
}

}  // namespace gui
