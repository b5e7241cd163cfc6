// SPDX-License-Identifier: Apache-2.0
// ChatSession: other versions of a question or an answer.
#include <utility>

#include "gui/chat/backend.h"
#include "gui/chat/chat_session.h"
#include "gui/chat/error_text.h"
#include "gui/chat/message_views.h"
#include "gui/chat/task.h"
#include "gui/store/store.h"

namespace gui {

void ChatSession::selectVersion(qint64 messageId, int delta) {
  const QList<qint64> versions = tree_.versions(messageId);
  const qsizetype next = versions.indexOf(messageId) + delta;
  if (busy() || delta == 0 || !tree_.contains(messageId) || next < 0 || next >= versions.size()) {
    return;
  }
  tree_.setLeaf(tree_.newestBelow(versions[next]));
  services_.store->setLeaf(conversationId_, tree_.leaf())
      .onFailed(this, [this](const StoreError& error) { setError(error.message()); });
  transcript_.truncateAfter(tree_.at(messageId).parentId);
  bool below = false;
  for (const qint64 id : tree_.path()) {
    below = below || id == versions[next];
    if (below) {
      transcript_.append(view(id));
    }
  }
  updateMeter();
}

// Goes on when the question, after what came before it, leaves room for an answer; else says why
// not, before anything is stored. Without a model's counts the engine has the last word.
void ChatSession::whenItFits(const MessageRow& question, Task task, std::function<void()> next) {
  setError({});
  stopRequested_ = false;
  setStatus(Preparing);
  setProgress(-1, {});
  if (task == Task::Summary) {  // finds its room, section by section
    next();
    return;
  }
  QList<qint64> needed = neededAttachments(tree_, question.parentId);
  for (const AttachmentRow& attachment : question.attachments) {
    needed.append(attachment.id);
  }
  const auto count = [this, question, next = std::move(next)] {
    const auto counter = services_.backend->state().counter;
    if (counter == nullptr) {
      next();
      return;
    }
    Prompt prompt = promptFor(question.parentId);
    PromptTurn asked{true, question.text.toStdString(), {}};
    for (const AttachmentRow& attachment : question.attachments) {
      asked.documents.push_back(shelf_.get(attachment.id));
    }
    prompt.turns.push_back(std::move(asked));
    runTask(
        services_.pool, this,
        [counter, prompt] { return counter->countPrompt(buildRequest(prompt)); },
        [this, next](int tokens) {
          const QString problem = meter_.tooLongText(tokens);
          if (stopRequested_ || !problem.isEmpty()) {
            refuse(stopRequested_ ? QString() : problem);
          } else {
            next();
          }
        },
        [this](const engine::Error& error) { refuse(errorText(error)); });
  };
  shelf_.fetch(needed, count, [this](const QString& reason) { refuse(reason); });
}

void ChatSession::regenerate(qint64 messageId) {
  if (!tree_.contains(messageId) || !mayAnswer()) {
    return;
  }
  const MessageRow& message = tree_.at(messageId);
  const qint64 userId = message.author == Author::User ? messageId : message.parentId;
  if (userId == 0) {
    return;
  }
  const MessageRow question = tree_.at(userId);
  // The question says it; an answer that ended early may have no sections yet.
  const bool summary = asksForSummary(question.text) || !message.sections.isEmpty();
  const Task task = summary ? Task::Summary : Task::Answer;
  const auto stored = [this, userId, task](qint64 answerId) {
    transcript_.truncateAfter(userId);
    tree_.add(answerRow(answerId, userId));
    beginAnswer(answerId, task);
  };
  whenItFits(question, task, [this, userId, stored] {
    services_.store->appendAnswer(userId, newAnswer())
        .then(this, stored)
        .onFailed(this, [this](const StoreError& error) { refuse(error.message()); });
  });
}

bool ChatSession::editMessage(qint64 messageId, const QString& text) {
  if (!tree_.contains(messageId) || tree_.at(messageId).author != Author::User || !mayAnswer()) {
    return false;
  }
  MessageRow user = tree_.at(messageId);
  user.text = withoutBlankEnds(text);
  user.roleId = roleId();
  user.roleName = roleName();
  if (user.text.isEmpty() && user.attachments.isEmpty()) {
    return false;
  }
  const Task task = asksForSummary(user.text) ? Task::Summary : Task::Answer;
  const auto stored = [this, messageId, user, task](const Exchange& exchange) {
    emit edited(messageId);
    transcript_.truncateAfter(user.parentId);
    tree_.setLeaf(user.parentId);
    MessageRow version = user;
    version.id = exchange.userMessageId;
    tree_.add(version);
    transcript_.append(view(version.id));
    tree_.add(answerRow(exchange.answerId, version.id));
    beginAnswer(exchange.answerId, task);
  };
  whenItFits(user, task, [this, user, stored] {
    const NewMessage message{user.text, user.roleId, user.roleName, user.attachments};
    services_.store->appendExchange(conversationId_, user.parentId, message, newAnswer(), false)
        .then(this, stored)
        .onFailed(this, [this](const StoreError& error) { refuse(error.message()); });
  });
  return true;
}

void ChatSession::retry() {
  setError({});
  if (!tree_.isEmpty() && tree_.contains(tree_.leaf())) {
    regenerate(tree_.leaf());
  }
}

}  // namespace gui
