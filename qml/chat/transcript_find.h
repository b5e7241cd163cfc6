// SPDX-License-Identifier: Apache-2.0
// "Find in this conversation": every place where a text occurs in the rows of a transcript, upper
// and lower case alike. Looks again when the transcript has changed since. GUI thread; linear in
// the text of the conversation.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QPointer>
#include <vector>

#include "gui/chat/transcript_model.h"

namespace gui {

class TranscriptFind : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(gui::TranscriptModel* model READ model WRITE setModel NOTIFY modelChanged)
  Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged)
  Q_PROPERTY(int count READ count NOTIFY matchesChanged)
  // The match shown now: its number from 1 (0: none), its row and its place in shownText().
  Q_PROPERTY(int current READ current NOTIFY currentChanged)
  Q_PROPERTY(int row READ row NOTIFY currentChanged)
  Q_PROPERTY(int start READ start NOTIFY currentChanged)
  Q_PROPERTY(int length READ length NOTIFY currentChanged)

 public:
  using QObject::QObject;

  TranscriptModel* model() const { return model_; }
  void setModel(TranscriptModel* model);
  QString text() const { return text_; }
  // Goes to the last match, as reading ends at the bottom.
  void setText(const QString& text);
  int count() const { return static_cast<int>(matches_.size()); }
  int current() const { return current_ + 1; }
  int row() const { return current_ < 0 ? -1 : matches_[current_].row; }
  int start() const { return current_ < 0 ? -1 : matches_[current_].start; }
  int length() const { return static_cast<int>(text_.size()); }

  // Both wrap around at the ends.
  Q_INVOKABLE void next() { step(1); }
  Q_INVOKABLE void previous() { step(-1); }
  // Goes to the first match in this row or below it; to none when there is none.
  Q_INVOKABLE void startAt(int row);

 signals:
  void modelChanged();
  void textChanged();
  void matchesChanged();
  void currentChanged();

 private:
  struct Match {
    int row;
    int start;
  };
  void findAll();
  void findIn(int row);
  void step(int delta);

  QPointer<TranscriptModel> model_;
  QString text_;
  std::vector<Match> matches_;
  int current_ = -1;
  bool stale_ = false;
};

}  // namespace gui
