// SPDX-License-Identifier: Apache-2.0
// From a conversation to a request, through engine/prompt.h alone. Values that may travel to a pool
// thread. Pure.
#pragma once

#include <QList>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/request.h"
#include "gui/chat/message_tree.h"

namespace gui {

struct PromptTurn {
  bool fromUser = true;
  std::string text;
  std::vector<std::shared_ptr<const engine::Document>> documents;
};

struct Prompt {
  std::string systemPrompt;
  std::vector<PromptTurn> turns;
  engine::SamplingParams sampling;
};

engine::ChatRequest buildRequest(const Prompt& prompt);

using DocumentLookup = std::function<std::shared_ptr<const engine::Document>(const AttachmentRow&)>;

// The path that ends with message `lastId` (0: an empty one). Answers without text are left out. A
// document that was summarised section by section, because it does not fit the context, is
// represented by its section summaries.
std::vector<PromptTurn> promptTurns(const MessageTree& tree, qint64 lastId,
                                    const DocumentLookup& lookup);

// Attachments whose text promptTurns() asks for.
QList<qint64> neededAttachments(const MessageTree& tree, qint64 lastId);

}  // namespace gui
