// SPDX-License-Identifier: Apache-2.0
// Statements about the user's own roles and about settings. Storage thread; inside the caller's
// transaction.
#pragma once

#include <QHash>
#include <QList>

#include "gui/store/database.h"
#include "gui/store/rows.h"

namespace gui::queries {

QList<RoleRow> roles(Database& db);  // in the order they were made
// With the id it brings ("user-<n>"), or a new one when that is empty.
RoleRow insertRole(Database& db, const RoleRow& role, qint64 now);
// Throw StoreError{NotFound}, also for ids of built-in roles.
void updateRole(Database& db, const RoleRow& role, qint64 now);
void removeRole(Database& db, const QString& id);

QHash<QString, QString> settings(Database& db);
void setSettings(Database& db, const QHash<QString, QString>& values);

}  // namespace gui::queries
