// SPDX-License-Identifier: Apache-2.0
#include "qml/components/progress_ring.h"

#include <QPainter>

namespace gui {

ProgressRing::ProgressRing(QQuickItem* parent) : QQuickPaintedItem(parent) {
  setImplicitSize(18, 18);
  setAntialiasing(true);
  timer_.setInterval(40);
  connect(&timer_, &QTimer::timeout, this, [this] {
    angle_ = (angle_ + 345) % 360;
    update();
  });
  updateTimer();
}

void ProgressRing::setProgress(qreal progress) {
  progress = qMin(progress, 1.0);
  if (progress == progress_) return;
  progress_ = progress;
  emit progressChanged();
  updateTimer();
  update();
}

void ProgressRing::setColor(const QColor& color) {
  if (color == color_) return;
  color_ = color;
  emit colorChanged();
  update();
}

void ProgressRing::setTrackColor(const QColor& color) {
  if (color == trackColor_) return;
  trackColor_ = color;
  emit colorChanged();
  update();
}

void ProgressRing::setStill(bool still) {
  if (still == still_) return;
  still_ = still;
  emit stillChanged();
  updateTimer();
}

void ProgressRing::itemChange(ItemChange change, const ItemChangeData& data) {
  if (change == ItemVisibleHasChanged) updateTimer();
  QQuickPaintedItem::itemChange(change, data);
}

void ProgressRing::updateTimer() {
  if (progress_ < 0 && !still_ && isVisible()) {
    timer_.start();
  } else {
    timer_.stop();
  }
}

void ProgressRing::paint(QPainter* painter) {
  const qreal pen = qMax(1.75, width() / 10);
  const QRectF ring = boundingRect().adjusted(pen, pen, -pen, -pen);
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setPen(QPen(trackColor_, pen));
  painter->drawEllipse(ring);
  painter->setPen(QPen(color_, pen, Qt::SolidLine, Qt::RoundCap));
  // QPainter counts sixteenths of a degree, counter-clockwise from three o'clock.
  if (progress_ < 0) {
    painter->drawArc(ring, angle_ * 16, 90 * 16);
  } else {
    painter->drawArc(ring, 90 * 16, -qRound(progress_ * 360 * 16));
  }
}

}  // namespace gui
