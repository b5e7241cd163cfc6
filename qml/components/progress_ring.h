// SPDX-License-Identifier: Apache-2.0
// A ring that fills with progress from 0 to 1; below 0 a quarter of it turns (unless `still`).
#pragma once

#include <QColor>
#include <QQuickPaintedItem>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

namespace gui {

class ProgressRing : public QQuickPaintedItem {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(qreal progress READ progress WRITE setProgress NOTIFY progressChanged)
  Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged)
  Q_PROPERTY(QColor trackColor READ trackColor WRITE setTrackColor NOTIFY colorChanged)
  // Reduced motion: an open end stands still.
  Q_PROPERTY(bool still READ still WRITE setStill NOTIFY stillChanged)

 public:
  explicit ProgressRing(QQuickItem* parent = nullptr);

  qreal progress() const { return progress_; }
  void setProgress(qreal progress);
  QColor color() const { return color_; }
  void setColor(const QColor& color);
  QColor trackColor() const { return trackColor_; }
  void setTrackColor(const QColor& color);
  bool still() const { return still_; }
  void setStill(bool still);

  void paint(QPainter* painter) override;

 signals:
  void progressChanged();
  void colorChanged();
  void stillChanged();

 protected:
  void itemChange(ItemChange change, const ItemChangeData& data) override;

 private:
  void updateTimer();

  qreal progress_ = -1;
  QColor color_ = Qt::black;
  QColor trackColor_ = Qt::lightGray;
  bool still_ = false;
  int angle_ = 90;  // degrees, where the open quarter starts
  QTimer timer_;
};

}  // namespace gui
