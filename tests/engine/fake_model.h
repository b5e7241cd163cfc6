// SPDX-License-Identifier: Apache-2.0
// A "model" whose next token is a pure function of the whole prefix, and a "KV cache" that notices
// every mistake of scheduling: a slot remembers the prefix it was computed for, so a token that
// reads a slot never written, written by somebody else, or given away meanwhile, is found out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fake {

constexpr uint64_t kEmptyPrefix = 0x9e3779b97f4a7c15ull;

// State of a prefix one token longer. Bijective mixing: different prefixes have different states.
inline uint64_t state_after(uint64_t state, int32_t token) {
  uint64_t x = state + 0x9e3779b97f4a7c15ull * (static_cast<uint64_t>(token) + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

inline int32_t next_token(uint64_t state, int vocab_size) {
  return static_cast<int32_t>(state % static_cast<uint64_t>(vocab_size));
}

inline uint64_t state_of(std::span<const int32_t> tokens) {
  uint64_t state = kEmptyPrefix;
  for (const int32_t token : tokens) state = state_after(state, token);
  return state;
}

// What the model answers to a prompt, until a stop token or max_tokens.
inline std::vector<int32_t> answer(const std::vector<int32_t>& prompt, int max_tokens,
                                   int vocab_size, std::span<const int32_t> stops = {}) {
  std::vector<int32_t> out;
  uint64_t state = state_of(prompt);
  for (int i = 0; i < max_tokens; ++i) {
    out.push_back(next_token(state, vocab_size));
    for (const int32_t stop : stops)
      if (out.back() == stop) return out;
    state = state_after(state, out.back());
  }
  return out;
}

class Cache {
 public:
  Cache(int num_blocks, int block_size)
      : block_size_(block_size), slots_(static_cast<size_t>(num_blocks) * block_size) {}

  void write(int64_t slot, uint64_t state) { slots_.at(static_cast<size_t>(slot)) = state; }

  // Checks that slots [0, tokens.size()) of a block table hold exactly this prefix; returns its
  // state, or nothing with the reason in `problem`.
  std::optional<uint64_t> read(std::span<const int32_t> block_table,
                               std::span<const int32_t> tokens, std::string* problem) const {
    uint64_t state = kEmptyPrefix;
    for (size_t i = 0; i < tokens.size(); ++i) {
      state = state_after(state, tokens[i]);
      const auto slot = slots_.at(slot_of(block_table, static_cast<int>(i)));
      if (slot == state) continue;
      *problem =
          "position " + std::to_string(i) + (slot ? " holds another prefix" : " was never written");
      return std::nullopt;
    }
    return state;
  }

  size_t slot_of(std::span<const int32_t> block_table, int position) const {
    const int32_t block = block_table[static_cast<size_t>(position / block_size_)];
    return static_cast<size_t>(block) * static_cast<size_t>(block_size_) +
           static_cast<size_t>(position % block_size_);
  }

 private:
  int block_size_;
  std::vector<std::optional<uint64_t>> slots_;
};

}  // namespace fake
