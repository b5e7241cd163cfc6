// SPDX-License-Identifier: Apache-2.0
// The trash: conversations that were deleted, the last one first. Each stays 30 days, unless it is
// brought back or deleted for good before. GUI thread; the store answers from its own.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>

#include "gui/store/rows.h"

namespace gui {

class Store;
class StoreError;

class TrashListModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  // Why the last wish was not fulfilled; empty: it was.
  Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged)

 public:
  enum Role {
    ConversationIdRole = Qt::UserRole + 1,
    TitleRole,
    DetailRole,  // "Deleted 14:05, 30 days left"
  };

  explicit TrashListModel(Store* store, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  QString errorString() const { return errorString_; }

  Q_INVOKABLE void restore(qint64 id);
  Q_INVOKABLE void deleteForGood(qint64 id);
  Q_INVOKABLE void empty();

  // Reads the list from the store; what deletes and restores needs no call.
  void refresh();
  // The language or the day changed.
  Q_INVOKABLE void retranslate();

 signals:
  void countChanged();
  void errorStringChanged();

 private:
  QString detail(const ConversationRow& row) const;
  bool contains(qint64 id) const;
  void show(const QList<ConversationRow>& rows);
  void setError(const QString& error);
  void fail(const StoreError& error);

  Store* const store_;
  QList<ConversationRow> rows_;
  QString errorString_;
};

}  // namespace gui
