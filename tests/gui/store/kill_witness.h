// SPDX-License-Identifier: Apache-2.0
// What a `store_child stream` said before it was killed, and how much of its answer is gone.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>
#include <algorithm>
#include <utility>

#include "tests/gui/store/child_text.h"

namespace gui {

// Lengths in characters, moments in milliseconds of the child's own clock.
class KillWitness {
 public:
  struct Answer {
    qint64 conversation = 0;
    qint64 question = 0;
    bool done = false;  // the store confirmed the whole answer
    int produced = 0;
    int confirmed = 0;                   // the store said that so much is on disk
    qint64 lastSign = 0;                 // of life
    QList<std::pair<int, qint64>> owed;  // given to the store, not confirmed: so much, since when

    // What is gone when `kept` characters are left, as the time that the stream took to bring them.
    // A child that the machine holds up produces nothing meanwhile: it loses no more for it.
    int lostMs(int kept) const { return std::max(produced - kept, 0) / kPieceLength * kPieceMs; }
    // How long the store had owed a confirmation at the end.
    int owedMs() const {
      return owed.isEmpty() ? 0 : static_cast<int>(lastSign - owed.first().second);
    }
  };

  // Whole output of one child.
  explicit KillWitness(const QByteArray& output) {
    for (const QByteArray& line : output.split('\n')) {
      const QList<QByteArray> words = line.split(' ');
      if (words[0] == "sent" && words.size() == 4) {
        Answer& answer = answers_[words[3].toLongLong()];
        answer.conversation = words[1].toLongLong();
        answer.question = words[2].toLongLong();
      } else if (words.size() == 4) {
        hear(words[0], words[2].toInt(), words[3].toLongLong(), &answers_[words[1].toLongLong()]);
      }
    }
  }

  const QHash<qint64, Answer>& answers() const { return answers_; }

 private:
  static void hear(const QByteArray& what, int length, qint64 moment, Answer* answer) {
    answer->lastSign = moment;
    if (what == "text") answer->produced = length;
    if (what == "given") answer->owed.append({length, moment});
    if (what == "kept" || what == "done") {
      answer->confirmed = length;
      answer->done = what == "done";
      while (!answer->owed.isEmpty() && answer->owed.first().first <= length)
        answer->owed.removeFirst();
    }
  }

  QHash<qint64, Answer> answers_;
};

}  // namespace gui
