// SPDX-License-Identifier: Apache-2.0
// The documents attached to a draft: read, counted, ready or refused, each with its reason in
// words.
//
// Files are read by engine::read_document on a pool thread, one task for each; removing a row
// cancels it. The same content attached twice is one row. GUI thread only.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QUrl>
#include <memory>
#include <vector>

#include "engine/document.h"

class QThreadPool;

namespace gui {

class Backend;

class AttachmentListModel : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("owned by a ChatSession")
  Q_PROPERTY(int count READ count NOTIFY countChanged)
  Q_PROPERTY(int totalTokens READ totalTokens NOTIFY totalTokensChanged)
  Q_PROPERTY(bool reading READ reading NOTIFY readingChanged)  // some row is not finished yet
  // Some row is refused or waits for a password.
  Q_PROPERTY(bool hasProblem READ hasProblem NOTIFY readingChanged)

 public:
  enum State { Reading, Counting, Ready, Refused, NeedsPassword };
  Q_ENUM(State)

  enum Role {
    AttachmentIdRole = Qt::UserRole + 1,  // 0 until stored
    NameRole,                             // plain text from outside: show with Text.PlainText
    TypeRole,                             // "pdf", "markdown", "csv", "json", "code", "log", "text"
    IconRole,
    PagesRole,
    TokensRole,
    DetailRole,  // "12 pages · 4,210 tokens"
    StateRole,
    ProgressRole,  // 0 to 1; -1: unknown
    ErrorTextRole,
  };

  AttachmentListModel(Backend* backend, QThreadPool* pool, QObject* parent = nullptr);
  ~AttachmentListModel() override;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;
  int count() const { return rowCount(); }
  int totalTokens() const;
  bool reading() const;

  Q_INVOKABLE void remove(int row);
  Q_INVOKABLE void setPassword(int row, const QString& password);
  // The extracted text, for the preview; of a long document the beginning.
  Q_INVOKABLE QString text(int row) const;

  void addFiles(const QList<QUrl>& files);
  void addText(const QString& name, const QString& text);

  struct Attachment {
    qint64 id = 0;  // in the store; 0 until it has one
    std::shared_ptr<const engine::Document> document;
    int tokens = 0;
  };
  // An attachment that is already stored, from a draft that was left.
  void addStored(const Attachment& attachment);
  // The store has it, or refused it. A row is ready when it is stored and counted.
  void setStoredId(const QString& sha256, qint64 id);
  void refuseStored(const QString& sha256, const QString& message);
  // The rows that are ready, in order.
  QList<Attachment> ready() const;
  // Null when there is no such row.
  std::shared_ptr<const engine::Document> document(const QString& sha256) const;
  bool hasProblem() const;
  bool needsPassword() const;
  void clear();
  static QString attachmentIcon(const QString& type);
  static QString attachmentDetail(const engine::Document& document, int tokens);

 signals:
  void countChanged();
  void totalTokensChanged();
  void readingChanged();
  // A document was read: it can be stored.
  void imported(const QString& sha256);
  // The person took a row away.
  void edited();

 private:
  struct Item;
  Item& insert(std::unique_ptr<Item> item);
  void start(Item& item, const QString& password);
  void countTokens(Item& item);
  void recount();
  Item* find(quint64 key);
  void changed(const Item& item);
  void becomeReady(Item& item);
  void setProgress(quint64 key, double progress);
  void finishRead(quint64 key, const std::shared_ptr<const engine::Document>& document);
  void refuse(quint64 key, const QString& message, bool needsPassword);
  void drop(quint64 key);

  std::vector<std::unique_ptr<Item>> items_;
  Backend* const backend_;
  QThreadPool* const pool_;
  quint64 nextKey_ = 1;
};

}  // namespace gui
