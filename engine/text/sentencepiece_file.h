// SPDX-License-Identifier: Apache-2.0
// tokenizer.model of SentencePiece (a protobuf ModelProto), checked before any library sees it.
//
// Read here with a small reader of the wire format (protobuf.dev/programming-guides/encoding), so
// that sizes, kinds, UTF-8 and duplicates are checked once and the library gets a message that was
// written anew from the result. What is understood: model BPE, no normalisation (an empty
// precompiled_charsmap, which is "identity"), spaces written as U+2581 and kept. Anything else that
// would change ids is refused by name. Unknown fields do not matter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct SentencePieceModel {
  enum class Kind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

  struct Piece {
    std::string text;  // UTF-8, not empty, no two the same; a space is U+2581
    float score = 0;   // finite
    Kind kind = Kind::Normal;
  };

  std::vector<Piece> pieces;     // by id; exactly one is Unknown
  bool byte_fallback = false;    // then there is a Byte piece "<0xNN>" for each byte
  bool add_dummy_prefix = true;  // a space in front of the text
};

constexpr int64_t kMaxSentencePieceFileBytes = 64 << 20;

// `where` names the bytes in errors. Throws Error{InvalidFile, Unsupported}.
SentencePieceModel parse_sentencepiece_model(std::string_view bytes, const std::string& where);

// The message the library reads: pieces, model type, byte fallback, the dummy prefix as asked for.
// User-defined pieces become control pieces, which the library never yields for any text.
std::string write_sentencepiece_model(const SentencePieceModel& model, bool add_dummy_prefix);

}  // namespace engine
