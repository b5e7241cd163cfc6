// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/message_tree.h"

#include <algorithm>

namespace gui {

MessageTree::MessageTree(const QList<MessageRow>& messages, qint64 leafId) {
  for (const MessageRow& message : messages) {
    add(message);
  }
  if (messages_.contains(leafId)) {
    leaf_ = leafId;
  }
}

const MessageRow& MessageTree::at(qint64 id) const {
  const auto found = messages_.constFind(id);
  Q_ASSERT(found != messages_.constEnd());
  return *found;
}

MessageRow& MessageTree::at(qint64 id) {
  Q_ASSERT(messages_.contains(id));
  return messages_[id];
}

void MessageTree::add(const MessageRow& message) {
  if (!messages_.contains(message.id)) {
    QList<qint64>& siblings = children_[message.parentId];
    siblings.insert(std::lower_bound(siblings.begin(), siblings.end(), message.id), message.id);
  }
  messages_.insert(message.id, message);
  leaf_ = message.id;
}

QList<qint64> MessageTree::pathTo(qint64 id) const {
  QList<qint64> path;
  // A parent has a smaller id: a broken link cannot lead in a circle.
  for (qint64 at = id; at != 0 && messages_.contains(at);) {
    path.prepend(at);
    const qint64 parent = messages_[at].parentId;
    at = parent < at ? parent : 0;
  }
  return path;
}

QList<qint64> MessageTree::versions(qint64 id) const {
  return messages_.contains(id) ? children_.value(messages_[id].parentId) : QList<qint64>();
}

qint64 MessageTree::newestBelow(qint64 id) const {
  qint64 at = id;
  while (!children_.value(at).isEmpty()) {
    at = children_.value(at).last();
  }
  return at;
}

}  // namespace gui
