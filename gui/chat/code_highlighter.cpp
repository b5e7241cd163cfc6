// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/code_highlighter.h"

#include <QColor>
#include <QSyntaxHighlighter>
#include <QTextCharFormat>
#include <QTextDocument>

#include "gui/chat/code_scanner.h"

namespace gui {
namespace {

constexpr qsizetype kMaxLine = 2000;

// At least 4.5:1 against the code grounds #F4F2EE and #141312.
QColor colorOf(CodePart part, bool dark) {
  switch (part) {
    case CodePart::Keyword:
      return dark ? QColor(0xF0, 0x8A, 0x4B) : QColor(0xA8, 0x42, 0x12);
    case CodePart::Type:
      return dark ? QColor(0x7F, 0xB8, 0xE8) : QColor(0x1F, 0x5F, 0x99);
    case CodePart::String:
      return dark ? QColor(0x7C, 0xC9, 0x9A) : QColor(0x2A, 0x70, 0x47);
    case CodePart::Number:
      return dark ? QColor(0xE3, 0xB3, 0x41) : QColor(0x87, 0x5A, 0x00);
    case CodePart::Comment:
      return dark ? QColor(0x94, 0x8D, 0x84) : QColor(0x6B, 0x65, 0x5E);
    case CodePart::Name:
      return dark ? QColor(0xC8, 0xA9, 0xE8) : QColor(0x6B, 0x3F, 0xA0);
    case CodePart::Added:
      return dark ? QColor(0x7C, 0xC9, 0x9A) : QColor(0x2A, 0x70, 0x47);
    case CodePart::Removed:
      return dark ? QColor(0xF2, 0xB8, 0xB5) : QColor(0xB3, 0x26, 0x1E);
  }
  return {};
}

}  // namespace

class CodeHighlighter::Painter : public QSyntaxHighlighter {
 public:
  Painter(QTextDocument* document, const CodeLanguage* language, bool dark)
      : QSyntaxHighlighter(document), language_(language), dark_(dark) {}

  void setStyle(const CodeLanguage* language, bool dark) {
    language_ = language;
    dark_ = dark;
    rehighlight();
  }

 protected:
  void highlightBlock(const QString& text) override {
    if (language_ == nullptr || text.size() > kMaxLine) {
      setCurrentBlockState(0);
      return;
    }
    const CodeLine line = scanCodeLine(*language_, text, std::max(0, previousBlockState()));
    for (const CodeSpan& span : line.spans) {
      QTextCharFormat format;
      format.setForeground(colorOf(span.part, dark_));
      format.setFontItalic(span.part == CodePart::Comment);
      setFormat(span.start, span.length, format);
    }
    setCurrentBlockState(line.state);
  }

 private:
  const CodeLanguage* language_;
  bool dark_;
};

CodeHighlighter::CodeHighlighter(QObject* parent) : QObject(parent) {}
CodeHighlighter::~CodeHighlighter() { delete painter_; }

void CodeHighlighter::setDocument(QQuickTextDocument* document) {
  if (document_ != document) {
    document_ = document;
    delete painter_;
    apply();
    emit documentChanged();
  }
}

void CodeHighlighter::setLanguage(const QString& language) {
  if (language_ != language) {
    language_ = language;
    apply();
    emit languageChanged();
  }
}

void CodeHighlighter::setDark(bool dark) {
  if (dark_ != dark) {
    dark_ = dark;
    apply();
    emit darkChanged();
  }
}

void CodeHighlighter::apply() {
  const CodeLanguage* language = findCodeLanguage(language_);
  if (document_ == nullptr || document_->textDocument() == nullptr) {
    return;
  }
  if (painter_.isNull()) {
    painter_ = new Painter(document_->textDocument(), language, dark_);
  } else {
    static_cast<Painter*>(painter_.data())->setStyle(language, dark_);
  }
}

}  // namespace gui
