// SPDX-License-Identifier: Apache-2.0
// Colours the code of one code row. Put it beside a plain-text TextEdit and hand it the
// textDocument. Unknown languages stay uncoloured. Linear in the length of a line; lines over 2,000
// characters stay uncoloured.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QPointer>
#include <QQuickTextDocument>

namespace gui {

class CodeHighlighter : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(QQuickTextDocument* document READ document WRITE setDocument NOTIFY documentChanged)
  Q_PROPERTY(QString language READ language WRITE setLanguage NOTIFY languageChanged)
  Q_PROPERTY(bool dark READ dark WRITE setDark NOTIFY darkChanged)

 public:
  explicit CodeHighlighter(QObject* parent = nullptr);
  ~CodeHighlighter() override;

  QQuickTextDocument* document() const { return document_; }
  void setDocument(QQuickTextDocument* document);
  QString language() const { return language_; }
  void setLanguage(const QString& language);
  bool dark() const { return dark_; }
  void setDark(bool dark);

 signals:
  void documentChanged();
  void languageChanged();
  void darkChanged();

 private:
  class Painter;
  void apply();

  QPointer<QQuickTextDocument> document_;
  QString language_;
  bool dark_ = false;
  QPointer<QObject> painter_;  // a Painter; the text document owns it and may go first
};

}  // namespace gui
