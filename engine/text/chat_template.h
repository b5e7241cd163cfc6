// SPDX-License-Identifier: Apache-2.0
// Messages to the text a chat model was trained on, as segments that keep template and content
// apart.
//
// No template of a file is ever run. The forms written here in C++ give byte for byte what Jinja
// gives for the published template; a model folder's template is recognised by its hash (line ends
// and white space at the ends of lines do not count), and any other one is refused by name. Known:
// the form of Qwen3-Instruct-2507 without tools:
//   <|im_start|>ROLE\nCONTENT<|im_end|>\n ... <|im_start|>assistant\n
// Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/request.h"
#include "engine/text/segment.h"

namespace engine {

class ChatTemplate {
 public:
  // Reads chat_template.jinja of a model folder or, where that is absent, chat_template of
  // tokenizer_config.json. Throws Error{NotFound} when there is none, Error{InvalidFile},
  // Error{Unsupported} for a template not known here.
  static std::unique_ptr<const ChatTemplate> load(const std::string& model_folder);

  // The same for the text of a template; `where` names it in errors.
  static std::unique_ptr<const ChatTemplate> from_text(std::string_view jinja,
                                                       const std::string& where);

  // Throws Error{InvalidArgument} when there are no messages or a role is not system, user or
  // assistant.
  std::vector<Segment> render(const std::vector<ChatMessage>& messages,
                              bool add_generation_prompt = true) const;

  // Added tokens the template writes; a tokenizer without them does not belong to it.
  std::vector<std::string> control_tokens() const { return {"<|im_start|>", "<|im_end|>"}; }

  const std::string& name() const { return name_; }  // "Qwen3-Instruct-2507"

 private:
  explicit ChatTemplate(std::string name) : name_(std::move(name)) {}
  std::string name_;
};

// The segments put together: what the model sees as text.
std::string joined_text(const std::vector<Segment>& segments);

}  // namespace engine
