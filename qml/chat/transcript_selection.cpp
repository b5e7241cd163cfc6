// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/transcript_selection.h"

#include <QCursor>
#include <limits>

#include "qml/chat/block_text.h"

namespace gui {

namespace {
constexpr int kToTheEnd = std::numeric_limits<int>::max();
}

void TranscriptSelection::setModel(TranscriptModel* model) {
  if (model == model_) return;
  if (model_) model_->disconnect(this);
  model_ = model;
  clear();
  if (model_) {
    connect(model_, &QAbstractItemModel::modelReset, this, &TranscriptSelection::clear);
    const auto touched = [this](const QModelIndex&, int firstRow) { clearIfTouched(firstRow); };
    connect(model_, &QAbstractItemModel::rowsInserted, this, touched);
    connect(model_, &QAbstractItemModel::rowsAboutToBeRemoved, this, touched);
  }
  emit modelChanged();
}

void TranscriptSelection::begin(int row, int position) {
  setEnds({row, position}, {row, position});
}

void TranscriptSelection::extend(int row, int position) {
  if (anchor_.row < 0) anchor_ = {row, position};
  setEnds(anchor_, {row, position});
}

void TranscriptSelection::select(int row, int from, int to) { setEnds({row, from}, {row, to}); }

void TranscriptSelection::selectAll() {
  if (model_ && model_->count() > 0) setEnds({0, 0}, {model_->count() - 1, kToTheEnd});
}

void TranscriptSelection::clear() { setEnds({}, {}); }

void TranscriptSelection::letMouseThrough(QQuickItem* text) const {
  if (text == nullptr) return;
  text->setAcceptedMouseButtons(Qt::NoButton);
  setPointer(text, false);
}

void TranscriptSelection::setPointer(QQuickItem* text, bool onLink) const {
  if (text != nullptr) text->setCursor(onLink ? Qt::PointingHandCursor : Qt::IBeamCursor);
}

int TranscriptSelection::startIn(int row) const {
  if (!active() || row < first().row || row > last().row) return -1;
  return row == first().row ? first().position : 0;
}

int TranscriptSelection::endIn(int row) const {
  if (startIn(row) < 0) return -1;
  return row == last().row ? last().position : kToTheEnd;
}

QString TranscriptSelection::text() const {
  if (!active() || !model_) return {};
  QString text;
  for (int row = first().row; row <= last().row && row < model_->count(); ++row) {
    const QString part = copiedText(*model_, row, startIn(row), endIn(row));
    if (part.isEmpty()) continue;
    const bool tight = model_->index(row).data(TranscriptModel::TightRole).toBool();
    if (!text.isEmpty()) text += tight ? QStringLiteral("\n") : QStringLiteral("\n\n");
    text += part;
  }
  return text;
}

qint64 TranscriptSelection::lastAnswer() const {
  for (int row = model_ ? model_->count() - 1 : -1; row >= 0; --row) {
    const QModelIndex index = model_->index(row);
    if (index.data(TranscriptModel::AuthorRole).toString() == QLatin1String("assistant")) {
      return index.data(TranscriptModel::MessageIdRole).toLongLong();
    }
  }
  return 0;
}

QString TranscriptSelection::lastCode() const {
  for (int row = model_ ? model_->count() - 1 : -1; row >= 0; --row) {
    const QModelIndex index = model_->index(row);
    if (index.data(TranscriptModel::KindRole).toInt() == TranscriptModel::Code) {
      return index.data(TranscriptModel::TextRole).toString();
    }
  }
  return {};
}

void TranscriptSelection::setEnds(End anchor, End head) {
  if (anchor == anchor_ && head == head_) return;
  anchor_ = anchor;
  head_ = head;
  emit changed();
}

void TranscriptSelection::clearIfTouched(int firstRow) {
  if (anchor_.row >= 0 && firstRow <= last().row) clear();
}

}  // namespace gui
