// SPDX-License-Identifier: Apache-2.0
// tokenizer.json of Hugging Face, checked and turned into tables.
//
// What is understood: model BPE over the byte alphabet (merges as "a b" or ["a", "b"],
// ignore_merges), normalizer NFC or none, pre_tokenizer Split (a known pattern) then ByteLevel,
// decoder ByteLevel, no post_processor that adds tokens. Anything else that would change ids is
// refused by name. `truncation` and `padding` are per-call settings that transformers resets too,
// and are not looked at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/split_pattern.h"

namespace engine {

struct TokenizerTables {
  bool nfc = false;
  SplitPattern pattern = SplitPattern::Qwen2;
  std::vector<std::string> token_bytes;  // by id; empty for ids that no token has
  std::vector<int32_t> byte_ids;         // [256], -1 for bytes that never occur in UTF-8
  std::vector<Merge> merges;             // none of them ends in an added token
  std::unordered_map<std::string, int32_t> whole_words;  // with ignore_merges: bytes of each piece
  std::vector<AddedToken> added_tokens;                  // in the order of the file
};

constexpr int64_t kMaxTokenizerFileBytes = 128 << 20;

// `where` names the text in errors. Throws Error{InvalidFile, Unsupported} naming the key.
TokenizerTables parse_tokenizer_json(std::string_view json, const std::string& where);

}  // namespace engine
