// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/transcript_find.h"

#include <algorithm>

#include "qml/chat/block_text.h"
#include "qml/chat/inline_html.h"

namespace gui {

void TranscriptFind::setModel(TranscriptModel* model) {
  if (model == model_) return;
  if (model_) model_->disconnect(this);
  model_ = model;
  if (model_) {
    const auto changed = [this] { stale_ = true; };
    connect(model_, &QAbstractItemModel::modelReset, this, changed);
    connect(model_, &QAbstractItemModel::rowsInserted, this, changed);
    connect(model_, &QAbstractItemModel::rowsRemoved, this, changed);
    connect(model_, &QAbstractItemModel::dataChanged, this, changed);
  }
  findAll();
  emit modelChanged();
}

void TranscriptFind::setText(const QString& text) {
  if (text == text_) return;
  text_ = text;
  findAll();
  current_ = count() - 1;
  emit textChanged();
  emit currentChanged();
}

void TranscriptFind::findAll() {
  matches_.clear();
  stale_ = false;
  current_ = -1;
  if (model_ && !text_.isEmpty()) {
    for (int row = 0; row < model_->count(); ++row) findIn(row);
  }
  emit matchesChanged();
  emit currentChanged();
}

void TranscriptFind::findIn(int row) {
  const QModelIndex index = model_->index(row);
  const QString html = index.data(TranscriptModel::HtmlRole).toString();
  // Building a QTextDocument for each row costs 100 times more.
  if (!html.isEmpty() && !inlineText(html).contains(text_, Qt::CaseInsensitive)) return;
  const QString shown = shownText(*model_, row);
  for (qsizetype at = shown.indexOf(text_, 0, Qt::CaseInsensitive); at >= 0;
       at = shown.indexOf(text_, at + text_.size(), Qt::CaseInsensitive)) {
    matches_.push_back({row, static_cast<int>(at)});
  }
}

void TranscriptFind::startAt(int row) {
  const auto found = std::find_if(matches_.begin(), matches_.end(),
                                  [row](const Match& match) { return match.row >= row; });
  current_ = found == matches_.end() ? -1 : static_cast<int>(found - matches_.begin());
  emit currentChanged();
}

void TranscriptFind::step(int delta) {
  if (stale_) {
    const int before = current_;
    findAll();
    current_ = qMin(before, count() - 1);
  }
  if (count() == 0) return;
  current_ = (current_ + delta + count()) % count();
  emit currentChanged();
}

}  // namespace gui
