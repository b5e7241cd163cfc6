// SPDX-License-Identifier: Apache-2.0
// What QML may know of the clipboard: reading it before a paste, and setting the X11 selection. Copying goes through
// App::copyToClipboard. GUI thread.
#pragma once

#include <QList>
#include <QObject>
#include <QUrl>
#include <QtQml/qqmlregistration.h>

namespace gui {

class Clipboard : public QObject {
  Q_OBJECT
  QML_ELEMENT

 public:
  using QObject::QObject;

  Q_INVOKABLE QString text() const;
  // Text of the X11 middle-button selection, empty where there is none.
  Q_INVOKABLE QString selectedText() const;
  // Files copied in a file manager.
  Q_INVOKABLE bool hasFiles() const { return !urls().isEmpty(); }
  Q_INVOKABLE QList<QUrl> urls() const;
  Q_INVOKABLE bool hasPicture() const;
  // Plain text to the clipboard, as it stands.
  Q_INVOKABLE void setText(const QString& text) const;
  // Plain text to the X11 middle-button selection, where the platform has one.
  Q_INVOKABLE void setSelectedText(const QString& text) const;
};

}  // namespace gui
