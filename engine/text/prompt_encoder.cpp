// SPDX-License-Identifier: Apache-2.0
#include "engine/prompt_encoder.h"

#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"

namespace engine {

PromptEncoder::PromptEncoder() = default;
PromptEncoder::~PromptEncoder() = default;

std::shared_ptr<const PromptEncoder> PromptEncoder::load(const std::string& model_folder) {
  // The template first: it is read in no time, and a model that is refused for it need not be
  // waited for.
  std::shared_ptr<PromptEncoder> encoder(new PromptEncoder());
  encoder->template_ = ChatTemplate::load(model_folder);
  encoder->tokenizer_ = Tokenizer::load(model_folder + "/tokenizer.json");
  for (const std::string& token : encoder->template_->control_tokens())
    if (encoder->tokenizer_->added_token_id(token) < 0)
      throw Error(ErrorCode::InvalidFile,
                  printable(model_folder) + "/tokenizer.json has no added token " + token +
                      ", which the chat template needs; get the file again");
  return encoder;
}

TokenRequest PromptEncoder::encode(const ChatRequest& request) const {
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
