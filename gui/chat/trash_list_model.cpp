// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/trash_list_model.h"

#include <QDateTime>
#include <QSet>
#include <algorithm>

#include "gui/chat/day_section.h"
#include "gui/store/store.h"
#include "gui/store/trash_queries.h"

namespace gui {
namespace {

constexpr qint64 kDayMs = 86400ll * 1000;

// Deleted, brought back and deleted again is another row: its place is another.
using Key = std::pair<qint64, qint64>;
Key key(const ConversationRow& row) { return {row.id, row.deletedAt}; }

QSet<Key> keys(const QList<ConversationRow>& rows) {
  QSet<Key> all;
  for (const ConversationRow& row : rows) {
    all.insert(key(row));
  }
  return all;
}

}  // namespace

TrashListModel::TrashListModel(Store* store, QObject* parent)
    : QAbstractListModel(parent), store_(store) {
  connect(store, &Store::conversationRemoved, this, &TrashListModel::refresh);
  connect(store, &Store::trashEmptied, this, &TrashListModel::refresh);
  connect(store, &Store::conversationChanged, this, [this](const ConversationRow& row) {
    if (contains(row.id)) {
      refresh();
    }
  });
}

int TrashListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QHash<int, QByteArray> TrashListModel::roleNames() const {
  return {{ConversationIdRole, "conversationId"}, {TitleRole, "title"}, {DetailRole, "detail"}};
}

QVariant TrashListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const ConversationRow& row = rows_[index.row()];
  switch (role) {
    case ConversationIdRole:
      return row.id;
    case Qt::DisplayRole:
    case TitleRole:
      return row.title.isEmpty() ? tr("New chat") : row.title;
    case DetailRole:
      return detail(row);
    default:
      return {};
  }
}

// The store looks for what is too old when it is opened, not while it is open.
QString TrashListModel::detail(const ConversationRow& row) const {
  const QString when =
      shortTime(QDateTime::fromMSecsSinceEpoch(row.deletedAt), QDate::currentDate());
  const qint64 left =
      row.deletedAt + queries::kTrashMs - QDateTime::currentDateTime().toMSecsSinceEpoch();
  if (left <= 0) {
    return tr("Deleted %1, goes at the next start").arg(when);
  }
  return tr("Deleted %1, %n day(s) left", nullptr, static_cast<int>((left + kDayMs - 1) / kDayMs))
      .arg(when);
}

bool TrashListModel::contains(qint64 id) const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [id](const ConversationRow& row) { return row.id == id; });
}

void TrashListModel::refresh() {
  store_->trash()
      .then(this, [this](const QList<ConversationRow>& rows) { show(rows); })
      .onFailed(this, [this](const StoreError& error) { fail(error); });
}

// Row by row, so that the view keeps its place.
void TrashListModel::show(const QList<ConversationRow>& rows) {
  const qsizetype before = rows_.size();
  const QSet<Key> wanted = keys(rows);
  for (int row = count() - 1; row >= 0; --row) {
    if (!wanted.contains(key(rows_[row]))) {
      beginRemoveRows({}, row, row);
      rows_.removeAt(row);
      endRemoveRows();
    }
  }
  const QSet<Key> kept = keys(rows_);
  for (int row = 0; row < rows.size(); ++row) {
    if (!kept.contains(key(rows[row]))) {
      beginInsertRows({}, row, row);
      rows_.insert(row, rows[row]);
      endInsertRows();
    } else if (rows_[row] != rows[row]) {
      rows_[row] = rows[row];
      emit dataChanged(index(row), index(row));
    }
  }
  if (rows_.size() != before) {
    emit countChanged();
  }
}

void TrashListModel::setError(const QString& error) {
  if (errorString_ != error) {
    errorString_ = error;
    emit errorStringChanged();
  }
}

void TrashListModel::fail(const StoreError& error) { setError(error.message()); }

void TrashListModel::restore(qint64 id) {
  setError({});
  store_->restore(id).onFailed(this, [this](const StoreError& error) { fail(error); });
}

void TrashListModel::deleteForGood(qint64 id) {
  setError({});
  store_->deleteForGood(id).onFailed(this, [this](const StoreError& error) { fail(error); });
}

void TrashListModel::empty() {
  setError({});
  store_->emptyTrash().then(this, [](int) {}).onFailed(this, [this](const StoreError& error) {
    fail(error);
  });
}

void TrashListModel::retranslate() {
  if (count() > 0) {
    emit dataChanged(index(0), index(count() - 1), {TitleRole, DetailRole});
  }
}

}  // namespace gui
