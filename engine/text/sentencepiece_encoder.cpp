// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_encoder.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <utility>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

using Kind = SentencePieceModel::Kind;

constexpr std::string_view kSpace = "\u2581";  // how pieces write a space
// The library keeps some hundred bytes for each token of a call.
constexpr size_t kChunkBytes = 64 << 10;

using Processor = sentencepiece::SentencePieceProcessor;

std::unique_ptr<const Processor> make_processor(const SentencePieceModel& model, bool add_prefix,
                                                const std::string& where) {
  auto processor = std::make_unique<Processor>();
  const auto status =
      processor->LoadFromSerializedProto(write_sentencepiece_model(model, add_prefix));
  if (!status.ok())
    throw Error(ErrorCode::InvalidFile, where + " is refused by the sentencepiece library: " +
                                            printable(status.ToString()) + "; download it again");
  return processor;
}

// A piece with a space behind another character could stand across a cut between words.
bool has_inner_space(std::string_view piece) {
  while (piece.starts_with(kSpace)) piece.remove_prefix(kSpace.size());
  return piece.find(kSpace) != std::string_view::npos;
}

class SentencePieceEncoder : public TextEncoder {
 public:
  SentencePieceEncoder(const SentencePieceModel& model, const std::string& where)
      : plain_(make_processor(model, false, where)), may_yield_(model.pieces.size()) {
    if (model.add_dummy_prefix) with_prefix_ = make_processor(model, true, where);
    for (size_t id = 0; id < model.pieces.size(); ++id) {
      const SentencePieceModel::Piece& piece = model.pieces[id];
      may_yield_[id] = piece.kind != Kind::Control && piece.kind != Kind::UserDefined;
      words_stand_alone_ = words_stand_alone_ && !(may_yield_[id] && has_inner_space(piece.text));
    }
  }

  void encode(std::string_view text, bool at_start, std::vector<int32_t>& ids) const override {
    std::vector<int> chunk_ids;
    while (!text.empty()) {
      const std::string_view chunk = text.substr(0, chunk_end(text));
      const Processor& processor = at_start && with_prefix_ ? *with_prefix_ : *plain_;
      const auto status = processor.Encode(chunk, &chunk_ids);
      if (!status.ok())
        throw Error(ErrorCode::Internal,
                    "the sentencepiece library failed: " + printable(status.ToString()));
      for (const int id : chunk_ids) {
        if (id < 0 || static_cast<size_t>(id) >= may_yield_.size() || !may_yield_[id])
          throw Error(ErrorCode::Internal, "the sentencepiece library gave the token id " +
                                               std::to_string(id) + " for plain text");
        ids.push_back(id);
      }
      text.remove_prefix(chunk.size());
      at_start = false;
    }
  }

  std::string normalize(std::string_view text) const override { return std::string(text); }

 private:
  // No merge crosses the border between a word and a space behind it, so a cut there changes no id.
  size_t chunk_end(std::string_view text) const {
    if (!words_stand_alone_) return text.size();
    for (size_t end = kChunkBytes; end < text.size(); ++end) {
      const std::string_view before = text.substr(0, end);
      if (text[end] == ' ' && !before.ends_with(' ') && !before.ends_with(kSpace)) return end;
    }
    return text.size();
  }

  std::unique_ptr<const Processor> plain_, with_prefix_;  // the latter is null when none is written
  std::vector<bool> may_yield_;                           // by id
  bool words_stand_alone_ = true;
};

std::string bytes_of(const SentencePieceModel::Piece& piece) {
  if (piece.kind == Kind::Control || piece.kind == Kind::Unknown) return piece.text;
  if (piece.kind == Kind::Byte)
    return {static_cast<char>(std::stoi(piece.text.substr(3, 2), nullptr, 16))};
  std::string bytes;
  std::string_view rest = piece.text;
  for (size_t space = rest.find(kSpace); space != std::string_view::npos;
       space = rest.find(kSpace)) {
    bytes += rest.substr(0, space);
    bytes += ' ';
    rest.remove_prefix(space + kSpace.size());
  }
  return bytes += rest;
}

}  // namespace

TokenizerParts make_sentencepiece_parts(const SentencePieceModel& model, const std::string& where) {
  TokenizerParts parts;
  parts.encoder = std::make_unique<const SentencePieceEncoder>(model, where);
  parts.strips_first_space = model.add_dummy_prefix;
  for (const SentencePieceModel::Piece& piece : model.pieces) {
    const auto id = static_cast<int32_t>(parts.token_bytes.size());
    parts.token_bytes.push_back(bytes_of(piece));
    if (piece.kind == Kind::Unknown) parts.unknown_id = id;
    if (piece.kind != Kind::Control && piece.kind != Kind::UserDefined) continue;
    AddedToken token;
    token.id = id;
    token.content = parts.token_bytes.back();
    token.special = piece.kind == Kind::Control;
    parts.added_tokens.push_back(std::move(token));
  }
  return parts;
}

}  // namespace engine
