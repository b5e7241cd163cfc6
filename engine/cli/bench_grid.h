// SPDX-License-Identifier: Apache-2.0
// bench --concurrency ... --prompt-tokens ...: every combination, requests submitted at once.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/cli/bench_load.h"

namespace engine::cli {

struct BenchGrid {
  std::vector<int> concurrency, prompt_tokens;
  int max_tokens = 64;
};

// Prints a row for each combination, unless `json`; returns all of them.
nlohmann::json run_grid(BenchLoad& load, const LoadLimits& limits, const BenchGrid& grid,
                        bool json);

}  // namespace engine::cli
