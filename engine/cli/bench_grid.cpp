// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/bench_grid.h"

#include <algorithm>
#include <cstdio>

#include "engine/cli/terminal.h"

namespace engine::cli {
namespace {

nlohmann::json measure(BenchLoad& load, const LoadLimits& limits, int sequences, int prompt_tokens,
                       int max_tokens) {
  const LoadResult result = load.run(sequences, prompt_tokens, max_tokens);
  std::vector<double> ttft;
  double tpot = 0;
  for (const RequestOutput& output : result.last) {
    ttft.push_back(output.timings.ttft_ms);
    tpot += (output.timings.total_ms - output.timings.ttft_ms) /
            std::max(1, output.usage.completion_tokens - 1);
  }
  const double slowest = percentile(ttft, 0.99), rate = result.decode_tokens_per_s();
  const double limit = limits.decode_seconds(sequences, prompt_tokens + max_tokens / 2);
  return {{"concurrency", sequences},
          {"prompt_tokens", prompt_tokens},
          {"max_tokens", max_tokens},
          {"ttft_p50_ms", percentile(ttft, 0.5)},
          {"ttft_p99_ms", slowest},
          {"tpot_ms", tpot / sequences},
          {"requests_per_s", sequences / result.seconds},
          {"tokens_per_s", static_cast<double>(result.num_tokens) / result.seconds},
          {"prompt_tokens_per_s", 1000.0 * prompt_tokens * sequences / slowest},
          {"decode_tokens_per_s", rate},
          {"limit_share", limit * rate / sequences}};
}

void print_row(const nlohmann::json& row) {
  const auto number = [&row](const char* key) { return row[key].get<double>(); };
  char text[200];
  std::snprintf(
      text, sizeof text, "%11.0f %13.0f %12.1f %12.1f %9.2f %10.2f %11.1f %12.1f %9.0f %%\n",
      number("concurrency"), number("prompt_tokens"), number("ttft_p50_ms"), number("ttft_p99_ms"),
      number("tpot_ms"), number("requests_per_s"), number("decode_tokens_per_s"),
      number("prompt_tokens_per_s"), 100 * number("limit_share"));
  write_text(stdout, text);
}

}  // namespace

nlohmann::json run_grid(BenchLoad& load, const LoadLimits& limits, const BenchGrid& grid,
                        bool json) {
  nlohmann::json rows = nlohmann::json::array();
  if (!json)
    write_text(stdout,
               "concurrency prompt_tokens  TTFT p50 ms  TTFT p99 ms   TPOT ms requests/s decode "
               "tok/s prompt tok/s   of limit\n");
  load.run(1, std::min(16, grid.prompt_tokens[0]), 2);
  for (const int tokens : grid.prompt_tokens) {
    for (const int sequences : grid.concurrency) {
      rows.push_back(measure(load, limits, sequences, tokens, grid.max_tokens));
      if (!json) print_row(rows.back());
    }
  }
  return rows;
}

}  // namespace engine::cli
