// SPDX-License-Identifier: Apache-2.0
// The cells of one table, row by row, header first. While a table streams only new and changed cells are announced, so
// that its items are not made anew with each piece of text.
#pragma once

#include <QAbstractListModel>
#include <QVariantMap>
#include <QtQml/qqmlregistration.h>
#include <vector>

namespace gui {

class TableCells : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  // As TranscriptModel::TableRole: {columns, alignments, header, rows}.
  Q_PROPERTY(QVariantMap table READ table WRITE setTable NOTIFY tableChanged)
  Q_PROPERTY(int columns READ columns NOTIFY tableChanged)
  Q_PROPERTY(int rows READ rows NOTIFY tableChanged)

 public:
  enum Role { HtmlRole = Qt::UserRole + 1, AlignmentRole, RowRole, ColumnRole };

  using QAbstractListModel::QAbstractListModel;

  QVariantMap table() const { return table_; }
  void setTable(const QVariantMap& table);
  int columns() const { return columns_; }
  // With the header.
  int rows() const { return columns_ == 0 ? 0 : static_cast<int>(cells_.size()) / columns_; }

  // Tab-separated, as spreadsheets take it.
  Q_INVOKABLE QString text() const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

 signals:
  void tableChanged();

 private:
  QVariantMap table_;
  QStringList alignments_;
  std::vector<QString> cells_;
  int columns_ = 0;
};

}  // namespace gui
