// SPDX-License-Identifier: Apache-2.0
// Markdown texts for the tests of the block parser.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

namespace gui {

struct BlockCase {
  const char* name;
  QString markdown;
  QStringList expected;  // one line for each block, as describe() writes it
};

QList<BlockCase> blockCases();
// Pieces from which random texts are made; together they hold every construct.
QStringList markdownPieces();
// Texts that try to get something past the writer, or to keep it busy.
QStringList hostileTexts();

}  // namespace gui
