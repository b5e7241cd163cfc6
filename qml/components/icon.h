// SPDX-License-Identifier: Apache-2.0
// One of our line icons in one colour, or the sign of the application ("fireside") in its own. Drawn with QPainter, so it
// looks the same in the software renderer, which draws no shader effects and never frees the texture of the last Image
// (Qt 6.4). `name` is a file of resources/icons without ".svg"; an unknown name shows "document".
#pragma once

#include <QColor>
#include <QQuickPaintedItem>
#include <QtQml/qqmlregistration.h>

namespace gui {

class Icon : public QQuickPaintedItem {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged)
  Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged)

 public:
  explicit Icon(QQuickItem* parent = nullptr);

  QString name() const { return name_; }
  void setName(const QString& name);
  QColor color() const { return color_; }
  void setColor(const QColor& color);

  void paint(QPainter* painter) override;

 signals:
  void nameChanged();
  void colorChanged();

 private:
  QString name_;
  QColor color_ = Qt::black;
};

}  // namespace gui
