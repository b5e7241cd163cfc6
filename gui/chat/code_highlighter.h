// SPDX-License-Identifier: Apache-2.0
// Colours the code of one code row. Put it beside a plain-text TextEdit and hand it the
// textDocument. Unknown languages stay uncoloured. Linear in the length of a line; lines over 2,000
// characters stay uncoloured. Only lines that change are coloured anew.
//
// Code that is shown in several TextEdits has one of these for each: `before` is that of the text
// above, and a comment or string that runs over the border goes on below it.
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
  Q_PROPERTY(gui::CodeHighlighter* before READ before WRITE setBefore NOTIFY beforeChanged)
  // Lines that were coloured so far, those that were coloured again included.
  Q_PROPERTY(int linesColored READ linesColored)

 public:
  explicit CodeHighlighter(QObject* parent = nullptr);
  ~CodeHighlighter() override;

  QQuickTextDocument* document() const { return document_; }
  void setDocument(QQuickTextDocument* document);
  QString language() const { return language_; }
  void setLanguage(const QString& language);
  bool dark() const { return dark_; }
  void setDark(bool dark);
  CodeHighlighter* before() const { return before_; }
  void setBefore(CodeHighlighter* before);
  int linesColored() const { return linesColored_; }

 signals:
  void documentChanged();
  void languageChanged();
  void darkChanged();
  void beforeChanged();
  void endStateChanged();

 private:
  class Painter;
  void apply();
  void startOver();

  QPointer<QQuickTextDocument> document_;
  QString language_;
  bool dark_ = false;
  QPointer<CodeHighlighter> before_;
  int startState_ = 0;  // of CodeScanner, as the text above ends
  int endState_ = 0;
  int linesColored_ = 0;
  QPointer<QObject> painter_;  // a Painter; the text document owns it and may go first
};

}  // namespace gui
