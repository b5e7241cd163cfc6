// SPDX-License-Identifier: Apache-2.0
// The sidebar: conversations by day, or what a search found. A deleted conversation goes to the
// trash and can be brought back. GUI thread; the store answers from its own.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QSet>
#include <QTimer>

#include "gui/store/rows.h"

namespace gui {

class RoleListModel;
class Store;
class StoreError;

class ConversationListModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by App")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(gui::ConversationListModel::Status status READ status NOTIFY statusChanged)
  Q_PROPERTY(QString errorString READ errorString NOTIFY statusChanged)
  Q_PROPERTY(QString searchText READ searchText WRITE setSearchText NOTIFY searchTextChanged)
  Q_PROPERTY(bool searching READ searching NOTIFY
                 searchingChanged)  // the list shows, or will show, search results
  Q_PROPERTY(QString undoText READ undoText NOTIFY
                 undoTextChanged)  // "Moved to the trash: Plan"; empty: nothing to undo

 public:
  enum Status { Ready, Loading, Error };
  Q_ENUM(Status)

  enum Role {
    ConversationIdRole = Qt::UserRole + 1,
    TitleRole,
    SnippetRole,    // plain text around the hit; empty when not searching
    MessageIdRole,  // the message that was found, 0 when not searching or for a title
    SectionRole,
    UpdatedTextRole,
    CurrentRole,
    GeneratingRole,
    IconRole,
  };

  ConversationListModel(Store* store, RoleListModel* roles, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  Status status() const { return status_; }
  QString errorString() const { return errorString_; }
  QString searchText() const { return searchText_; }
  void setSearchText(const QString& text);
  bool searching() const { return !searchText_.trimmed().isEmpty(); }
  QString undoText() const;

  Q_INVOKABLE void rename(qint64 id, const QString& title);
  Q_INVOKABLE void remove(qint64 id);
  Q_INVOKABLE void undoRemove();

  // Reads the list from the store.
  void refresh();
  void setCurrent(qint64 id);
  void setGenerating(qint64 id, bool generating);
  // Neighbour in the list of conversations (not of search results): step -1 towards the newest, 1
  // towards the oldest. From 0, a new conversation, the newest. 0 when there is none.
  qint64 neighbour(qint64 id, int step) const;
  bool contains(qint64 id) const { return rowOf(id) >= 0; }
  // The language changed.
  void retranslate();

 signals:
  void countChanged();
  void statusChanged();
  void searchTextChanged();
  void searchingChanged();
  void undoTextChanged();
  void removed(qint64 id);
  void undone(qint64 id);  // undoRemove() brought it back

 private:
  const ConversationRow& rowAt(int row) const;
  int rowOf(qint64 id) const;  // in conversations_
  void setStatus(Status status, const QString& error = {});
  void fail(const StoreError& error);
  void upsert(const ConversationRow& conversation);
  void take(qint64 id);
  void search();
  void showHits(const SearchResult& result);
  void setUndo(qint64 id, const QString& title);
  void forgetUndo(qint64 id);
  void changed(qint64 id, const QList<int>& roles);
  bool showsHits() const { return !shownQuery_.isEmpty(); }
  void scheduleMidnight();

  Store* const store_;
  RoleListModel* const roles_;
  QList<ConversationRow> conversations_;  // newest first
  QList<SearchHit> hits_;
  QString shownQuery_;  // what hits_ answers; empty: the list is shown
  QString searchText_;
  QTimer searchTimer_;
  QTimer undoTimer_;
  QTimer midnight_;
  Status status_ = Loading;
  QString errorString_;
  qint64 current_ = 0;
  QSet<qint64> generating_;
  qint64 undoId_ = 0;
  QString undoTitle_;
};

}  // namespace gui
