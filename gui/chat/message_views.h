// SPDX-License-Identifier: Apache-2.0
// From stored messages to what the transcript shows: names, icons and figures in words. GUI thread.
#pragma once

#include <QList>

#include "gui/chat/message_tree.h"
#include "gui/chat/message_view.h"

namespace gui {

class RoleListModel;

// `id` must be on the tree's path.
MessageView messageView(const MessageTree& tree, const RoleListModel& roles, qint64 id);
// The whole path.
QList<MessageView> messageViews(const MessageTree& tree, const RoleListModel& roles);

// A question that is the request behind the button Summarise, in either language.
bool asksForSummary(const QString& text);

// "412 tok/s", "first token 0.08 s", "31,204 reused, 112 computed", the most important first; empty
// when nothing was generated.
QStringList answerFigures(const AnswerResult& result);

}  // namespace gui
