// SPDX-License-Identifier: Apache-2.0
#include "engine/text/detokenizer.h"

#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

namespace engine {

std::string Detokenizer::push(int32_t id) {
  if (skip_special_tokens_ && tokenizer_->is_special(id)) return {};
  std::string_view piece = tokenizer_->token_bytes(id);
  const bool strip = at_start_ && piece.starts_with(' ') && tokenizer_->strips_first_space();
  at_start_ = at_start_ && piece.empty();
  if (strip) piece.remove_prefix(1);
  pending_ += piece;
  std::string text;
  const size_t held_back = append_lossy(pending_, text);
  pending_.erase(0, pending_.size() - held_back);
  return text;
}

std::string Detokenizer::flush() {
  at_start_ = true;
  if (pending_.empty()) return {};
  pending_.clear();
  return "\xef\xbf\xbd";  // U+FFFD
}

}  // namespace engine
