// SPDX-License-Identifier: Apache-2.0
// The regular expression that cuts text into words before merging, as a scanner written by hand:
// linear, no stack.
//
// Qwen2 and Qwen3 use
//   (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} | ?[^\s\p{L}\p{N}]+[\r\n]* |
//   \s*[\r\n]+ | \s+(?!\S) | \s+
// with the meaning that Oniguruma gives it: \s is White_Space, and U+017F (long s) matches 's'
// without case.
#pragma once

#include <optional>
#include <string_view>

namespace engine {

enum class SplitPattern { Qwen2 };

// The pattern that a tokenizer.json spells out, or nothing for one that is not known here.
std::optional<SplitPattern> find_split_pattern(std::string_view regex);

// Cuts valid UTF-8 into words that put together are the text again.
//   WordScanner scanner(text);
//   for (std::string_view word; scanner.next(word);) ...
class WordScanner {
 public:
  explicit WordScanner(std::string_view text) : text_(text) {}

  // False at the end of the text. `word` is never empty.
  bool next(std::string_view& word);

 private:
  size_t contraction_end() const;  // position_ when there is none
  size_t letters_end(size_t from) const;
  size_t symbols_end(size_t from) const;
  size_t white_space_end() const;
  size_t word_end() const;

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace engine
