// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/conversation_list_model.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

#include "gui/chat/conversation_title.h"
#include "gui/chat/day_section.h"
#include "gui/roles/role_list_model.h"
#include "gui/store/store.h"

namespace gui {
namespace {

constexpr int kSearchDelayMs = 150;
constexpr int kUndoMs = 12000;

bool newerThan(const ConversationRow& left, const ConversationRow& right) {
  return left.updatedAt != right.updatedAt ? left.updatedAt > right.updatedAt : left.id > right.id;
}

}  // namespace

ConversationListModel::ConversationListModel(Store* store, RoleListModel* roles, QObject* parent)
    : QAbstractListModel(parent), store_(store), roles_(roles) {
  searchTimer_.setSingleShot(true);
  searchTimer_.setInterval(kSearchDelayMs);
  connect(&searchTimer_, &QTimer::timeout, this, &ConversationListModel::search);
  undoTimer_.setSingleShot(true);
  undoTimer_.setInterval(kUndoMs);
  connect(&undoTimer_, &QTimer::timeout, this, [this] { setUndo(0, {}); });
  midnight_.setSingleShot(true);
  connect(&midnight_, &QTimer::timeout, this, &ConversationListModel::retranslate);
  connect(store, &Store::conversationChanged, this, &ConversationListModel::upsert);
  connect(store, &Store::conversationRemoved, this, [this](qint64 id) {
    forgetUndo(id);  // deleted for good, then; remove() sets it when this is over
    take(id);
  });
  connect(store, &Store::trashEmptied, this, [this] { setUndo(0, {}); });
  connect(roles, &RoleListModel::roleChanged, this, [this] {
    if (count() > 0) {
      emit dataChanged(index(0), index(count() - 1), {IconRole});
    }
  });
  scheduleMidnight();
}

int ConversationListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0
                          : static_cast<int>(showsHits() ? hits_.size() : conversations_.size());
}

QHash<int, QByteArray> ConversationListModel::roleNames() const {
  return {{ConversationIdRole, "conversationId"},
          {TitleRole, "title"},
          {SnippetRole, "snippet"},
          {MessageIdRole, "messageId"},
          {SectionRole, "section"},
          {UpdatedTextRole, "updatedText"},
          {CurrentRole, "current"},
          {GeneratingRole, "generating"},
          {IconRole, "icon"}};
}

const ConversationRow& ConversationListModel::rowAt(int row) const {
  return showsHits() ? hits_[row].conversation : conversations_[row];
}

QVariant ConversationListModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
    return {};
  }
  const ConversationRow& row = rowAt(index.row());
  const auto updated = [&row] { return QDateTime::fromMSecsSinceEpoch(row.updatedAt); };
  switch (role) {
    case ConversationIdRole:
      return row.id;
    case Qt::DisplayRole:
    case TitleRole:
      return row.title.isEmpty() ? tr("New chat") : row.title;
    case SnippetRole:
      return showsHits() ? plainSnippet(hits_[index.row()].snippet) : QString();
    case MessageIdRole:
      return showsHits() ? hits_[index.row()].messageId : 0;
    case SectionRole:
      return showsHits() ? QString() : daySection(updated(), QDate::currentDate());
    case UpdatedTextRole:
      return shortTime(updated(), QDate::currentDate());
    case CurrentRole:
      return row.id == current_;
    case GeneratingRole:
      return generating_.contains(row.id);
    case IconRole:
      return QString::fromStdString(roles_->role(row.roleId).icon);
    default:
      return {};
  }
}

void ConversationListModel::setStatus(Status status, const QString& error) {
  if (status_ != status || errorString_ != error) {
    status_ = status;
    errorString_ = error;
    emit statusChanged();
  }
}

void ConversationListModel::fail(const StoreError& error) { setStatus(Error, error.message()); }

void ConversationListModel::refresh() {
  store_->conversations()
      .then(this,
            [this](const QList<ConversationRow>& rows) {
              beginResetModel();
              conversations_ = rows;
              std::sort(conversations_.begin(), conversations_.end(), newerThan);
              endResetModel();
              emit countChanged();
              setStatus(Ready);
            })
      .onFailed(this, [this](const StoreError& error) { fail(error); });
}

int ConversationListModel::rowOf(qint64 id) const {
  const auto found = std::find_if(conversations_.begin(), conversations_.end(),
                                  [id](const ConversationRow& row) { return row.id == id; });
  return found == conversations_.end() ? -1 : static_cast<int>(found - conversations_.begin());
}

// Adds or changes a conversation and moves it to its place.
void ConversationListModel::upsert(const ConversationRow& conversation) {
  const int from = rowOf(conversation.id);
  if (conversation.deletedAt != 0) {
    take(conversation.id);
    return;
  }
  for (SearchHit& hit : hits_) {
    if (hit.conversation.id == conversation.id) {
      hit.conversation = conversation;
    }
  }
  const bool listed = !showsHits();
  if (from < 0) {
    const auto place =
        std::lower_bound(conversations_.begin(), conversations_.end(), conversation, newerThan);
    const int to = static_cast<int>(place - conversations_.begin());
    forgetUndo(conversation.id);  // it is back already
    if (searching()) searchTimer_.start();
    if (listed) beginInsertRows({}, to, to);
    conversations_.insert(to, conversation);
    if (listed) endInsertRows();
    emit countChanged();
    return;
  }
  conversations_[from] = conversation;
  int to = 0;
  while (to < conversations_.size() &&
         (to == from || newerThan(conversations_[to], conversation))) {
    ++to;
  }
  if (listed && to != from && to != from + 1) {
    beginMoveRows({}, from, from, {}, to);
    conversations_.move(from, to > from ? to - 1 : to);
    endMoveRows();
  } else if (!listed && to != from && to != from + 1) {
    conversations_.move(from, to > from ? to - 1 : to);
  }
  changed(conversation.id, {});
}

void ConversationListModel::changed(qint64 id, const QList<int>& roles) {
  for (int row = 0; row < count(); ++row) {
    if (rowAt(row).id == id) {
      emit dataChanged(index(row), index(row), roles);
    }
  }
}

void ConversationListModel::take(qint64 id) {
  const int row = rowOf(id);
  if (row >= 0) {
    if (!showsHits()) beginRemoveRows({}, row, row);
    conversations_.removeAt(row);
    if (!showsHits()) endRemoveRows();
  }
  for (int hit = static_cast<int>(hits_.size()) - 1; hit >= 0; --hit) {
    if (hits_[hit].conversation.id == id) {
      if (showsHits()) beginRemoveRows({}, hit, hit);
      hits_.removeAt(hit);
      if (showsHits()) endRemoveRows();
    }
  }
  emit countChanged();
  emit removed(id);
}

void ConversationListModel::setSearchText(const QString& text) {
  if (searchText_ == text) {
    return;
  }
  const bool before = searching();
  searchText_ = text;
  emit searchTextChanged();
  if (searching()) {
    searchTimer_.start();
  } else {
    searchTimer_.stop();
    showHits({});
  }
  if (searching() != before) {
    emit searchingChanged();
  }
}

void ConversationListModel::search() {
  setStatus(Loading);
  store_->search(searchText_.trimmed())
      .then(this,
            [this](const SearchResult& result) {
              if (result.query == searchText_.trimmed()) {
                showHits(result);
              }
            })
      .onFailed(this, [this](const StoreError& error) { fail(error); });
}

void ConversationListModel::showHits(const SearchResult& result) {
  beginResetModel();
  hits_ = result.hits;
  shownQuery_ = result.query;
  endResetModel();
  setStatus(Ready);
  emit countChanged();
}

void ConversationListModel::rename(qint64 id, const QString& title) {
  const QString clean = title.simplified();
  if (!clean.isEmpty()) {
    store_->setTitle(id, clean, true).onFailed(this, [this](const StoreError& error) {
      fail(error);
    });
  }
}

void ConversationListModel::remove(qint64 id) {
  const int row = rowOf(id);
  const QString title = row < 0 ? QString() : conversations_[row].title;
  store_->moveToTrash(id)
      .then(this, [this, id, title] { setUndo(id, title); })
      .onFailed(this, [this](const StoreError& error) { fail(error); });
}

QString ConversationListModel::undoText() const {
  if (undoId_ == 0) {
    return {};
  }
  return undoTitle_.isEmpty() ? tr("Moved to the trash")
                              : tr("Moved to the trash: %1").arg(undoTitle_);
}

void ConversationListModel::setUndo(qint64 id, const QString& title) {
  undoId_ = id;
  undoTitle_ = title;
  if (id != 0) {
    undoTimer_.start();
  }
  emit undoTextChanged();
}

void ConversationListModel::forgetUndo(qint64 id) {
  if (undoId_ == id) {
    setUndo(0, {});
  }
}

void ConversationListModel::undoRemove() {
  if (const qint64 id = undoId_; id != 0) {
    setUndo(0, {});
    store_->restore(id)
        .then(this, [this, id] { emit undone(id); })
        .onFailed(this, [this](const StoreError& error) { fail(error); });
  }
}

void ConversationListModel::setCurrent(qint64 id) {
  const qint64 old = std::exchange(current_, id);
  if (old != id) {
    changed(old, {CurrentRole});
    changed(id, {CurrentRole});
  }
}

void ConversationListModel::setGenerating(qint64 id, bool generating) {
  if (id != 0 && generating != generating_.contains(id)) {
    generating ? static_cast<void>(generating_.insert(id))
               : static_cast<void>(generating_.remove(id));
    changed(id, {GeneratingRole});
  }
}

qint64 ConversationListModel::neighbour(qint64 id, int step) const {
  const int row = rowOf(id);
  const int next = row < 0 ? (step > 0 ? 0 : -1) : row + step;
  return next >= 0 && next < conversations_.size() ? conversations_[next].id : 0;
}

void ConversationListModel::retranslate() {
  if (count() > 0) {
    emit dataChanged(index(0), index(count() - 1), {TitleRole, SectionRole, UpdatedTextRole});
  }
  emit undoTextChanged();
  scheduleMidnight();
}

// "Today" becomes "Yesterday".
void ConversationListModel::scheduleMidnight() {
  const QDateTime now = QDateTime::currentDateTime();
  midnight_.start(static_cast<int>(now.msecsTo(now.date().addDays(1).startOfDay()) + 1000));
}

}  // namespace gui
