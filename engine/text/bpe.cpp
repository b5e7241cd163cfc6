// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "engine/text/merge_queue.h"

namespace engine {
namespace {

constexpr uint64_t kEmpty = std::numeric_limits<uint64_t>::max();
constexpr uint32_t kNoRank = std::numeric_limits<uint32_t>::max();
constexpr size_t kShortWord = 48;  // bytes; up to here looking at every pair beats a queue

uint64_t pair_key(int32_t left, int32_t right) {
  return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

uint64_t mix(uint64_t x) {  // the finaliser of MurmurHash3
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdull;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ull;
  return x ^ x >> 33;
}

// A symbol of a long word, linked to its neighbours by index.
struct Symbol {
  int32_t id;
  int32_t previous, next;  // -1 at the ends
};
constexpr int32_t kMergedAway = -1;

}  // namespace

Bpe::Bpe(const std::vector<int32_t>& byte_ids, const std::vector<Merge>& merges,
         std::unordered_map<std::string, int32_t> whole_words)
    : byte_ids_(byte_ids),
      pairs_(std::bit_ceil(2 * merges.size() + 2), Pair{kEmpty, kNoRank, -1}),
      whole_words_(std::move(whole_words)) {
  for (size_t rank = 0; rank < merges.size(); ++rank)
    insert({pair_key(merges[rank].left, merges[rank].right), static_cast<uint32_t>(rank),
            merges[rank].result});
}

void Bpe::insert(const Pair& pair) {
  size_t slot = mix(pair.key) & (pairs_.size() - 1);
  while (pairs_[slot].key != kEmpty && pairs_[slot].key != pair.key)
    slot = (slot + 1) & (pairs_.size() - 1);
  pairs_[slot] = pair;
}

const Bpe::Pair* Bpe::find(int32_t left, int32_t right) const {
  const uint64_t key = pair_key(left, right);
  size_t slot = mix(key) & (pairs_.size() - 1);
  while (pairs_[slot].key != key) {
    if (pairs_[slot].key == kEmpty) return nullptr;
    slot = (slot + 1) & (pairs_.size() - 1);
  }
  return &pairs_[slot];
}

void Bpe::encode_word(std::string_view word, std::vector<int32_t>& ids) const {
  if (!whole_words_.empty()) {
    if (const auto found = whole_words_.find(std::string(word)); found != whole_words_.end()) {
      ids.push_back(found->second);
      return;
    }
  }
  if (word.size() <= kShortWord) {
    merge_short(word, ids);
  } else {
    merge_long(word, ids);
  }
}

void Bpe::merge_short(std::string_view word, std::vector<int32_t>& ids) const {
  std::array<int32_t, kShortWord> symbols;
  std::array<uint32_t, kShortWord> ranks;   // of the pair (i, i + 1)
  std::array<int32_t, kShortWord> results;  // of that merge
  size_t count = word.size();
  for (size_t i = 0; i < count; ++i) symbols[i] = byte_ids_[static_cast<unsigned char>(word[i])];

  const auto look_up = [&](size_t i) {
    const Pair* pair = i + 1 < count ? find(symbols[i], symbols[i + 1]) : nullptr;
    ranks[i] = pair ? pair->rank : kNoRank;
    results[i] = pair ? pair->result : -1;
  };
  for (size_t i = 0; i < count; ++i) look_up(i);

  while (count > 1) {
    const size_t best = std::min_element(ranks.begin(), ranks.begin() + count) - ranks.begin();
    if (ranks[best] == kNoRank) break;
    symbols[best] = results[best];
    std::copy(symbols.begin() + best + 2, symbols.begin() + count, symbols.begin() + best + 1);
    std::copy(ranks.begin() + best + 2, ranks.begin() + count, ranks.begin() + best + 1);
    std::copy(results.begin() + best + 2, results.begin() + count, results.begin() + best + 1);
    --count;
    look_up(best);
    if (best > 0) look_up(best - 1);
  }
  ids.insert(ids.end(), symbols.begin(), symbols.begin() + count);
}

void Bpe::merge_long(std::string_view word, std::vector<int32_t>& ids) const {
  const auto size = static_cast<int32_t>(word.size());
  std::vector<Symbol> symbols(word.size());
  for (int32_t i = 0; i < size; ++i)
    symbols[i] = {byte_ids_[static_cast<unsigned char>(word[i])], i - 1, i + 1 < size ? i + 1 : -1};

  const auto pair_at = [&](int32_t left) -> const Pair* {
    const int32_t right = left < 0 ? -1 : symbols[left].next;
    return right < 0 ? nullptr : find(symbols[left].id, symbols[right].id);
  };
  MergeQueue queue;
  const auto enqueue = [&](int32_t left) {
    if (const Pair* pair = pair_at(left)) queue.push({pair->rank, left});
  };
  for (int32_t i = 0; i < size; ++i) enqueue(i);

  for (MergeQueue::Entry entry; queue.pop(entry);) {
    const int32_t left = entry.position;
    if (symbols[left].id == kMergedAway) continue;
    // The pair may have changed since it was queued; then what it became has an entry of its own.
    const Pair* pair = pair_at(left);
    if (!pair || pair->rank != entry.rank) continue;
    const int32_t right = symbols[left].next;
    symbols[left].id = pair->result;
    symbols[left].next = symbols[right].next;
    symbols[right].id = kMergedAway;
    if (symbols[left].next >= 0) symbols[symbols[left].next].previous = left;
    enqueue(left);
    enqueue(symbols[left].previous);
  }
  for (int32_t i = 0; i >= 0; i = symbols[i].next) ids.push_back(symbols[i].id);
}

}  // namespace engine
