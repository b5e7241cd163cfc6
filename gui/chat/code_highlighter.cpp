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
  Painter(CodeHighlighter* owner, const CodeLanguage* language)
      : QSyntaxHighlighter(owner->document_->textDocument()), owner_(owner), language_(language) {}

  void setLanguage(const CodeLanguage* language) {
    language_ = language;
    rehighlight();
  }

 protected:
  void highlightBlock(const QString& text) override {
    ++owner_->linesColored_;
    if (language_ == nullptr || text.size() > kMaxLine) {
      endBlock(0);
      return;
    }
    const bool first = !currentBlock().previous().isValid();
    const CodeLine line = scanCodeLine(
        *language_, text, first ? owner_->startState_ : std::max(0, previousBlockState()));
    for (const CodeSpan& span : line.spans) {
      QTextCharFormat format;
      format.setForeground(colorOf(span.part, owner_->dark_));
      format.setFontItalic(span.part == CodePart::Comment);
      setFormat(span.start, span.length, format);
    }
    endBlock(line.state);
  }

 private:
  void endBlock(int state) {
    setCurrentBlockState(state);
    if (!currentBlock().next().isValid() && owner_->endState_ != state) {
      owner_->endState_ = state;
      emit owner_->endStateChanged();
    }
  }

  CodeHighlighter* const owner_;
  const CodeLanguage* language_;
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
    painter_ = new Painter(this, language);
  } else {
    static_cast<Painter*>(painter_.data())->setLanguage(language);
  }
}

void CodeHighlighter::setBefore(CodeHighlighter* before) {
  if (before_ == before) {
    return;
  }
  if (before_ != nullptr) {
    before_->disconnect(this);
  }
  before_ = before;
  if (before_ != nullptr) {
    connect(before_, &CodeHighlighter::endStateChanged, this, &CodeHighlighter::startOver);
  }
  startOver();
  emit beforeChanged();
}

// The text above ends in another state: the first lines may be part of a comment now, or no more.
void CodeHighlighter::startOver() {
  const int state = before_ == nullptr ? 0 : before_->endState_;
  if (startState_ == state) {
    return;
  }
  startState_ = state;
  if (!painter_.isNull()) {
    auto* painter = static_cast<Painter*>(painter_.data());
    painter->rehighlightBlock(painter->document()->firstBlock());
  }
}

}  // namespace gui
