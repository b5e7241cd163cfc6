// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/block_text.h"

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextDocumentFragment>
#include <QTextList>

namespace gui {

namespace {

QVariant valueOf(const TranscriptModel& model, int row, TranscriptModel::Role role) {
  return model.data(model.index(row), role);
}

QString cellText(const QVariant& html) {
  return QTextDocumentFragment::fromHtml(html.toString()).toPlainText().replace(u'\n', u' ').replace(
      u'\t', u' ');
}

QString lineOf(const QVariantList& cells) {
  QStringList texts;
  for (const QVariant& cell : cells) texts.append(cellText(cell));
  return texts.join(u'\t');
}

// A part of a document with the markers of its list items, which are decoration to QTextDocument.
QString textWithMarkers(const QTextDocument& document, int from, int to) {
  QStringList lines;
  for (QTextBlock block = document.findBlock(from); block.isValid() && block.position() <= to;
       block = block.next()) {
    const int start = qMax(0, from - block.position());
    const int end = qMin(block.length() - 1, to - block.position());
    QString line = block.text().mid(start, end - start).replace(QChar::LineSeparator, u'\n');
    if (QTextList* list = block.textList(); list != nullptr && start == 0) {
      const int depth = qMax(0, list->format().indent() - 1);
      const QString marker = list->itemText(block);
      line = QString(depth * 2, u' ') + (marker.isEmpty() ? QStringLiteral("-") : marker) + u' ' + line;
    }
    lines.append(line);
  }
  return lines.join(u'\n');
}

bool hasHtml(int kind) {
  return kind == TranscriptModel::Rich || kind == TranscriptModel::Section;
}

bool hasText(int kind) {
  return kind == TranscriptModel::UserText || kind == TranscriptModel::Code;
}

}  // namespace

QString tableText(const QVariantMap& table) {
  QStringList lines{lineOf(table.value(QStringLiteral("header")).toList())};
  for (const QVariant& row : table.value(QStringLiteral("rows")).toList()) {
    lines.append(lineOf(row.toList()));
  }
  return lines.join(u'\n');
}

QString shownText(const TranscriptModel& model, int row) {
  const int kind = valueOf(model, row, TranscriptModel::KindRole).toInt();
  if (hasText(kind)) return valueOf(model, row, TranscriptModel::TextRole).toString();
  if (!hasHtml(kind)) return {};
  QTextDocument document;
  document.setHtml(valueOf(model, row, TranscriptModel::HtmlRole).toString());
  // toPlainText() also turns the no-break spaces into spaces, one for one.
  return document.toPlainText();
}

QString copiedText(const TranscriptModel& model, int row, int from, int to) {
  const int kind = valueOf(model, row, TranscriptModel::KindRole).toInt();
  if (kind == TranscriptModel::Table) {
    return tableText(valueOf(model, row, TranscriptModel::TableRole).toMap());
  }
  if (hasText(kind)) {
    return valueOf(model, row, TranscriptModel::TextRole).toString().mid(from, to - from);
  }
  if (!hasHtml(kind)) return {};
  QTextDocument document;
  document.setHtml(valueOf(model, row, TranscriptModel::HtmlRole).toString());
  return textWithMarkers(document, from, qMin(to, document.characterCount() - 1));
}

}  // namespace gui
