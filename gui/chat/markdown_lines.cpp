// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/markdown_lines.h"

#include <algorithm>
#include <utility>

namespace gui {
namespace {

constexpr int kMaxLanguage = 40;
constexpr int kMaxColumns = 64;

bool isBlankChar(QChar c) { return c == u' ' || c == u'\t'; }

QStringView trimmedStart(QStringView line) {
  while (!line.isEmpty() && isBlankChar(line.front())) {
    line = line.mid(1);
  }
  return line;
}

qsizetype runLength(QStringView text, QChar c) {
  qsizetype length = 0;
  while (length < text.size() && text[length] == c) {
    ++length;
  }
  return length;
}

// Positions of vertical bars that divide cells: not escaped.
template <typename Visit>
void forEachBar(QStringView line, Visit visit) {
  for (qsizetype i = 0; i < line.size(); ++i) {
    if (line[i] == u'\\') {
      ++i;
    } else if (line[i] == u'|') {
      visit(i);
    }
  }
}

}  // namespace

bool isBlank(QStringView line) { return std::all_of(line.begin(), line.end(), isBlankChar); }

int indentOf(QStringView line) {
  int columns = 0;
  for (const QChar c : line) {
    if (c == u' ') {
      ++columns;
    } else if (c == u'\t') {
      columns += 4 - columns % 4;
    } else {
      break;
    }
  }
  return columns;
}

QString dedented(QStringView line, int columns) {
  const int indent = indentOf(line);
  return QString(std::max(0, indent - columns), u' ').append(trimmedStart(line));
}

bool isHeading(QStringView line) {
  const QStringView text = trimmedStart(line);
  const qsizetype marks = runLength(text, u'#');
  return indentOf(line) <= 3 && marks >= 1 && marks <= 6 &&
         (text.size() == marks || isBlankChar(text[marks]));
}

bool isRule(QStringView line) {
  const QStringView text = trimmedStart(line);
  if (indentOf(line) > 3 || text.isEmpty() ||
      !(text[0] == u'-' || text[0] == u'*' || text[0] == u'_')) {
    return false;
  }
  const QChar mark = text[0];
  const auto marks = std::count(text.begin(), text.end(), mark);
  return marks >= 3 && std::all_of(text.begin(), text.end(),
                                   [mark](QChar c) { return c == mark || isBlankChar(c); });
}

bool isUnderline(QStringView line) {
  const QStringView text = line.trimmed();
  if (indentOf(line) > 3 || text.isEmpty() || !(text[0] == u'=' || text[0] == u'-')) {
    return false;
  }
  return runLength(text, text[0]) == text.size();
}

bool isQuote(QStringView line) {
  const QStringView text = trimmedStart(line);
  return indentOf(line) <= 3 && !text.isEmpty() && text[0] == u'>';
}

std::optional<FenceLine> fenceLine(QStringView line) {
  const QStringView text = trimmedStart(line);
  if (text.isEmpty() || !(text[0] == u'`' || text[0] == u'~')) {
    return std::nullopt;
  }
  const qsizetype marks = runLength(text, text[0]);
  const QStringView info = text.mid(marks).trimmed();
  if (marks < 3 || (text[0] == u'`' && info.contains(u'`'))) {
    return std::nullopt;
  }
  FenceLine fence;
  fence.mark = text[0];
  fence.length = static_cast<int>(marks);
  fence.indent = indentOf(line);
  const auto end = std::find_if(info.begin(), info.end(),
                                [](QChar c) { return c.isSpace() || c == u'{' || c == u','; });
  fence.language = info.left(std::min<qsizetype>(end - info.begin(), kMaxLanguage)).toString();
  return fence;
}

bool closesFence(QStringView line, const FenceLine& fence) {
  const QStringView text = line.trimmed();
  return indentOf(line) <= fence.indent + 3 && text.size() >= fence.length &&
         text[0] == fence.mark && runLength(text, fence.mark) == text.size();
}

bool mayCloseFence(QStringView begun, const FenceLine& fence) {
  const QStringView text = begun.trimmed();
  return indentOf(begun) <= fence.indent + 3 && runLength(text, fence.mark) == text.size();
}

std::optional<ItemLine> itemLine(QStringView line) {
  ItemLine item;
  item.indent = indentOf(line);
  const QStringView text = trimmedStart(line);
  qsizetype width = 1;
  if (text.isEmpty()) {
    return std::nullopt;
  }
  if (text[0] == u'-' || text[0] == u'*' || text[0] == u'+') {
    item.mark = text[0];
  } else {
    qsizetype digits = 0;
    while (digits < text.size() && digits < 9 && text[digits] >= u'0' && text[digits] <= u'9') {
      ++digits;
    }
    if (digits == 0 || digits == text.size() || !(text[digits] == u'.' || text[digits] == u')')) {
      return std::nullopt;
    }
    item.ordered = true;
    item.mark = text[digits];
    item.number = text.left(digits).toInt();
    width = digits + 1;
  }
  const QStringView rest = text.mid(width);
  if (!rest.isEmpty() && !isBlankChar(rest[0])) {
    return std::nullopt;
  }
  const bool empty = isBlank(rest);
  const int gap = empty ? 1 : indentOf(rest);
  item.contentIndent = item.indent + static_cast<int>(width) + (gap > 4 ? 1 : gap);
  item.interrupts = !empty && (!item.ordered || item.number == 1);
  const QStringView box = trimmedStart(rest);
  if (box.size() > 3 && box[0] == u'[' && box[2] == u']' && isBlankChar(box[3]) &&
      (box[1] == u' ' || box[1].toLower() == u'x')) {
    item.task = box[1] != u' ';
  }
  return item;
}

int delimiterColumns(QStringView line) {
  const QStringView text = line.trimmed();
  const bool shape = std::all_of(text.begin(), text.end(), [](QChar c) {
    return c == u'|' || c == u'-' || c == u':' || isBlankChar(c);
  });
  if (!shape || !text.contains(u'-')) {
    return 0;
  }
  return tableColumns(text);
}

int tableColumns(QStringView line) {
  const QStringView text = line.trimmed();
  int bars = 0;
  qsizetype last = -1;
  forEachBar(text, [&](qsizetype at) {
    ++bars;
    last = at;
  });
  if (bars == 0) {
    return 0;
  }
  const int leading = text[0] == u'|' ? 1 : 0;
  const int trailing = last == text.size() - 1 && (last > 0 || leading == 0) ? 1 : 0;
  const int columns = bars + 1 - leading - trailing;
  return columns <= kMaxColumns ? columns : 0;
}

QString wideDelimiter(QStringView line) {
  QString wide;
  qsizetype run = 0;
  const auto fill = [&] {
    if (run > 0) {
      wide += QString(static_cast<int>(std::max<qsizetype>(run, 3)), u'-');
      run = 0;
    }
  };
  for (const QChar c : line) {
    if (c == u'-') {
      ++run;
    } else {
      fill();
      wide += c;
    }
  }
  fill();
  return wide;
}

QString openFormula(QStringView line) {
  const QStringView text = line.trimmed();
  for (const auto& [open, close] : {std::pair(QStringLiteral("\\["), QStringLiteral("\\]")),
                                    std::pair(QStringLiteral("$$"), QStringLiteral("$$"))}) {
    if (text.startsWith(open)) {
      return text.mid(2).contains(close) ? QString() : close;
    }
  }
  return {};
}

bool mayBecomeMarkup(QStringView begun) {
  const QStringView text = begun.trimmed();
  if (text.startsWith(u"```") || text.startsWith(u"~~~") || text.startsWith(u'|')) {
    return true;
  }
  return std::all_of(text.begin(), text.end(), [](QChar c) {
    return QStringView(u"-=*_+#>|~`.()[]:xX").contains(c) || (c >= u'0' && c <= u'9') ||
           isBlankChar(c);
  });
}

QString withMarksClosed(QStringView begun) {
  QString text = begun.toString();
  while (!text.isEmpty() && QStringView(u"*`_~ \t").contains(text.back())) {
    text.chop(1);  // the last mark may open, close or go on: the next character decides
  }
  bool code = false;
  bool bold = false;
  qsizetype link = -1;
  for (qsizetype i = 0; i < text.size(); ++i) {
    if (text[i] == u'\\') {
      ++i;
    } else if (text[i] == u'`') {
      code = !code;
    } else if (!code && text[i] == u'*' && i + 1 < text.size() && text[i + 1] == u'*') {
      bold = !bold;
      ++i;
    } else if (!code && text[i] == u'[') {
      link = i;
    } else if (!code && text[i] == u')') {
      link = -1;
    }
  }
  if (code) {
    return text + u'`' + (bold ? QStringLiteral("**") : QString());
  }
  // "[text](addr": the text alone, until the address is complete.
  const qsizetype target = link < 0 ? -1 : text.indexOf(QLatin1String("]("), link);
  if (target > 0) {
    text = text.left(link) + text.mid(link + 1, target - link - 1);
  }
  return bold ? text + QLatin1String("**") : text;
}

}  // namespace gui
