// SPDX-License-Identifier: Apache-2.0
// The height of the lines of a plain TextEdit, which has no word for it. GUI thread; linear in the
// text, each time that it changes.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QPointer>
#include <QQuickTextDocument>

namespace gui {

class LineHeight : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QQuickTextDocument* document READ document WRITE setDocument NOTIFY documentChanged)
  Q_PROPERTY(int pixels READ pixels WRITE setPixels NOTIFY pixelsChanged)

 public:
  using QObject::QObject;

  QQuickTextDocument* document() const { return document_; }
  void setDocument(QQuickTextDocument* document);
  int pixels() const { return pixels_; }
  void setPixels(int pixels);

 signals:
  void documentChanged();
  void pixelsChanged();

 private:
  void apply();

  QPointer<QQuickTextDocument> document_;
  int pixels_ = 0;
  bool applying_ = false;  // a change of the form is a change of the document
};

}  // namespace gui
