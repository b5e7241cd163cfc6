// SPDX-License-Identifier: Apache-2.0
// Finds added tokens (<|im_start|>, <tool_call>, ...) in the parts of a text where they may occur.
//
// As Hugging Face does it: leftmost first, of several the longest; single_word looks at the
// neighbours, lstrip and rstrip take white space along. Linear in the text for tokens of bounded
// length. Immutable once built; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace engine {

struct AddedToken {
  int32_t id = -1;
  std::string content;
  bool special = false;      // left out of decoded text on request
  bool single_word = false;  // only where no word character touches it
  bool lstrip = false;       // swallows white space before it
  bool rstrip = false;       // swallows white space after it
  bool normalized = false;   // looked for in normalised text; `content` is normalised then
};

// A part of a text, in bytes: [begin, end).
struct TextRange {
  size_t begin, end;
};

class AddedTokenFinder {
 public:
  struct Match {
    TextRange range;  // white space swallowed by the token included
    int32_t id;
  };

  explicit AddedTokenFinder(std::vector<AddedToken> tokens);

  // Tokens that lie wholly inside one of `allowed` (ordered, apart from each other), in order.
  std::vector<Match> find(std::string_view text, std::span<const TextRange> allowed) const;

  bool empty() const { return tokens_.empty(); }

 private:
  int longest_at(std::string_view text, size_t position,
                 size_t end) const;  // index in tokens_, or -1
  bool is_single_word(std::string_view text, TextRange range) const;

  std::vector<AddedToken> tokens_;
  // A trie over the bytes of the contents: node << 8 | byte -> node. Node 0 is the root.
  std::unordered_map<uint64_t, uint32_t> edges_;
  std::vector<int> token_of_node_;
};

}  // namespace engine
