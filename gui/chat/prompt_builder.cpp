// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/prompt_builder.h"

#include <utility>

#include "engine/prompt.h"

namespace gui {
namespace {

// The answer on the path that follows a user's message; null when there is none or it has no
// sections.
const MessageRow* sectionsBelow(const MessageTree& tree, const QList<qint64>& path, qsizetype at) {
  if (at + 1 >= path.size()) {
    return nullptr;
  }
  const MessageRow& answer = tree.at(path[at + 1]);
  return answer.sections.isEmpty() ? nullptr : &answer;
}

// Section summaries as a document of their own, one page for each.
std::shared_ptr<const engine::Document> sectionDocument(const MessageRow& message,
                                                        const MessageRow& answer) {
  auto document = std::make_shared<engine::Document>();
  QStringList names;
  for (const AttachmentRow& attachment : message.attachments) {
    names.append(attachment.name);
  }
  document->name =
      (names.join(QStringLiteral(", ")) + QStringLiteral(" (section summaries)")).toStdString();
  document->type = "markdown";
  for (const SectionRow& section : answer.sections) {
    QString page = QStringLiteral("pages %1-%2").arg(section.firstPage).arg(section.lastPage);
    if (!section.title.isEmpty()) {
      page += QStringLiteral(": ") + section.title;
    }
    document->pages.push_back((page + u'\n' + section.text).toStdString());
  }
  return document;
}

}  // namespace

engine::ChatRequest buildRequest(const Prompt& prompt) {
  std::vector<engine::Turn> turns;
  turns.reserve(prompt.turns.size());
  for (const PromptTurn& turn : prompt.turns) {
    engine::Turn next;
    next.role = turn.fromUser ? "user" : "assistant";
    next.text = turn.text;
    for (const auto& document : turn.documents) {
      next.documents.push_back(document.get());
    }
    turns.push_back(std::move(next));
  }
  return {engine::build_messages(prompt.systemPrompt, turns), prompt.sampling};
}

std::vector<PromptTurn> promptTurns(const MessageTree& tree, qint64 lastId,
                                    const DocumentLookup& lookup) {
  std::vector<PromptTurn> turns;
  const QList<qint64> path = tree.pathTo(lastId);
  for (qsizetype i = 0; i < path.size(); ++i) {
    const MessageRow& message = tree.at(path[i]);
    PromptTurn turn;
    turn.fromUser = message.author == Author::User;
    turn.text = message.text.toStdString();
    if (!turn.fromUser && turn.text.empty()) {
      continue;
    }
    if (const MessageRow* answer = sectionsBelow(tree, path, i);
        turn.fromUser && answer != nullptr) {
      turn.documents.push_back(sectionDocument(message, *answer));
    } else {
      for (const AttachmentRow& attachment : message.attachments) {
        if (auto document = lookup(attachment)) {
          turn.documents.push_back(std::move(document));
        }
      }
    }
    turns.push_back(std::move(turn));
  }
  return turns;
}

QList<qint64> neededAttachments(const MessageTree& tree, qint64 lastId) {
  QList<qint64> ids;
  const QList<qint64> path = tree.pathTo(lastId);
  for (qsizetype i = 0; i < path.size(); ++i) {
    if (sectionsBelow(tree, path, i) == nullptr) {
      for (const AttachmentRow& attachment : tree.at(path[i]).attachments) {
        ids.append(attachment.id);
      }
    }
  }
  return ids;
}

}  // namespace gui
