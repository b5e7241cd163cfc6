// SPDX-License-Identifier: Apache-2.0
#include "qml/components/icon.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace gui {

namespace {

QByteArray svgOf(const QString& name, const QColor& color) {
  // Names come from role files and databases too: only letters, digits and dashes ever make a path.
  const bool plain = std::all_of(name.begin(), name.end(), [](QChar c) {
    return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-';
  });
  QFile file(QStringLiteral(":/icons/%1.svg").arg(plain ? name : QStringLiteral("document")));
  if (!file.open(QIODevice::ReadOnly)) {
    file.setFileName(QStringLiteral(":/icons/document.svg"));
    if (!file.open(QIODevice::ReadOnly)) return {};
  }
  return file.readAll().replace("currentColor", color.name(QColor::HexRgb).toLatin1());
}

}  // namespace

Icon::Icon(QQuickItem* parent) : QQuickPaintedItem(parent) {
  setImplicitSize(18, 18);
  setAntialiasing(true);
}

void Icon::setName(const QString& name) {
  if (name == name_) return;
  name_ = name;
  emit nameChanged();
  update();
}

void Icon::setColor(const QColor& color) {
  if (color == color_) return;
  color_ = color;
  emit colorChanged();
  update();
}

void Icon::paint(QPainter* painter) {
  if (name_.isEmpty()) return;
  QSvgRenderer renderer(svgOf(name_, color_));
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setOpacity(color_.alphaF());
  const qreal side = qMin(width(), height());
  renderer.render(painter, QRectF((width() - side) / 2, (height() - side) / 2, side, side));
}

}  // namespace gui
