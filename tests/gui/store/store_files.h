// SPDX-License-Identifier: Apache-2.0
// The files of a store, for tests of how it opens: what it holds as text, its bytes, copies of it.
#pragma once

#include <QDir>
#include <QFile>
#include <QTest>

#include "gui/store/export.h"
#include "tests/gui/store/store_fixture.h"

namespace gui {

// All conversations as one text.
inline QByteArray exported(StoreFixture& f) {
  QByteArray all;
  for (const ConversationRow& row : f.get(f.store->conversations())) {
    ConversationData data = f.get(f.store->load(row.id));
    QList<AttachmentRow> pages;
    for (const MessageRow& message : data.messages) {
      for (const AttachmentRow& attachment : message.attachments)
        pages.append(f.get(f.store->attachment(attachment.id)));
    }
    all += toJson(data, pages);
  }
  return all;
}

inline QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline void writeAt(const QString& path, qint64 offset, const QByteArray& bytes) {
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadWrite));
  QVERIFY(file.seek(offset));
  QCOMPARE(file.write(bytes), bytes.size());
}

// The files of an open database, as they are after a kill.
inline void copyLive(const StoreFixture& from, const QString& folder) {
  QVERIFY(QDir().mkpath(folder));
  for (const char* suffix : {"", "-wal"}) {
    const QString name = from.path() + QString::fromLatin1(suffix);
    if (QFile::exists(name))
      QVERIFY(
          QFile::copy(name, folder + QStringLiteral("/fireside.db") + QString::fromLatin1(suffix)));
  }
}

}  // namespace gui
