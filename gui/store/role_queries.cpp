// SPDX-License-Identifier: Apache-2.0
#include "gui/store/role_queries.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace gui::queries {
namespace {

const QString kPrefix = QStringLiteral("user-");

qint64 numberOf(const QString& id) {
  bool valid = false;
  const qint64 number = id.startsWith(kPrefix) ? id.mid(kPrefix.size()).toLongLong(&valid) : 0;
  return valid ? number : 0;
}

void requireRole(Database& db, const QString& id) {
  if (db.changes() == 0)
    throw StoreError(StoreErrorCode::NotFound, QStringLiteral("role %1").arg(id));
}

QString toJson(const QStringList& starters) {
  return QString::fromUtf8(
      QJsonDocument(QJsonArray::fromStringList(starters)).toJson(QJsonDocument::Compact));
}

QStringList fromJson(const QString& json) {
  QStringList starters;
  const QJsonArray array = QJsonDocument::fromJson(json.toUtf8()).array();
  for (const QJsonValue& value : array) starters.append(value.toString());
  return starters;
}

// What a person writes, in the order of RoleRow.
Database::Statement& bindFields(Database::Statement& statement, const RoleRow& role) {
  return statement.bind(role.name)
      .bind(role.description)
      .bind(role.icon)
      .bind(role.systemPrompt)
      .bind(role.greeting)
      .bind(toJson(role.starters))
      .bind(role.sampling);
}

}  // namespace

QList<RoleRow> roles(Database& db) {
  auto s = db.prepare(QStringLiteral(
      "SELECT number, name, description, icon, system_prompt, greeting, starters, sampling"
      " FROM roles ORDER BY number"));
  QList<RoleRow> rows;
  while (s.next()) {
    rows.append({kPrefix + QString::number(s.integer(0)), s.text(1), s.text(2), s.text(3),
                 s.text(4), s.text(5), fromJson(s.text(6)), s.text(7)});
  }
  return rows;
}

RoleRow insertRole(Database& db, const RoleRow& role, qint64 now) {
  auto insert = db.prepare(
      QStringLiteral("INSERT INTO roles(name, description, icon, system_prompt, greeting, starters,"
                     " sampling, number, created_at, updated_at)"
                     " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  bindFields(insert, role).bindId(numberOf(role.id)).bind(now).bind(now).run();
  RoleRow row = role;
  row.id = kPrefix + QString::number(db.lastInsertId());
  return row;
}

void updateRole(Database& db, const RoleRow& role, qint64 now) {
  auto update = db.prepare(
      QStringLiteral("UPDATE roles SET name = ?, description = ?, icon = ?, system_prompt = ?,"
                     " greeting = ?, starters = ?, sampling = ?, updated_at = ? WHERE number = ?"));
  bindFields(update, role).bind(now).bind(numberOf(role.id)).run();
  requireRole(db, role.id);
}

void removeRole(Database& db, const QString& id) {
  db.prepare(QStringLiteral("DELETE FROM roles WHERE number = ?")).bind(numberOf(id)).run();
  requireRole(db, id);
}

QHash<QString, QString> settings(Database& db) {
  auto s = db.prepare(QStringLiteral("SELECT key, value FROM settings"));
  QHash<QString, QString> values;
  while (s.next()) values.insert(s.text(0), s.text(1));
  return values;
}

void setSettings(Database& db, const QHash<QString, QString>& values) {
  auto s =
      db.prepare(QStringLiteral("INSERT INTO settings(key, value) VALUES(?, ?) ON CONFLICT(key) DO "
                                "UPDATE SET value = excluded.value"));
  for (auto it = values.cbegin(); it != values.cend(); ++it)
    s.bind(it.key()).bind(it.value()).run();
}

}  // namespace gui::queries
