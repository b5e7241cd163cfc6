// SPDX-License-Identifier: Apache-2.0
// A text selection that runs over several rows of the transcript.
//
// It holds two ends (row, position); rows on screen ask what part of them is selected, and the text
// is taken from the model, so that rows that are not on screen count too. Cleared when the rows it
// covers change their places.
#pragma once

#include <QtQml/qqmlregistration.h>
#include <QObject>
#include <QPointer>
#include <QQuickItem>

#include "gui/chat/transcript_model.h"

namespace gui {

class TranscriptSelection : public QObject {
  Q_OBJECT
  QML_ELEMENT
  Q_PROPERTY(gui::TranscriptModel* model READ model WRITE setModel NOTIFY modelChanged)
  Q_PROPERTY(bool active READ active NOTIFY changed)

 public:
  using QObject::QObject;

  TranscriptModel* model() const { return model_; }
  void setModel(TranscriptModel* model);
  bool active() const { return anchor_ != head_; }

  // Puts both ends there: the start of a drag.
  Q_INVOKABLE void begin(int row, int position);
  // Moves the free end.
  Q_INVOKABLE void extend(int row, int position);
  Q_INVOKABLE void select(int row, int from, int to);
  Q_INVOKABLE void selectAll();
  Q_INVOKABLE void clear();

  // Lets presses through a row's text to what makes a selection of them: a read-only TextEdit takes
  // each one for its links, and QML has no word against it. A HoverHandler on the text would bring
  // the presses back (Qt 6.4), so the shape of the pointer is set here too.
  Q_INVOKABLE void letMouseThrough(QQuickItem* text) const;
  Q_INVOKABLE void setPointer(QQuickItem* text, bool onLink) const;

  // The selected part of a row: -1 when nothing of it is. The end may lie beyond the text, which
  // means all of it.
  Q_INVOKABLE int startIn(int row) const;
  Q_INVOKABLE int endIn(int row) const;
  // Rows apart by empty lines, items of a tight list by line ends.
  Q_INVOKABLE QString text() const;

  // What is copied without selecting: the last answer (0 when there is none) and the last block of
  // code.
  Q_INVOKABLE qint64 lastAnswer() const;
  Q_INVOKABLE QString lastCode() const;

 signals:
  void modelChanged();
  void changed();

 private:
  struct End {
    int row = -1;
    int position = 0;
    auto operator<=>(const End&) const = default;
  };
  End first() const { return qMin(anchor_, head_); }
  End last() const { return qMax(anchor_, head_); }
  void setEnds(End anchor, End head);
  void clearIfTouched(int firstRow);

  QPointer<TranscriptModel> model_;
  End anchor_;
  End head_;
};

}  // namespace gui
