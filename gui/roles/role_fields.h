// SPDX-License-Identifier: Apache-2.0
// One role in its three forms: engine::Role (what answers), RoleRow (what is stored), a map (what
// QML edits). Pure functions; any thread.
#pragma once

#include <QString>
#include <QVariantMap>
#include <optional>

#include "engine/role.h"
#include "gui/store/rows.h"

namespace gui {

RoleRow toRow(const engine::Role& role);
// A stored value that is out of range is dropped, so that a damaged row never makes a role
// unusable.
engine::Role fromRow(const RoleRow& row);

QVariantMap toMap(const engine::Role& role);

// Puts the fields of `map` over `role`. Returns what is wrong with them, in words for people, or
// "". Then `role` is as before.
QString applyFields(const QVariantMap& map, engine::Role* role);

// Sampling parameter for a model role or a map: -1 when not set.
double parameterOr(const std::optional<float>& value);
int parameterOr(const std::optional<int>& value);

}  // namespace gui
