// SPDX-License-Identifier: Apache-2.0
#include "qml/components/clipboard.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

namespace gui {

QString Clipboard::text() const { return QGuiApplication::clipboard()->text(); }

QString Clipboard::selectedText() const {
  QClipboard* clipboard = QGuiApplication::clipboard();
  return clipboard->supportsSelection() ? clipboard->text(QClipboard::Selection) : QString();
}

QList<QUrl> Clipboard::urls() const {
  const QMimeData* data = QGuiApplication::clipboard()->mimeData();
  return data != nullptr && data->hasUrls() ? data->urls() : QList<QUrl>();
}

bool Clipboard::hasPicture() const {
  const QMimeData* data = QGuiApplication::clipboard()->mimeData();
  return data != nullptr && data->hasImage();
}

void Clipboard::setText(const QString& text) const { QGuiApplication::clipboard()->setText(text); }

void Clipboard::setSelectedText(const QString& text) const {
  QClipboard* clipboard = QGuiApplication::clipboard();
  if (clipboard->supportsSelection() && !text.isEmpty()) {
    clipboard->setText(text, QClipboard::Selection);
  }
}

}  // namespace gui
