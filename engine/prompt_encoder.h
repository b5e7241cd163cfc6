// SPDX-License-Identifier: Apache-2.0
// Messages to tokens: the chat template and the tokenizer of one model, together.
//
// Immutable after load; every method may be called from any thread at once. The template's own text
// may yield added tokens (<|im_start|>), content never does. Byte-identical to the published
// template, token-identical to Hugging Face on ordinary text.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "engine/request.h"

namespace engine {

class Tokenizer;
class ChatTemplate;

class PromptEncoder {
 public:
  // Reads the tokenizer (tokenizer.json, or tokenizer.model) and the chat template
  // (chat_template.jinja or tokenizer_config.json) of a model folder. Throws Error{NotFound,
  // InvalidFile, Unsupported} for the tokenizer. A template that is absent, broken or not known
  // here is no error yet: text and token ids do without it.
  static std::shared_ptr<const PromptEncoder> load(const std::string& model_folder);
  ~PromptEncoder();

  // Throws what was found wrong with the chat template: Error{NotFound, InvalidFile, Unsupported}
  // naming file and template. Programs that will chat ask right after loading.
  void require_chat_template() const;

  // Template plus tokens, generation prompt added. Throws as require_chat_template() does, and
  // Error{InvalidArgument} for an unknown role, no messages or text that is not UTF-8.
  TokenRequest encode(const ChatRequest& request) const;

  // Prompt text encoded as it is, without template; added tokens recognised only when asked for.
  std::vector<int32_t> encode_text(std::string_view text, bool added_tokens = false) const;

  // Tokens that this content adds to a prompt (exact but for a merge across its two ends).
  int count_tokens(std::string_view content) const;

  // Whole text of the ids; broken UTF-8 becomes U+FFFD, as Hugging Face's decode does.
  std::string decode(const std::vector<int32_t>& ids, bool skip_special_tokens = false) const;

  const Tokenizer& tokenizer() const { return *tokenizer_; }

 private:
  PromptEncoder();
  std::unique_ptr<const Tokenizer> tokenizer_;
  std::unique_ptr<const ChatTemplate> template_;  // null: template_problem_ says why
  std::optional<Error> template_problem_;
};

}  // namespace engine
