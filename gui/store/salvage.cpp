// SPDX-License-Identifier: Apache-2.0
#include "gui/store/salvage.h"

#include <QFile>
#include <QFileInfo>
#include <QStringList>
#include <QTemporaryDir>
#include <QVariant>
#include <QtEndian>
#include <algorithm>
#include <optional>

#include "gui/store/search_queries.h"

namespace gui {
namespace {

constexpr int kMaxFailures = 50000;  // failed reads of one table; bounds the time
constexpr qint64 kStep = 4096;       // ids asked for at once

QStringList columnsOf(Database& db, const QString& table) {
  QStringList columns;
  auto s = db.prepare(QStringLiteral("SELECT name FROM pragma_table_info(?)"));
  s.bind(table);
  while (s.next()) columns.append(s.text(0));
  return columns;
}

class TableSalvage {
 public:
  TableSalvage(Database& source, Database& target, const QString& table)
      : source_(source), target_(target), table_(table) {
    const QStringList there = columnsOf(source, table);
    for (const QString& column : columnsOf(target, table)) {
      if (there.contains(column)) columns_.append(column);
    }
    insert_ =
        QStringLiteral("INSERT OR IGNORE INTO %1(%2) VALUES(%3)")
            .arg(table, columns_.join(QStringLiteral(", ")),
                 QStringList(columns_.size(), QStringLiteral("?")).join(QStringLiteral(", ")));
  }

  // Tables with a rowid.
  void copyByRowid() {
    if (columns_.isEmpty()) return;
    const qint64 last = lastRowid();
    for (qint64 first = 1; first <= last; first += kStep)
      copyRange(first, std::min(first + kStep - 1, last));
  }

  // Tables without: from both ends to where it breaks.
  void copyFromBothEnds(const QString& key) {
    if (columns_.isEmpty()) return;
    const QString select = QStringLiteral("SELECT %1 FROM %2 ORDER BY ")
                               .arg(columns_.join(QStringLiteral(", ")), table_);
    const QStringList parts = key.split(QStringLiteral(", "));
    if (copyRows(select + key, {})) return;
    copyRows(select + parts.join(QStringLiteral(" DESC, ")) + QStringLiteral(" DESC"), {});
  }

 private:
  qint64 lastRowid() {
    qint64 last = 0;
    for (const QString& sql :
         {QStringLiteral("SELECT max(rowid) FROM ") + table_,
          QStringLiteral("SELECT seq FROM sqlite_sequence WHERE name = '%1'").arg(table_)}) {
      try {
        last = std::max(last, source_.scalar(sql));
      } catch (const StoreError&) {
        // The other one may still be readable.
      }
    }
    return std::min<qint64>(last > 0 ? last : 1000000, 100000000);
  }

  void copyRange(qint64 first, qint64 last) {
    const QString select = QStringLiteral("SELECT %1 FROM %2 WHERE rowid BETWEEN ? AND ?")
                               .arg(columns_.join(QStringLiteral(", ")), table_);
    if (copyRows(select, {first, last}) || first == last || ++failures_ > kMaxFailures) return;
    const qint64 middle = first + (last - first) / 2;
    copyRange(first, middle);
    copyRange(middle + 1, last);
  }

  // False when reading broke off; the rows before that are kept. A row read twice is ignored the
  // second time.
  bool copyRows(const QString& select, const QList<qint64>& arguments) {
    QVariantList row;
    std::optional<Database::Statement> s;
    const auto read = [&] {
      try {
        if (!s) {
          s.emplace(source_.prepare(select));
          for (const qint64 argument : arguments) s->bind(argument);
        }
        if (!s->next()) return Read::End;
        row.clear();
        for (int column = 0; column < columns_.size(); ++column) row.append(s->value(column));
        return Read::Row;
      } catch (const StoreError&) {
        return Read::Broken;
      }
    };
    for (Read what = read(); what != Read::End; what = read()) {
      if (what == Read::Broken) return false;
      insertRow(row);
    }
    return true;
  }

  void insertRow(const QVariantList& row) {
    try {
      auto s = target_.prepare(insert_);
      for (const QVariant& value : row) s.bindRaw(value);
      s.run();
    } catch (const StoreError& error) {
      // Internal: a value that the schema refuses, so this row was damaged too.
      if (error.code() != StoreErrorCode::Internal) throw;
    }
  }

  enum class Read { Row, End, Broken };

  Database& source_;
  Database& target_;
  QString table_;
  QStringList columns_;
  QString insert_;
  int failures_ = 0;
};

// SQLite refuses a file that is shorter than its header says. Zeros in place of the missing pages
// make them unreadable pages like any other.
void fillUp(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadWrite)) return;
  const QByteArray header = file.read(100);
  if (header.size() < 100) return;
  const auto* bytes = reinterpret_cast<const uchar*>(header.constData());
  const qint64 raw_size = qFromBigEndian<quint16>(bytes + 16);
  const qint64 page_size = raw_size == 1 ? 65536 : raw_size;
  const qint64 size = page_size * qFromBigEndian<quint32>(bytes + 28);
  if (size > file.size() && size <= 16 * file.size() + (16 << 20)) file.resize(size);
}

// What refers to something that is lost.
void mend(Database& db) {
  for (const char* sql : {
           "INSERT INTO conversations(id, title, created_at, updated_at)"
           " SELECT conversation_id, substr(text, 1, 60), min(created_at), max(created_at) FROM "
           "messages"
           " WHERE conversation_id NOT IN (SELECT id FROM conversations) GROUP BY conversation_id",
           "UPDATE messages SET parent_id = NULL WHERE parent_id NOT IN (SELECT id FROM messages)",
           "UPDATE conversations SET leaf_id = (SELECT max(m.id) FROM messages m WHERE "
           "m.conversation_id = conversations.id)"
           " WHERE leaf_id IS NULL OR leaf_id NOT IN (SELECT id FROM messages)",
           "DELETE FROM message_sections WHERE message_id NOT IN (SELECT id FROM messages)",
           "DELETE FROM feedback WHERE message_id NOT IN (SELECT id FROM messages)",
           "DELETE FROM attachment_pages WHERE attachment_id NOT IN (SELECT id FROM attachments)",
           "DELETE FROM message_attachments WHERE message_id NOT IN (SELECT id FROM messages)"
           " OR attachment_id NOT IN (SELECT id FROM attachments)",
           "DELETE FROM draft_attachments WHERE attachment_id NOT IN (SELECT id FROM attachments)",
       }) {
    db.exec(QString::fromLatin1(sql));
  }
}

void copyTables(Database& source, Database& target) {
  Database::Transaction transaction(target);
  target.exec(QStringLiteral("PRAGMA defer_foreign_keys=ON"));
  for (const char* table : {"conversations", "messages", "feedback", "attachments",
                            "attachment_pages", "drafts", "roles"}) {
    TableSalvage(source, target, QString::fromLatin1(table)).copyByRowid();
  }
  TableSalvage(source, target, QStringLiteral("settings")).copyFromBothEnds(QStringLiteral("key"));
  for (const char* table : {"message_sections", "message_attachments"}) {
    TableSalvage(source, target, QString::fromLatin1(table))
        .copyFromBothEnds(QStringLiteral("message_id, position"));
  }
  TableSalvage(source, target, QStringLiteral("draft_attachments"))
      .copyFromBothEnds(QStringLiteral("conversation_id, position"));
  mend(target);
  queries::rebuildIndex(target);
  transaction.commit();
}

}  // namespace

Salvaged salvage(const QString& damaged, Database& target, const QString& scratch_folder) {
  Salvaged salvaged;
  QTemporaryDir scratch(scratch_folder + QStringLiteral("/salvage-XXXXXX"));
  const QString copy = scratch.filePath(QStringLiteral("copy.db"));
  if (!QFile::copy(damaged, copy)) return salvaged;
  QFile::setPermissions(copy, QFile::ReadOwner | QFile::WriteOwner);
  fillUp(copy);
  const QString wal = QStringLiteral("-wal");
  if (QFileInfo::exists(damaged + wal)) QFile::copy(damaged + wal, copy + wal);
  try {
    Database source;
    try {
      source.open(copy, Database::Access::Exclusive);
    } catch (const StoreError&) {
      QFile::remove(copy + wal);  // perhaps it is the log that is broken
      source.open(copy, Database::Access::ReadOnly);
    }
    copyTables(source, target);
    salvaged.conversations =
        static_cast<int>(target.scalar(QStringLiteral("SELECT count(*) FROM conversations")));
    salvaged.messages =
        static_cast<int>(target.scalar(QStringLiteral("SELECT count(*) FROM messages")));
  } catch (const StoreError&) {
    // Unreadable from the first page on, or no room: the damaged file stays aside.
  }
  return salvaged;
}

}  // namespace gui
