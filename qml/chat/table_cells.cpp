// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/table_cells.h"

#include <algorithm>

#include "qml/chat/block_text.h"
#include "qml/chat/inline_html.h"

namespace gui {

void TableCells::setTable(const QVariantMap& table) {
  const QVariantList header = table.value(QStringLiteral("header")).toList();
  const QStringList alignments = table.value(QStringLiteral("alignments")).toStringList();
  const int columns = static_cast<int>(header.size());
  std::vector<QString> cells = tableCells(table);

  table_ = table;
  if (columns != columns_ || alignments != alignments_ || cells.size() < cells_.size()) {
    beginResetModel();
    columns_ = columns;
    alignments_ = alignments;
    cells_ = std::move(cells);
    placeCells();
    endResetModel();
  } else {
    const int known = static_cast<int>(cells_.size());
    for (int i = 0; i < known; ++i) {
      if (cells_[i] == cells[i]) continue;
      cells_[i] = cells[i];
      placeCells();
      emit dataChanged(index(i), index(i), {HtmlRole});
    }
    if (cells.size() > cells_.size()) {
      beginInsertRows({}, known, static_cast<int>(cells.size()) - 1);
      cells_ = std::move(cells);
      placeCells();
      endInsertRows();
    }
  }
  showSelection();
  emit tableChanged();
}

void TableCells::placeCells() {
  starts_.assign(1, 0);
  for (const QString& cell : cells_) {
    starts_.push_back(starts_.back() + static_cast<int>(inlineText(cell).size()) + 1);
  }
}

void TableCells::setSelection(TranscriptSelection* selection) {
  if (selection == selection_) return;
  if (selection_) selection_->disconnect(this);
  selection_ = selection;
  if (selection_)
    connect(selection_, &TranscriptSelection::changed, this, &TableCells::showSelection);
  showSelection();
  emit selectionChanged();
}

void TableCells::setRow(int row) {
  if (row == row_) return;
  row_ = row;
  showSelection();
  emit rowChanged();
}

void TableCells::setMarkColor(const QColor& color) {
  if (color == markColor_) return;
  markColor_ = color;
  if (from_ < to_) emit dataChanged(index(0), index(rowCount() - 1), {HtmlRole});
  emit markColorChanged();
}

void TableCells::showSelection() {
  const int start = selection_ ? selection_->startIn(row_) : -1;
  const int end = start < 0 ? -1 : selection_->endIn(row_);
  const int length = starts_.empty() ? 0 : starts_.back() - 1;
  const bool part = start >= 0 && start < end && end <= length;
  const int from = part ? start : 0, to = part ? end : 0;
  if (from != from_ || to != to_) {
    from_ = from;
    to_ = to;
    if (!cells_.empty()) emit dataChanged(index(0), index(rowCount() - 1), {HtmlRole});
  }
  const bool selected = start >= 0 && !part;
  if (selected != selected_) {
    selected_ = selected;
    emit selectedChanged();
  }
}

int TableCells::cellAt(int position) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), position);
  return std::clamp(static_cast<int>(next - starts_.begin()) - 1, 0, rowCount() - 1);
}

QString TableCells::text() const { return tableText(table_); }

int TableCells::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(cells_.size());
}

QVariant TableCells::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid) || columns_ == 0) return {};
  const int column = index.row() % columns_;
  switch (role) {
    case HtmlRole: {
      const QString& html = cells_[index.row()];
      const int start = starts_[index.row()];
      const bool marked = from_ < starts_[index.row() + 1] - 1 && to_ > start;
      return marked ? withMark(html, from_ - start, to_ - start, markColor_) : html;
    }
    case AlignmentRole:
      return alignments_.value(column);
    case RowRole:
      return index.row() / columns_;
    case ColumnRole:
      return column;
    default:
      return {};
  }
}

QHash<int, QByteArray> TableCells::roleNames() const {
  return {{HtmlRole, "html"},
          {AlignmentRole, "alignment"},
          {RowRole, "tableRow"},
          {ColumnRole, "tableColumn"}};
}

}  // namespace gui
