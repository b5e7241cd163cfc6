// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/table_cells.h"

#include "qml/chat/block_text.h"

namespace gui {

namespace {

void appendRow(std::vector<QString>& cells, const QVariantList& row, int columns) {
  for (int column = 0; column < columns; ++column) {
    cells.push_back(column < row.size() ? row[column].toString() : QString());
  }
}

}  // namespace

void TableCells::setTable(const QVariantMap& table) {
  const QVariantList header = table.value(QStringLiteral("header")).toList();
  const QStringList alignments = table.value(QStringLiteral("alignments")).toStringList();
  const int columns = static_cast<int>(header.size());
  std::vector<QString> cells;
  appendRow(cells, header, columns);
  for (const QVariant& row : table.value(QStringLiteral("rows")).toList()) {
    appendRow(cells, row.toList(), columns);
  }

  table_ = table;
  if (columns != columns_ || alignments != alignments_ || cells.size() < cells_.size()) {
    beginResetModel();
    columns_ = columns;
    alignments_ = alignments;
    cells_ = std::move(cells);
    endResetModel();
  } else {
    const int known = static_cast<int>(cells_.size());
    for (int i = 0; i < known; ++i) {
      if (cells_[i] == cells[i]) continue;
      cells_[i] = cells[i];
      emit dataChanged(index(i), index(i), {HtmlRole});
    }
    if (cells.size() > cells_.size()) {
      beginInsertRows({}, known, static_cast<int>(cells.size()) - 1);
      cells_ = std::move(cells);
      endInsertRows();
    }
  }
  emit tableChanged();
}

QString TableCells::text() const { return tableText(table_); }

int TableCells::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(cells_.size());
}

QVariant TableCells::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid) || columns_ == 0) return {};
  const int column = index.row() % columns_;
  switch (role) {
    case HtmlRole: return cells_[index.row()];
    case AlignmentRole: return alignments_.value(column);
    case RowRole: return index.row() / columns_;
    case ColumnRole: return column;
    default: return {};
  }
}

QHash<int, QByteArray> TableCells::roleNames() const {
  return {{HtmlRole, "html"}, {AlignmentRole, "alignment"}, {RowRole, "tableRow"},
          {ColumnRole, "tableColumn"}};
}

}  // namespace gui
