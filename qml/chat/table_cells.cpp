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
    placeCells(0);
    endResetModel();
  } else {
    const auto known = static_cast<int>(cells_.size());
    const auto same = std::mismatch(cells_.begin(), cells_.end(), cells.begin()).first;
    const auto first = static_cast<int>(same - cells_.begin());
    if (first < known) {
      std::copy(cells.begin() + first, cells.begin() + known, cells_.begin() + first);
      placeCells(first);
      emit dataChanged(index(first), index(known - 1), {HtmlRole});
    }
    if (known < static_cast<int>(cells.size())) {
      beginInsertRows({}, known, static_cast<int>(cells.size()) - 1);
      cells_ = std::move(cells);
      placeCells(known);
      endInsertRows();
    }
  }
  showSelection();
  emit tableChanged();
}

// From this cell on; while a table streams that is the last one.
void TableCells::placeCells(int first) {
  starts_.resize(static_cast<size_t>(first) + 1);
  for (size_t cell = static_cast<size_t>(first); cell < cells_.size(); ++cell) {
    starts_.push_back(starts_.back() + static_cast<int>(inlineText(cells_[cell]).size()) + 1);
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
