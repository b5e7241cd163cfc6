// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "engine/base/mapped_file.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/split_pattern.h"
#include "engine/text/tokenizer_file.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr size_t kMaxTextBytes = 512u << 20;

// Where words of one text were encoded before. Documents repeat themselves: copying the ids is
// several times faster than merging again. Bounded: a word takes the place of the one that was
// there.
class WordCache {
 public:
  explicit WordCache(bool enabled) : entries_(enabled ? kEntries : 0) {}

  // Copies the ids of an earlier occurrence, or returns false.
  bool copy(std::string_view word, uint64_t hash, std::vector<int32_t>& ids) const {
    if (entries_.empty()) return false;
    const Entry& entry = entries_[hash % kEntries];
    if (entry.word != word) return false;
    const size_t end = ids.size();
    ids.resize(end + entry.num_ids);
    std::copy_n(ids.begin() + entry.first_id, entry.num_ids, ids.begin() + end);
    return true;
  }

  // The ids from `first_id` on belong to `word`, whose text must stay where it is.
  void remember(std::string_view word, uint64_t hash, size_t first_id, size_t num_ids) {
    if (!entries_.empty()) entries_[hash % kEntries] = {word, first_id, num_ids};
  }

 private:
  static constexpr size_t kEntries = 1 << 13;
  struct Entry {
    std::string_view word;
    size_t first_id = 0, num_ids = 0;
  };
  std::vector<Entry> entries_;
};

constexpr size_t kCacheFrom =
    2048;  // bytes of text; below, filling a cache costs more than it saves
constexpr size_t kLongestCached = 64;  // bytes of a word

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
  explicit Impl(TokenizerTables tables);

  void encode_joined(std::string_view text, std::span<const TextRange> template_ranges,
                     std::vector<int32_t>& ids) const;
  void encode_between(std::string_view text, std::vector<TextRange> template_ranges,
                      std::vector<int32_t>& ids) const;
  void encode_plain(std::string_view text, std::vector<int32_t>& ids) const;

  struct Flags {
    bool is_added = false, is_special = false;
  };

  bool nfc;
  std::vector<std::string> token_bytes;
  std::vector<Flags> flags;  // by id
  Bpe bpe;
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

Tokenizer::Impl::Impl(TokenizerTables tables)
    : nfc(tables.nfc),
      token_bytes(std::move(tables.token_bytes)),
      flags(token_bytes.size()),
      bpe(tables.byte_ids, tables.merges, std::move(tables.whole_words)),
      raw_tokens(make_finder(tables.added_tokens, false)),
      normalized_tokens(make_finder(tables.added_tokens, true)) {
  for (const AddedToken& token : tables.added_tokens) {
    flags[token.id] = {true, token.special};
    added_ids.push_back(token.id);
    id_of_added.emplace(token.content, token.id);
  }
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
    encode_between(text.substr(done, end - done), std::move(ranges), ids);
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
void Tokenizer::Impl::encode_between(std::string_view text, std::vector<TextRange> template_ranges,
                                     std::vector<int32_t>& ids) const {
  if (normalized_tokens.empty() || template_ranges.empty()) return encode_plain(text, ids);
  std::string normalized;
  size_t done = 0;
  for (TextRange& range : template_ranges) {
    normalized.append(text, done, range.begin - done);
    done = range.end;
    const std::string_view part = text.substr(range.begin, range.end - range.begin);
    range.begin = normalized.size();
    normalized += nfc ? to_nfc(part) : std::string(part);
    range.end = normalized.size();
  }
  normalized.append(text, done);

  done = 0;
  const std::string_view whole = normalized;
  for (const auto& match : normalized_tokens.find(whole, template_ranges)) {
    encode_plain(whole.substr(done, match.range.begin - done), ids);
    ids.push_back(match.id);
    done = match.range.end;
  }
  encode_plain(whole.substr(done), ids);
}

// No added tokens from here on: normalise, split, merge.
void Tokenizer::Impl::encode_plain(std::string_view text, std::vector<int32_t>& ids) const {
  std::string normalized;
  if (nfc && !is_surely_nfc(text)) {
    normalized = to_nfc(text);
    text = normalized;
  }
  WordCache cache(text.size() >= kCacheFrom);
  WordScanner scanner(text);
  for (std::string_view word; scanner.next(word);) {
    const bool cached = word.size() > 1 && word.size() <= kLongestCached;
    const uint64_t hash = cached ? XXH3_64bits(word.data(), word.size()) : 0;
    if (cached && cache.copy(word, hash, ids)) continue;
    const size_t first_id = ids.size();
    bpe.encode_word(word, ids);
    if (cached) cache.remember(word, hash, first_id, ids.size() - first_id);
  }
}

Tokenizer::Tokenizer(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

std::unique_ptr<const Tokenizer> Tokenizer::load(const std::string& file) {
  return parse(read_file(file, kMaxTokenizerFileBytes), printable(file));
}

std::unique_ptr<const Tokenizer> Tokenizer::parse(std::string_view json, const std::string& where) {
  auto impl = std::make_unique<const Impl>(parse_tokenizer_json(json, where));
  return std::unique_ptr<const Tokenizer>(new Tokenizer(std::move(impl)));
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
  for (const int32_t id : ids)
    if (!skip_special_tokens || !is_special(id)) bytes += token_bytes(id);
  std::string text;
  text.reserve(bytes.size());
  if (append_lossy(bytes, text) > 0)
    text += "\xef\xbf\xbd";  // U+FFFD: broke off inside a character
  return text;
}

std::string_view Tokenizer::token_bytes(int32_t id) const {
  return id >= 0 && id < size() ? std::string_view(impl_->token_bytes[id]) : std::string_view();
}

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
int Tokenizer::size() const { return static_cast<int>(impl_->token_bytes.size()); }

}  // namespace engine
