// SPDX-License-Identifier: Apache-2.0
#include "gui/roles/role_list_model.h"

#include <QDateTime>
#include <algorithm>
#include <exception>

#include "gui/chat/error_text.h"
#include "gui/roles/role_fields.h"
#include "gui/store/store.h"

namespace gui {

RoleListModel::RoleListModel(Store* store, QObject* parent)
    : QAbstractListModel(parent), store_(store) {}

int RoleListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(roles_.size());
}

QHash<int, QByteArray> RoleListModel::roleNames() const {
  return {{RoleIdRole, "roleId"},
          {NameRole, "name"},
          {DescriptionRole, "description"},
          {IconRole, "icon"},
          {SystemPromptRole, "systemPrompt"},
          {GreetingRole, "greeting"},
          {StartersRole, "starters"},
          {BuiltInRole, "builtIn"},
          {TemperatureRole, "temperature"},
          {TopPRole, "topP"},
          {TopKRole, "topK"},
          {MinPRole, "minP"}};
}

QVariant RoleListModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= roles_.size()) return {};
  if (role == Qt::DisplayRole) role = NameRole;
  const QByteArray key = roleNames().value(role);
  return key.isEmpty() ? QVariant() : toMap(roles_[index.row()]).value(QString::fromLatin1(key));
}

int RoleListModel::rowOf(const QString& id) const {
  const std::string wanted = id.toStdString();
  const auto found = std::find_if(roles_.begin(), roles_.end(),
                                  [&](const engine::Role& role) { return role.id == wanted; });
  return found == roles_.end() ? -1 : static_cast<int>(found - roles_.begin());
}

int RoleListModel::builtInCount() const {
  return static_cast<int>(std::count_if(roles_.begin(), roles_.end(),
                                        [](const engine::Role& role) { return role.built_in; }));
}

bool RoleListModel::contains(const QString& id) const { return rowOf(id) >= 0; }

engine::Role RoleListModel::role(const QString& id) const {
  if (roles_.isEmpty()) return {};
  return roles_[std::max(rowOf(id), 0)];
}

void RoleListModel::setStatus(Status status, const QString& error) {
  if (status_ == status && errorString_ == error) return;
  status_ = status;
  errorString_ = error;
  emit statusChanged();
}

void RoleListModel::fail(const QString& error) { setStatus(Error, error); }

void RoleListModel::setLanguage(const QString& language) {
  std::vector<engine::Role> loaded;
  try {
    loaded = engine::built_in_roles(language.toStdString());
  } catch (const std::exception& error) {
    return fail(errorText(error));
  }
  const int before = builtInCount();
  if (before == static_cast<int>(loaded.size())) {
    // The same roles with other words: rows, selections and delegates stay.
    std::copy(loaded.begin(), loaded.end(), roles_.begin());
    emit dataChanged(index(0), index(before - 1));
  } else {
    beginResetModel();
    roles_.remove(0, before);
    for (auto it = loaded.rbegin(); it != loaded.rend(); ++it) roles_.prepend(*it);
    endResetModel();
    emit countChanged();
  }
  setStatus(Ready);
  for (const engine::Role& role : loaded) emit roleChanged(QString::fromStdString(role.id));
}

void RoleListModel::refresh() {
  if (store_ == nullptr) return;
  store_->roles()
      .then(this, [this](const QList<RoleRow>& rows) { replaceOwn(rows); })
      .onFailed(this, [this](const StoreError& error) { fail(error.message()); });
}

void RoleListModel::replaceOwn(const QList<RoleRow>& rows) {
  QList<engine::Role> own;
  for (const RoleRow& row : rows) own.append(fromRow(row));
  const int first = builtInCount();
  if (!roles_.isEmpty() && first < roles_.size()) {
    beginRemoveRows({}, first, static_cast<int>(roles_.size()) - 1);
    roles_.remove(first, roles_.size() - first);
    endRemoveRows();
  }
  if (!own.isEmpty()) {
    beginInsertRows({}, first, first + static_cast<int>(own.size()) - 1);
    roles_.append(own);
    endInsertRows();
  }
  emit countChanged();
}

QString RoleListModel::insert(engine::Role role) {
  if (store_ == nullptr) return {};
  // The time makes a number that is never used twice, also not after a role was deleted.
  last_number_ = std::max(last_number_ + 1, QDateTime::currentMSecsSinceEpoch());
  const QString id = QStringLiteral("user-%1").arg(last_number_);
  role.id = id.toStdString();
  role.built_in = false;
  store_->createRole(toRow(role))
      .then(this, [](const RoleRow&) {})
      .onFailed(this, [this](const StoreError& error) {
        fail(error.message());
        refresh();
      });
  const int row = static_cast<int>(roles_.size());
  beginInsertRows({}, row, row);
  roles_.append(std::move(role));
  endInsertRows();
  emit countChanged();
  return id;
}

QString RoleListModel::create(const QVariantMap& fields) {
  engine::Role role;
  role.icon = "user";
  const QString problem = applyFields(fields, &role);
  if (!problem.isEmpty()) {
    fail(problem);
    return {};
  }
  setStatus(Ready);
  return insert(std::move(role));
}

QString RoleListModel::duplicate(const QString& id) {
  const int row = rowOf(id);
  if (row < 0) return {};
  engine::Role copy = roles_[row];
  copy.name = tr("%1 (copy)").arg(QString::fromStdString(copy.name)).toStdString();
  return insert(std::move(copy));
}

bool RoleListModel::update(const QString& id, const QVariantMap& fields) {
  const int row = rowOf(id);
  if (row < 0 || roles_[row].built_in || store_ == nullptr) return false;
  const QString problem = applyFields(fields, &roles_[row]);
  if (!problem.isEmpty()) {
    fail(problem);
    return false;
  }
  setStatus(Ready);
  emit dataChanged(index(row), index(row));
  emit roleChanged(id);
  store_->updateRole(toRow(roles_[row])).onFailed(this, [this](const StoreError& error) {
    fail(error.message());
    refresh();
  });
  return true;
}

bool RoleListModel::remove(const QString& id) {
  const int row = rowOf(id);
  if (row < 0 || roles_[row].built_in || store_ == nullptr) return false;
  beginRemoveRows({}, row, row);
  roles_.remove(row);
  endRemoveRows();
  emit countChanged();
  emit roleChanged(id);
  store_->removeRole(id).onFailed(this, [this](const StoreError& error) {
    fail(error.message());
    refresh();
  });
  return true;
}

QVariantMap RoleListModel::get(const QString& id) const {
  const int row = rowOf(id);
  return row < 0 ? QVariantMap() : toMap(roles_[row]);
}

}  // namespace gui
