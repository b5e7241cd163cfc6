// SPDX-License-Identifier: Apache-2.0
// What differs between the kinds of tokenizers: text without added tokens to ids.
//
// Immutable once built; every method may be called from any thread at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/added_tokens.h"

namespace engine {

class TextEncoder {
 public:
  virtual ~TextEncoder() = default;

  // Appends the ids of `text`, valid UTF-8; never the id of an added token. at_start: nothing of
  // the prompt stands before it.
  virtual void encode(std::string_view text, bool at_start, std::vector<int32_t>& ids) const = 0;

  // The text that added tokens marked "normalized" are looked for in.
  virtual std::string normalize(std::string_view text) const = 0;
};

// What a tokenizer's file gives, whatever its kind.
struct TokenizerParts {
  std::unique_ptr<const TextEncoder> encoder;
  std::vector<std::string> token_bytes;  // by id; empty for ids that no token has
  std::vector<AddedToken> added_tokens;  // in the order of the file
  int32_t unknown_id = -1;               // stands for no text, and is left out as special ones are
  bool strips_first_space = false;  // decoded text begins without the space that encoding added
};

}  // namespace engine
