// SPDX-License-Identifier: Apache-2.0
// Token ids to text, one at a time, in whole characters.
//
// A character may be spread over several tokens: its bytes are held back until it is complete. What
// can never become a character is replaced by U+FFFD, once for each maximal broken part, so that
// the pieces put together are byte for byte what Tokenizer::decode gives for all ids at once. One
// object serves one answer; not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace engine {

class Tokenizer;

class Detokenizer {
 public:
  // The tokenizer must outlive this object.
  explicit Detokenizer(const Tokenizer& tokenizer, bool skip_special_tokens = true)
      : tokenizer_(&tokenizer), skip_special_tokens_(skip_special_tokens) {}

  // Text that became complete with this token; often empty. An id the tokenizer does not know adds
  // nothing.
  std::string push(int32_t id);

  // At the end of the answer: U+FFFD when it broke off inside a character, else empty. Ready for
  // another answer after.
  std::string flush();

 private:
  const Tokenizer* tokenizer_;
  bool skip_special_tokens_;
  std::string pending_;   // at most 3 bytes: the valid beginning of a character
  bool at_start_ = true;  // nothing of the answer has come
};

}  // namespace engine
