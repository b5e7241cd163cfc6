// SPDX-License-Identifier: Apache-2.0
// The cells of one table, row by row, header first, with what is selected in them. While a table
// streams only new and changed cells are announced, so that its items are not made anew with each
// piece of text.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QAbstractListModel>
#include <QColor>
#include <QPointer>
#include <QVariantMap>
#include <vector>

#include "qml/chat/transcript_selection.h"

namespace gui {

class TableCells : public QAbstractListModel {
  Q_OBJECT
  QML_ELEMENT
  // As TranscriptModel::TableRole: {columns, alignments, header, rows}.
  Q_PROPERTY(QVariantMap table READ table WRITE setTable NOTIFY tableChanged)
  Q_PROPERTY(int columns READ columns NOTIFY tableChanged)
  Q_PROPERTY(int rows READ rows NOTIFY tableChanged)
  // The table's row of the transcript; a match in it is marked in this colour.
  Q_PROPERTY(
      gui::TranscriptSelection* selection READ selection WRITE setSelection NOTIFY selectionChanged)
  Q_PROPERTY(int row READ row WRITE setRow NOTIFY rowChanged)
  Q_PROPERTY(QColor markColor READ markColor WRITE setMarkColor NOTIFY markColorChanged)
  // All of it: a selection that runs over several rows takes tables whole.
  Q_PROPERTY(bool selected READ selected NOTIFY selectedChanged)

 public:
  enum Role { HtmlRole = Qt::UserRole + 1, AlignmentRole, RowRole, ColumnRole };

  using QAbstractListModel::QAbstractListModel;

  QVariantMap table() const { return table_; }
  void setTable(const QVariantMap& table);
  int columns() const { return columns_; }
  // With the header.
  int rows() const { return columns_ == 0 ? 0 : static_cast<int>(cells_.size()) / columns_; }

  TranscriptSelection* selection() const { return selection_; }
  void setSelection(TranscriptSelection* selection);
  int row() const { return row_; }
  void setRow(int row);
  QColor markColor() const { return markColor_; }
  void setMarkColor(const QColor& color);
  bool selected() const { return selected_; }

  // Tab-separated, as spreadsheets take it.
  Q_INVOKABLE QString text() const;
  // The cell at this place of text().
  Q_INVOKABLE int cellAt(int position) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QHash<int, QByteArray> roleNames() const override;

 signals:
  void tableChanged();
  void selectionChanged();
  void rowChanged();
  void markColorChanged();
  void selectedChanged();

 private:
  void showSelection();
  void placeCells(int first);

  QVariantMap table_;
  QStringList alignments_;
  std::vector<QString> cells_;
  std::vector<int> starts_;  // of the cells in text(), and where that ends
  int columns_ = 0;
  QPointer<TranscriptSelection> selection_;
  int row_ = -1;
  QColor markColor_;
  int from_ = 0, to_ = 0;  // marked in text()
  bool selected_ = false;
};

}  // namespace gui
