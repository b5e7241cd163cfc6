// SPDX-License-Identifier: Apache-2.0
#include "qml/chat/line_height.h"

#include <QTextBlockFormat>
#include <QTextCursor>
#include <QTextDocument>

namespace gui {

void LineHeight::setDocument(QQuickTextDocument* document) {
  if (document_ == document) return;
  if (document_ != nullptr) document_->textDocument()->disconnect(this);
  document_ = document;
  if (document_ != nullptr) {
    connect(document_->textDocument(), &QTextDocument::contentsChange, this, &LineHeight::apply);
  }
  apply();
  emit documentChanged();
}

void LineHeight::setPixels(int pixels) {
  if (pixels_ == pixels) return;
  pixels_ = pixels;
  apply();
  emit pixelsChanged();
}

void LineHeight::apply() {
  if (document_ == nullptr || pixels_ <= 0 || applying_) return;
  applying_ = true;
  QTextBlockFormat format;
  format.setLineHeight(pixels_, QTextBlockFormat::FixedHeight);
  QTextCursor all(document_->textDocument());
  all.select(QTextCursor::Document);
  all.mergeBlockFormat(format);
  applying_ = false;
}

}  // namespace gui
