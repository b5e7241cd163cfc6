// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/suggestion.h"

#include <algorithm>
#include <vector>

namespace engine::cli {
namespace {

constexpr size_t kMaxLetters = 40;  // longer than any name: the table below is quadratic
constexpr size_t kMinBeginning = 3;

// Optimal string alignment: en.wikipedia.org/wiki/Damerau-Levenshtein_distance
size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> table(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        table[i][j] = i + j;
        continue;
      }
      const size_t changed = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

size_t num_letters(const std::string& name) {
  return name.size() - std::min(name.find_first_not_of('-'), name.size());
}

}  // namespace

std::string likely_name(const std::string& typed, std::span<const std::string> names) {
  if (typed.size() > kMaxLetters) return "";
  std::string best;
  size_t least = std::min<size_t>(2, num_letters(typed) / 3) + 1;
  for (const std::string& name : names) {
    if (name.starts_with(typed) && num_letters(typed) >= kMinBeginning) return name;
    const size_t now = distance(typed, name);
    if (now >= least) continue;
    least = now;
    best = name;
  }
  return best;
}

std::string suggestion(const std::string& typed, std::span<const std::string> names) {
  const std::string name = likely_name(typed, names);
  return name.empty() ? "" : "; did you mean " + name + "?";
}

}  // namespace engine::cli
