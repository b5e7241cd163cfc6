// SPDX-License-Identifier: Apache-2.0
#include "engine/text/byte_level_encoder.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "engine/text/bpe.h"
#include "engine/text/split_pattern.h"
#include "engine/text/unicode.h"

namespace engine {
namespace {

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

class ByteLevelEncoder : public TextEncoder {
 public:
  ByteLevelEncoder(bool nfc, Bpe bpe) : nfc_(nfc), bpe_(std::move(bpe)) {}

  void encode(std::string_view text, bool, std::vector<int32_t>& ids) const override {
    std::string normalized;
    if (nfc_ && !is_surely_nfc(text)) {
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
      bpe_.encode_word(word, ids);
      if (cached) cache.remember(word, hash, first_id, ids.size() - first_id);
    }
  }

  std::string normalize(std::string_view text) const override {
    return nfc_ ? to_nfc(text) : std::string(text);
  }

 private:
  bool nfc_;
  Bpe bpe_;
};

}  // namespace

TokenizerParts make_byte_level_parts(TokenizerTables tables) {
  TokenizerParts parts;
  parts.encoder = std::make_unique<const ByteLevelEncoder>(
      tables.nfc, Bpe(tables.byte_ids, tables.merges, std::move(tables.whole_words)));
  parts.token_bytes = std::move(tables.token_bytes);
  parts.added_tokens = std::move(tables.added_tokens);
  return parts;
}

}  // namespace engine
