// SPDX-License-Identifier: Apache-2.0
#include "engine/text/detokenizer.h"

#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

namespace engine {

std::string Detokenizer::push(int32_t id) {
  if (skip_special_tokens_ && tokenizer_->is_special(id)) return {};
  pending_ += tokenizer_->token_bytes(id);
  std::string text;
  const size_t held_back = append_lossy(pending_, text);
  pending_.erase(0, pending_.size() - held_back);
  return text;
}

std::string Detokenizer::flush() {
  if (pending_.empty()) return {};
  pending_.clear();
  return "\xef\xbf\xbd";  // U+FFFD
}

}  // namespace engine
