// SPDX-License-Identifier: Apache-2.0
// Finds the first stop string in an answer that arrives in pieces.
//
// Text that may still turn out to be the beginning of a stop string is withheld, so a stop string
// is never shown in part, however tokens cut it. What is found does not depend on how the text was
// cut: the match that ends first counts, and of several ending together the longest. Linear in the
// text (Knuth-Morris-Pratt for each string). One object serves one answer; not thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

class StopStrings {
 public:
  struct Result {
    std::string text;      // surely part of the answer, in whole characters
    bool matched = false;  // a stop string was found right after `text`; the answer is over
  };

  // Empty strings are ignored.
  explicit StopStrings(const std::vector<std::string>& stops);

  // `text` is whole UTF-8 characters. After a match nothing more is emitted.
  Result push(std::string_view text);

  // At the end of the answer: the text still withheld.
  std::string flush();

 private:
  struct Matcher {
    std::string pattern;
    std::vector<size_t> failure;  // length of the longest proper border of each prefix
    size_t state = 0;             // bytes of the pattern that the text seen so far ends with
  };

  std::vector<Matcher> matchers_;
  std::string withheld_;
  bool matched_ = false;
};

}  // namespace engine
