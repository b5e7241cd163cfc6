// SPDX-License-Identifier: Apache-2.0
// The messages of one conversation. Siblings, messages below the same one, are versions of one
// another; what is shown is the path from a first message to the leaf. Pure.
#pragma once

#include <QHash>
#include <QList>

#include "gui/store/rows.h"

namespace gui {

class MessageTree {
 public:
  MessageTree() = default;
  MessageTree(const QList<MessageRow>& messages, qint64 leafId);

  bool isEmpty() const { return messages_.isEmpty(); }
  bool contains(qint64 id) const { return messages_.contains(id); }
  // Must exist.
  const MessageRow& at(qint64 id) const;
  MessageRow& at(qint64 id);
  qint64 leaf() const { return leaf_; }

  // Adds a message and makes it the leaf.
  void add(const MessageRow& message);
  void setLeaf(qint64 id) { leaf_ = id; }

  // From the first message to the leaf.
  QList<qint64> path() const { return pathTo(leaf_); }
  QList<qint64> pathTo(qint64 id) const;
  // Versions of a message, oldest first, itself included.
  QList<qint64> versions(qint64 id) const;
  // The newest message below this one, following the newest version each time; itself when there is
  // none.
  qint64 newestBelow(qint64 id) const;

 private:
  QHash<qint64, MessageRow> messages_;
  QHash<qint64, QList<qint64>> children_;  // by parent, 0 for first messages; ascending ids
  qint64 leaf_ = 0;
};

}  // namespace gui
