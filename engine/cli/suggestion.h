// SPDX-License-Identifier: Apache-2.0
// "Did you mean ...?" for a mistyped command or option.
#pragma once

#include <span>
#include <string>

namespace engine::cli {

// The name that `typed` most likely stands for: one that it begins, or else the nearest one, at
// most two letters (a third of the word) inserted, left out, changed or exchanged with its
// neighbour. Empty without one.
std::string likely_name(const std::string& typed, std::span<const std::string> names);

// "; did you mean NAME?", or empty without one.
std::string suggestion(const std::string& typed, std::span<const std::string> names);

}  // namespace engine::cli
