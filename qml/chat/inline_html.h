// SPDX-License-Identifier: Apache-2.0
// The HTML that our own Markdown writer makes for paragraphs and cells: tags within a line (b i s
// code a br) and escaped characters. Linear; far quicker than a QTextDocument.
#pragma once

#include <QColor>
#include <QString>

namespace gui {

// Its characters as one line: no tags, spaces drawn together as on screen.
QString inlineText(const QString& html);

// The same HTML with the characters from `from` up to `to` of inlineText() on a ground of this
// colour.
QString withMark(const QString& html, qsizetype from, qsizetype to, const QColor& color);

}  // namespace gui
