// SPDX-License-Identifier: Apache-2.0
// The one place that decides what a prompt looks like: role, attached documents, messages.
//
// Layout, the same every turn, so that the prefix cache keeps documents: [system: role prompt] [first user message
// that brought a document: the document, then the text] [answer] [next user message] ... A document is rendered by
// render_document() and by nothing else. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/document.h"
#include "engine/request.h"

namespace engine {

// A message of a conversation before rendering. Documents belong to the user message they were sent with.
struct Turn {
  std::string role;  // "user" or "assistant"
  std::string text;
  std::vector<const Document*> documents;
};

// <document name="report.pdf" pages="12">\n[page 1]\n...\n[page 2]\n...\n</document>
// The marks are plain text (never added tokens); quotes and angle brackets in the name are replaced.
std::string render_document(const Document& document);

// Text of one user message with its documents in front.
std::string render_turn(const Turn& turn);

// A conversation to messages. An empty system prompt yields no system message. Consecutive turns of one role (a
// stopped answer without text, say) are kept as they are.
std::vector<ChatMessage> build_messages(const std::string& system_prompt, const std::vector<Turn>& turns);

}  // namespace engine
