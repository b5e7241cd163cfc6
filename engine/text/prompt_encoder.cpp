// SPDX-License-Identifier: Apache-2.0
#include "engine/prompt_encoder.h"

#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace engine {
namespace {

std::unique_ptr<const ChatTemplate> load_template(const std::string& folder,
                                                  const Tokenizer& tokenizer) {
  auto chat_template = ChatTemplate::load(folder);
  for (const std::string& token : chat_template->control_tokens())
    if (tokenizer.added_token_id(token) < 0)
      throw Error(ErrorCode::InvalidFile,
                  "the tokenizer of " + printable(folder) + " has no added token " + token +
                      ", which the chat template needs; get the file again");
  return chat_template;
}

}  // namespace

PromptEncoder::PromptEncoder() = default;
PromptEncoder::~PromptEncoder() = default;

std::shared_ptr<const PromptEncoder> PromptEncoder::load(const std::string& model_folder) {
  std::shared_ptr<PromptEncoder> encoder(new PromptEncoder());
  encoder->tokenizer_ = Tokenizer::load_folder(model_folder);
  try {
    encoder->template_ = load_template(model_folder, *encoder->tokenizer_);
  } catch (const Error& problem) {
    encoder->template_problem_ = problem;
  }
  return encoder;
}

void PromptEncoder::require_chat_template() const {
  if (template_problem_) throw Error(*template_problem_);
}

TokenRequest PromptEncoder::encode(const ChatRequest& request) const {
  require_chat_template();
  TokenRequest tokens;
  tokens.prompt_token_ids = tokenizer_->encode(template_->render(request.messages));
  tokens.sampling = request.sampling;
  return tokens;
}

std::vector<int32_t> PromptEncoder::encode_text(std::string_view text, bool added_tokens) const {
  return tokenizer_->encode(text, added_tokens);
}

int PromptEncoder::count_tokens(std::string_view content) const {
  return static_cast<int>(tokenizer_->encode(content, false).size());
}

std::string PromptEncoder::decode(const std::vector<int32_t>& ids, bool skip_special_tokens) const {
  return tokenizer_->decode(ids, skip_special_tokens);
}

}  // namespace engine
