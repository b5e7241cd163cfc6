// SPDX-License-Identifier: Apache-2.0
// Text to token ids and back: byte-level BPE as a Hugging Face tokenizer.json describes it, or the
// BPE of a SentencePiece tokenizer.model (Llama, Mistral) through the sentencepiece library.
//
// The ids are those of Hugging Face for the same text, with one difference that is the point of
// this class: added tokens (all of them, "special" or not; of a SentencePiece model the control and
// the user-defined pieces) are recognised in Template segments only. Everything else runs across
// the borders of segments as if the prompt were one string: added tokens are taken out, and what
// lies between two of them is encoded: normalised (NFC), split by the model's pattern and merged,
// or given to the library, which never sees an added token's text as anything but text. So a benign
// prompt has the ids of the whole string, and no content, however it is split over segments, yields
// an added token: merges that would end in one are not made.
//
// SentencePiece writes a space in front of the text (legacy: false, so once and only when the text
// does not begin with an added token); decoding takes it away again.
//
// A tokenizer.json with a normaliser, split pattern, model or decoder that is not on the list of
// known ones is refused by name, and so is a tokenizer.model that is not BPE or that normalises;
// nothing is guessed, and no pattern of a file is ever run.
//
// Time is O(n log n) in the bytes of the text at worst, whatever they are; no recursion. Immutable
// after load; every method may be called from any thread at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/segment.h"

namespace engine {

class Tokenizer {
 public:
  // Reads a tokenizer.json or, when the name ends in .model, a SentencePiece model. Throws
  // Error{NotFound, Io, InvalidFile, Unsupported}; messages name the key.
  static std::unique_ptr<const Tokenizer> load(const std::string& file);

  // tokenizer.json of a model folder; tokenizer.model where that is absent or of a kind not known
  // here.
  static std::unique_ptr<const Tokenizer> load_folder(const std::string& model_folder);

  // The same from memory; `where` names it in errors.
  static std::unique_ptr<const Tokenizer> parse(std::string_view json, const std::string& where);
  static std::unique_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes,
                                                              const std::string& where);

  ~Tokenizer();

  // Throws Error{InvalidArgument} with the byte position when a segment is not UTF-8.
  std::vector<int32_t> encode(std::span<const Segment> segments) const;

  // One segment: Template when added tokens are wanted, otherwise Content.
  std::vector<int32_t> encode(std::string_view text, bool added_tokens) const;

  // Whole text of the ids as Hugging Face decodes it: broken UTF-8 becomes U+FFFD, unknown ids are
  // left out.
  std::string decode(std::span<const int32_t> ids, bool skip_special_tokens = false) const;

  // Bytes that one token stands for, possibly a part of a character; empty for an unknown id.
  std::string_view token_bytes(int32_t id) const;

  // Decoded text leaves out one space at its very beginning, which encoding put there.
  bool strips_first_space() const;

  bool is_added(int32_t id) const;    // an added token, special or not
  bool is_special(int32_t id) const;  // left out of decoded text on request

  // Id of the added token with exactly this text, or -1.
  int32_t added_token_id(std::string_view text) const;

  // Every added token's id, in the order of the file.
  const std::vector<int32_t>& added_token_ids() const;

  // One more than the largest id.
  int size() const;

 private:
  struct Impl;
  explicit Tokenizer(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace engine
