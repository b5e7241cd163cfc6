// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/cli/bench_grid.h"
#include "engine/cli/bench_load.h"
#include "engine/cli/bench_suite.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/core/loading.h"
#include "engine/error.h"

namespace engine::cli {
namespace {

void check_grid(const BenchGrid& grid) {
  constexpr int kMaxConcurrency = 4096;  // as --max-num-seqs; all prompts are in memory at once
  for (const int value : grid.concurrency)
    if (value > kMaxConcurrency)
      throw Error(ErrorCode::InvalidArgument,
                  "--concurrency is " + std::to_string(value) + "; it must be from 1 to 4096");
  for (const auto* values : {&grid.concurrency, &grid.prompt_tokens})
    for (const int value : *values)
      if (value < 1)
        throw Error(ErrorCode::InvalidArgument,
                    "--concurrency and --prompt-tokens must be 1 or more");
  if (grid.max_tokens < 2)
    throw Error(ErrorCode::InvalidArgument, "--max-tokens must be 2 or more");
}

// Of copying the weights to the device; 0 where they are not.
double load_limit(const Engine& engine, const DeviceRates& rates) {
  return rates.upload > 0 ? static_cast<double>(engine.model_info().weight_bytes) / rates.upload
                          : 0;
}

void print_head(const Engine& engine, double load_seconds, const DeviceRates& rates) {
  char text[200], limit[80] = "";
  if (rates.upload > 0)
    std::snprintf(limit, sizeof limit, " (limit %.2f s, %.1f GB/s to the GPU)",
                  load_limit(engine, rates), rates.upload / 1e9);
  std::snprintf(
      text, sizeof text,
      "loaded in %.2f s%s; limits measured now: memory %.1f GB/s, matrices %.3g TFLOP/s\n",
      load_seconds, limit, rates.memory / 1e9, rates.matrix / 1e12);
  write_text(stdout, engine.model_info().name + " on " + engine.device_name() + "\n");
  write_text(stdout, "memory: " + engine.memory_summary() + "\n" + text);
}

}  // namespace

int bench(std::span<const std::string> arguments) {
  OptionParser parser(
      "bench [--full] [--model DIR] [options]\n"
      "       fireside-cli bench --concurrency 1,2,4 --prompt-tokens 128,512 [--max-tokens N] "
      "[options]",
      "Time to first token and tokens per second with random prompts, greedy, beside the limits "
      "of\n"
      "memory and matrix products measured in the same run. Close other programs first.\n"
      "--concurrency and --prompt-tokens measure that grid instead, without the prefix cache.");
  CommonOptions common;
  BenchGrid grid;
  bool json = false, full = false;
  parser.flag("--full", full,
              "longer prompts (to 255K), more sequences, minutes instead of seconds");
  parser.list("--concurrency", "LIST", grid.concurrency, "requests at a time (default 1,2,4,8)");
  parser.list("--prompt-tokens", "LIST", grid.prompt_tokens,
              "tokens of each prompt (default 128,512)");
  parser.option("--max-tokens", "N", grid.max_tokens, "tokens of each answer (default 64)");
  parser.flag("--json", json, "print one object");
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty()) throw Error(ErrorCode::InvalidArgument, "bench takes options only");
  const bool wants_grid = !grid.concurrency.empty() || !grid.prompt_tokens.empty();
  if (grid.concurrency.empty()) grid.concurrency = {1, 2, 4, 8};
  if (grid.prompt_tokens.empty()) grid.prompt_tokens = {128, 512};
  check_grid(grid);

  common.config.validate();
  common.config.model = choose_model(common.config.model);
  // Opening the device is a part of loading.
  auto begin = std::chrono::steady_clock::now();
  common.config.device = choose_device(common.config.device);
  double load_seconds = seconds_since(begin);
  const int threads = choose_threads(common.config.num_threads);
  // Before the model takes the memory.
  const DeviceRates rates = measure_device_rates(common.config.device, threads);
  // Distinct prompts of earlier rows must not be found again.
  if (wants_grid) common.no_prefix_cache = true;
  begin = std::chrono::steady_clock::now();
  const auto engine = load_engine(common);
  load_seconds += seconds_since(begin);
  const ModelConfig model = load_model_config(engine->model_info().path);

  if (!json) print_head(*engine, load_seconds, rates);
  BenchLoad load(*engine, model);
  const LoadLimits limits(*engine, model, rates);
  begin = std::chrono::steady_clock::now();
  const nlohmann::json results =
      wants_grid ? run_grid(load, limits, grid, json) : run_suite(load, limits, full, json);
  const double seconds = seconds_since(begin);
  if (json) {
    const nlohmann::json object = {{"model", engine->model_info().name},
                                   {"device", engine->device_name()},
                                   {"threads", engine->config().num_threads},
                                   {"load_s", load_seconds},
                                   {"load_limit_s", load_limit(*engine, rates)},
                                   {"measured_s", seconds},
                                   {"memory", engine->memory_summary()},
                                   {"weight_bytes", engine->model_info().weight_bytes},
                                   {"memory_bandwidth_bytes_per_s", rates.memory},
                                   {"matrix_operations_per_s", rates.matrix},
                                   {"upload_bytes_per_s", rates.upload},
                                   {"results", results}};
    write_text(stdout, object.dump(2) + "\n");
  } else {
    char text[60];
    std::snprintf(text, sizeof text, "measured in %.0f s\n", seconds);
    write_text(stdout, text);
  }
  return kDone;
}

}  // namespace engine::cli
