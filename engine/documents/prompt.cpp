// SPDX-License-Identifier: Apache-2.0
#include "engine/prompt.h"

#include "engine/documents/render.h"

namespace engine {

std::string safe_document_name(const std::string& name) {
  std::string out;
  out.reserve(name.size());
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"') {
      out += '\'';
    } else if (c == '<') {
      out += '(';
    } else if (c == '>') {
      out += ')';
    } else {
      out += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
  }
  return out.empty() ? "document" : out;
}

std::string page_mark(int page) { return "[page " + std::to_string(page) + "]\n"; }

std::string document_open_mark(const Document& document) {
  return "<document name=\"" + safe_document_name(document.name) + "\" pages=\"" +
         std::to_string(document.pages.size()) + "\">\n";
}

void append_page(std::string& out, int page, std::string_view text) {
  out += page_mark(page);
  out += text;
  if (!text.empty() && text.back() != '\n') out += '\n';
}

std::string render_document(const Document& document) {
  std::string out = document_open_mark(document);
  size_t bytes = out.size() + sizeof(kDocumentCloseMark);
  for (const std::string& page : document.pages) bytes += page.size() + 20;
  out.reserve(bytes);
  for (size_t i = 0; i < document.pages.size(); ++i)
    append_page(out, static_cast<int>(i) + 1, document.pages[i]);
  out += kDocumentCloseMark;
  return out;
}

std::string render_turn(const Turn& turn) {
  std::string out;
  for (const Document* document : turn.documents) {
    out += render_document(*document);
    out += "\n\n";
  }
  out += turn.text;
  return out;
}

std::vector<ChatMessage> build_messages(const std::string& system_prompt,
                                        const std::vector<Turn>& turns) {
  std::vector<ChatMessage> messages;
  messages.reserve(turns.size() + 1);
  if (!system_prompt.empty()) messages.push_back({"system", system_prompt});
  for (const Turn& turn : turns) messages.push_back({turn.role, render_turn(turn)});
  return messages;
}

}  // namespace engine
