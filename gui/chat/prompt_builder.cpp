// SPDX-License-Identifier: Apache-2.0
#include "gui/chat/prompt_builder.h"

#include <utility>

#include "engine/prompt.h"
#include "engine/summary.h"

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

std::string sectionSummaries(const MessageRow& message, const MessageRow& answer) {
  QStringList names;
  for (const AttachmentRow& attachment : message.attachments) {
    names.append(attachment.name);
  }
  std::vector<engine::SectionSummary> sections;
  for (const SectionRow& section : answer.sections) {
    sections.push_back({section.title.toStdString(), section.firstPage, section.lastPage,
                        section.text.toStdString()});
  }
  // Pages of several documents are no one sequence.
  const int pages = message.attachments.size() == 1 ? message.attachments.first().numPages : 0;
  return engine::render_section_summaries(names.join(QStringLiteral(", ")).toStdString(), pages,
                                          sections);
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
      turn.text = sectionSummaries(message, *answer) + turn.text;
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
