// SPDX-License-Identifier: Apache-2.0
// The roles to choose from: the built-in ones in the window's language, then the user's own, in the
// order they were made. GUI thread.
//
// A change of an own role shows at once and is written to the store behind it; when the store
// refuses, errorString says so and the list goes back to what is stored. Maps (create, update, get)
// have the keys name, description, icon, systemPrompt, greeting, starters (at most 4), temperature,
// topP, topK, minP; -1 or absent: not set by the role.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QList>
#include <QString>
#include <QVariantMap>

#include "engine/role.h"
#include "gui/store/rows.h"

namespace gui {

class Store;

class RoleListModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(gui::RoleListModel::Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(QString errorString READ errorString NOTIFY statusChanged)

 public:
  enum Status { Ready, Loading, Error };
  Q_ENUM(Status)

  enum Role {
    RoleIdRole = Qt::UserRole + 1,
    NameRole,
    DescriptionRole,
    IconRole,
    SystemPromptRole,
    GreetingRole,
    StartersRole,
    BuiltInRole,
    TemperatureRole,  // -1: not set
    TopPRole,
    TopKRole,
    MinPRole,
  };

  // store may be null (built-in roles only) and must outlive this.
  explicit RoleListModel(Store* store, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  Status status() const { return status_; }
  QString errorString() const { return errorString_; }

  // "en" or "zh_CN": reads the built-in roles in that language. Call it once before use.
  void setLanguage(const QString& language);
  // Asks the store for the own ones.
  void refresh();

  // The role of a conversation; the first built-in one when the id is empty or no longer known.
  engine::Role role(const QString& id) const;
  bool contains(const QString& id) const;

  // Id of the new role; empty when refused (errorString says why).
  Q_INVOKABLE QString create(const QVariantMap& fields);
  // Only the fields given. False for built-in and unknown roles, and when refused.
  Q_INVOKABLE bool update(const QString& id, const QVariantMap& fields);
  Q_INVOKABLE bool remove(const QString& id);
  Q_INVOKABLE QVariantMap
  get(const QString& id) const;  // with roleId and builtIn; empty when unknown
  // An own copy of any role, to be changed.
  Q_INVOKABLE QString duplicate(const QString& id);

 signals:
  void countChanged();
  void statusChanged();
  // The role's texts or parameters changed; also by another language.
  void roleChanged(const QString& id);

 private:
  void setStatus(Status status, const QString& error = {});
  void fail(const QString& error);
  int rowOf(const QString& id) const;
  int builtInCount() const;
  QString insert(engine::Role role);
  void replaceOwn(const QList<RoleRow>& rows);

  Store* store_;
  QList<engine::Role> roles_;
  Status status_ = Loading;
  QString errorString_;
  qint64 last_number_ = 0;  // of own ids
};

}  // namespace gui
