// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "engine/base/input_file.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/added_tokens.h"
#include "engine/text/byte_level_encoder.h"
#include "engine/text/sentencepiece_encoder.h"
#include "engine/text/sentencepiece_file.h"
#include "engine/text/text_encoder.h"
#include "engine/text/tokenizer_file.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr size_t kMaxTextBytes = 512u << 20;

// The prompt as one string, and which parts of it may hold added tokens.
struct JoinedText {
  std::string text;
  std::vector<TextRange> template_ranges;
};

void require_encodable_size(std::string_view text) {
  if (text.size() > kMaxTextBytes)
    throw Error(ErrorCode::InvalidArgument, "the text has " + std::to_string(text.size()) +
                                                " bytes; at most " + std::to_string(kMaxTextBytes) +
                                                " can be encoded at once");
}

void require_utf8(std::string_view text) {
  require_encodable_size(text);
  if (const size_t position = find_invalid_utf8(text); position != kValidUtf8)
    throw Error(ErrorCode::InvalidArgument, "the text is not valid UTF-8 at byte " +
                                                std::to_string(position) +
                                                "; convert it to UTF-8 first");
}

JoinedText join(std::span<const Segment> segments) {
  JoinedText joined;
  for (const Segment& segment : segments) {
    require_utf8(segment.text);
    const size_t begin = joined.text.size();
    joined.text += segment.text;
    if (segment.provenance != Provenance::Template || segment.text.empty()) continue;
    auto& ranges = joined.template_ranges;
    if (!ranges.empty() && ranges.back().end == begin) {
      ranges.back().end = joined.text.size();
    } else {
      ranges.push_back({begin, joined.text.size()});
    }
  }
  require_encodable_size(joined.text);
  return joined;
}

}  // namespace

struct Tokenizer::Impl {
  explicit Impl(TokenizerParts tokenizer_parts);

  void encode_joined(std::string_view text, std::span<const TextRange> template_ranges,
                     std::vector<int32_t>& ids) const;
  void encode_between(std::string_view text, bool at_start, std::vector<TextRange> template_ranges,
                      std::vector<int32_t>& ids) const;

  struct Flags {
    bool is_added = false, is_special = false;
  };

  TokenizerParts parts;
  std::vector<Flags> flags;  // by id
  AddedTokenFinder raw_tokens, normalized_tokens;
  std::vector<int32_t> added_ids;
  std::unordered_map<std::string, int32_t> id_of_added;
};

namespace {

AddedTokenFinder make_finder(const std::vector<AddedToken>& tokens, bool normalized) {
  std::vector<AddedToken> chosen;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(chosen),
               [&](const AddedToken& token) { return token.normalized == normalized; });
  return AddedTokenFinder(std::move(chosen));
}

}  // namespace

Tokenizer::Impl::Impl(TokenizerParts tokenizer_parts)
    : parts(std::move(tokenizer_parts)),
      flags(parts.token_bytes.size()),
      raw_tokens(make_finder(parts.added_tokens, false)),
      normalized_tokens(make_finder(parts.added_tokens, true)) {
  for (const AddedToken& token : parts.added_tokens) {
    flags[token.id] = {true, token.special};
    added_ids.push_back(token.id);
    id_of_added.emplace(token.content, token.id);
  }
  if (parts.unknown_id >= 0) flags[parts.unknown_id].is_special = true;
}

// Takes out the added tokens that are looked for in the text as it is.
void Tokenizer::Impl::encode_joined(std::string_view text,
                                    std::span<const TextRange> template_ranges,
                                    std::vector<int32_t>& ids) const {
  size_t done = 0;
  size_t first_range = 0;  // first template range that does not end before `done`
  const auto encode_until = [&](size_t end) {
    if (end == done) return;
    while (first_range < template_ranges.size() && template_ranges[first_range].end <= done)
      ++first_range;
    std::vector<TextRange> ranges;  // those within [done, end), counted from `done`
    for (size_t i = first_range; i < template_ranges.size() && template_ranges[i].begin < end; ++i)
      ranges.push_back({std::max(template_ranges[i].begin, done) - done,
                        std::min(template_ranges[i].end, end) - done});
    encode_between(text.substr(done, end - done), done == 0, std::move(ranges), ids);
  };
  for (const auto& match : raw_tokens.find(text, template_ranges)) {
    encode_until(match.range.begin);
    ids.push_back(match.id);
    done = match.range.end;
  }
  encode_until(text.size());
}

// Takes out the added tokens that are looked for in normalised text. Each template range is
// normalised on its own, so that content beside it can neither complete nor destroy a token.
void Tokenizer::Impl::encode_between(std::string_view text, bool at_start,
                                     std::vector<TextRange> template_ranges,
                                     std::vector<int32_t>& ids) const {
  const TextEncoder& encoder = *parts.encoder;
  if (normalized_tokens.empty() || template_ranges.empty())
    return encoder.encode(text, at_start, ids);
  std::string normalized;
  size_t done = 0;
  for (TextRange& range : template_ranges) {
    normalized.append(text, done, range.begin - done);
    done = range.end;
    const std::string_view part = text.substr(range.begin, range.end - range.begin);
    range.begin = normalized.size();
    normalized += encoder.normalize(part);
    range.end = normalized.size();
  }
  normalized.append(text, done);

  done = 0;
  const std::string_view whole = normalized;
  const auto encode_until = [&](size_t end) {
    if (end > done) encoder.encode(whole.substr(done, end - done), at_start && done == 0, ids);
  };
  for (const auto& match : normalized_tokens.find(whole, template_ranges)) {
    encode_until(match.range.begin);
    ids.push_back(match.id);
    done = match.range.end;
  }
  encode_until(whole.size());
}

Tokenizer::Tokenizer(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

std::unique_ptr<const Tokenizer> Tokenizer::load(const std::string& file) {
  if (file.ends_with(".model"))
    return parse_sentencepiece(read_file(file, kMaxSentencePieceFileBytes), printable(file));
  return parse(read_file(file, kMaxTokenizerFileBytes), printable(file));
}

std::unique_ptr<const Tokenizer> Tokenizer::load_folder(const std::string& model_folder) {
  const std::string json = model_folder + "/tokenizer.json",
                    model = model_folder + "/tokenizer.model";
  if (!file_exists(model)) return load(json);
  if (!file_exists(json)) return load(model);
  try {
    return load(json);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Unsupported) throw;
    return load(model);
  }
}

std::unique_ptr<const Tokenizer> Tokenizer::parse(std::string_view json, const std::string& where) {
  return std::unique_ptr<const Tokenizer>(new Tokenizer(
      std::make_unique<const Impl>(make_byte_level_parts(parse_tokenizer_json(json, where)))));
}

std::unique_ptr<const Tokenizer> Tokenizer::parse_sentencepiece(std::string_view bytes,
                                                                const std::string& where) {
  return std::unique_ptr<const Tokenizer>(new Tokenizer(std::make_unique<const Impl>(
      make_sentencepiece_parts(parse_sentencepiece_model(bytes, where), where))));
}

std::vector<int32_t> Tokenizer::encode(std::span<const Segment> segments) const {
  const JoinedText joined = join(segments);
  std::vector<int32_t> ids;
  impl_->encode_joined(joined.text, joined.template_ranges, ids);
  return ids;
}

std::vector<int32_t> Tokenizer::encode(std::string_view text, bool added_tokens) const {
  require_utf8(text);
  std::vector<int32_t> ids;
  const TextRange whole{0, text.size()};
  const bool look = added_tokens && !text.empty();
  impl_->encode_joined(text, std::span<const TextRange>(&whole, look ? 1 : 0), ids);
  return ids;
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skip_special_tokens) const {
  std::string bytes;
  bool at_start = strips_first_space();
  for (const int32_t id : ids) {
    if (skip_special_tokens && is_special(id)) continue;
    std::string_view piece = token_bytes(id);
    if (at_start && piece.starts_with(' ')) piece.remove_prefix(1);
    at_start = at_start && token_bytes(id).empty();
    bytes += piece;
  }
  std::string text;
  text.reserve(bytes.size());
  if (append_lossy(bytes, text) > 0)
    text += "\xef\xbf\xbd";  // U+FFFD: broke off inside a character
  return text;
}

std::string_view Tokenizer::token_bytes(int32_t id) const {
  return id >= 0 && id < size() ? std::string_view(impl_->parts.token_bytes[id])
                                : std::string_view();
}

bool Tokenizer::strips_first_space() const { return impl_->parts.strips_first_space; }

bool Tokenizer::is_added(int32_t id) const {
  return id >= 0 && id < size() && impl_->flags[id].is_added;
}
bool Tokenizer::is_special(int32_t id) const {
  return id >= 0 && id < size() && impl_->flags[id].is_special;
}

int32_t Tokenizer::added_token_id(std::string_view text) const {
  const auto found = impl_->id_of_added.find(std::string(text));
  return found == impl_->id_of_added.end() ? -1 : found->second;
}

const std::vector<int32_t>& Tokenizer::added_token_ids() const { return impl_->added_ids; }
int Tokenizer::size() const { return static_cast<int>(impl_->parts.token_bytes.size()); }

}  // namespace engine
