// SPDX-License-Identifier: Apache-2.0
// What store_child writes, so that the test knows what it must find.
#pragma once

#include <QList>
#include <QString>

#include "gui/store/migrations.h"

namespace gui {

// A streaming answer: so many characters, so often. A late timer is not caught up with.
inline constexpr int kPieceLength = 20;
inline constexpr int kPieceMs = 4;

inline QString childQuestion(int number) {
  return QStringLiteral("Question %1: 北京? %2").arg(number).arg(QString(number % 50, u'q'));
}

// Characters [from, from + count) of the endless answer `id`.
inline QString childAnswer(qint64 id, int from, int count) {
  QString text;
  for (int i = from; i < from + count; ++i) {
    const qint64 c = (id * 31 + i * 7ll + i / 13) % 40;
    text += c < 26   ? QChar(static_cast<char16_t>(u'a' + c))
            : c < 36 ? QChar(static_cast<char16_t>(0x4e00 + c))
                     : QChar(u' ');
  }
  return text;
}

// The built-in ones and two more that rewrite every message, slowly enough to be killed in the
// middle.
inline QList<Migration> slowMigrations() {
  QList<Migration> migrations = builtInMigrations();
  const int last = migrations.last().version;
  const QString slow = QStringLiteral(
      "CREATE TABLE slow%1(x INTEGER PRIMARY KEY, y BLOB);\n"
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 60000)"
      " INSERT INTO slow%1 SELECT x, randomblob(100) FROM c;\n"
      "UPDATE messages SET text = text || '';\n"
      "CREATE INDEX slow_index%1 ON slow%1(y);\n");
  for (int i = 1; i <= 2; ++i) migrations.append({last + i, slow.arg(i)});
  return migrations;
}

}  // namespace gui
