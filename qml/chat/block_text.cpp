// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/block_text.h"

#include <QTextDocument>

#include "qml/chat/inline_html.h"

namespace gui {

namespace {

QVariant valueOf(const TranscriptModel& model, int row, TranscriptModel::Role role) {
  return model.data(model.index(row), role);
}

// What stands left of the text on screen and is no part of it: quotes and the marker of a list
// item.
QString prefixOf(const TranscriptModel& model, int row) {
  const int level = valueOf(model, row, TranscriptModel::LevelRole).toInt();
  const QString marker = valueOf(model, row, TranscriptModel::MarkerRole).toString();
  QString prefix =
      QStringLiteral("> ").repeated(valueOf(model, row, TranscriptModel::QuoteRole).toInt());
  if (level > 0) prefix += QString(2 * (marker.isEmpty() ? level : level - 1), u' ');
  if (!marker.isEmpty())
    prefix +=
        (marker == u"•" || marker == u"◦" || marker == u"▪" ? QStringLiteral("-") : marker) + u' ';
  return prefix;
}

bool hasHtml(int kind) { return kind == TranscriptModel::Rich || kind == TranscriptModel::Section; }

bool hasText(int kind) {
  return kind == TranscriptModel::UserText || kind == TranscriptModel::Code;
}

}  // namespace

std::vector<QString> tableCells(const QVariantMap& table) {
  const QVariantList header = table.value(QStringLiteral("header")).toList();
  std::vector<QString> cells;
  const auto append = [&cells, columns = header.size()](const QVariantList& row) {
    for (qsizetype column = 0; column < columns; ++column) {
      cells.push_back(column < row.size() ? row[column].toString() : QString());
    }
  };
  append(header);
  for (const QVariant& row : table.value(QStringLiteral("rows")).toList()) append(row.toList());
  return cells;
}

QString tableText(const QVariantMap& table) {
  const qsizetype columns = table.value(QStringLiteral("header")).toList().size();
  QString text;
  qsizetype cell = 0;
  for (const QString& html : tableCells(table)) {
    if (cell > 0) text += cell % columns == 0 ? u'\n' : u'\t';
    text += inlineText(html);
    ++cell;
  }
  return text;
}

QString shownText(const TranscriptModel& model, int row) {
  const int kind = valueOf(model, row, TranscriptModel::KindRole).toInt();
  if (hasText(kind)) return valueOf(model, row, TranscriptModel::TextRole).toString();
  if (kind == TranscriptModel::Table)
    return tableText(valueOf(model, row, TranscriptModel::TableRole).toMap());
  if (!hasHtml(kind)) return {};
  QTextDocument document;
  document.setHtml(valueOf(model, row, TranscriptModel::HtmlRole).toString());
  // toPlainText() also turns the no-break spaces into spaces, one for one.
  return document.toPlainText();
}

QString copiedText(const TranscriptModel& model, int row, int from, int to) {
  const int kind = valueOf(model, row, TranscriptModel::KindRole).toInt();
  if (kind == TranscriptModel::Table) {
    const QString text = shownText(model, row);
    return from < to && to <= text.size() ? text.mid(from, to - from) : text;
  }
  if (hasText(kind)) {
    return valueOf(model, row, TranscriptModel::TextRole).toString().mid(from, to - from);
  }
  if (!hasHtml(kind)) return {};
  const QString part = shownText(model, row).mid(from, to - from);
  return from == 0 ? prefixOf(model, row) + part : part;
}

}  // namespace gui
