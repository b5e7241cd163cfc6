// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/memory_bandwidth.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/formats/model_config.h"

namespace engine::cli {
namespace {

struct Case {
  int concurrency, prompt_tokens, max_tokens;
};

struct Result {
  double ttft_p50_ms, ttft_p99_ms;  // submit to first token
  double tpot_ms;                   // between tokens of one sequence, mean
  double requests_per_s, tokens_per_s, prompt_tokens_per_s;
  double decode_tokens_per_s;  // all sequences, while none reads its prompt
  double bandwidth_share;  // bytes a decode step must read, over the measured bandwidth; 0 when not
                           // known
};

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(values.size())))];
}

std::vector<int32_t> random_prompt(std::mt19937_64& random, int vocab_size, int num_tokens) {
  std::uniform_int_distribution<int32_t> token(0, vocab_size - 1);
  std::vector<int32_t> ids(static_cast<size_t>(num_tokens));
  for (int32_t& id : ids) id = token(random);
  return ids;
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Result run_case(Engine& engine, const Case& load, int vocab_size, double bandwidth,
                std::mt19937_64& random) {
  std::vector<RequestOutput> last(static_cast<size_t>(load.concurrency));
  size_t num_finished = 0, num_generating = 0, num_tokens = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (RequestOutput& output : last) {
    TokenRequest request;
    request.prompt_token_ids = random_prompt(random, vocab_size, load.prompt_tokens);
    request.sampling.temperature = 0;
    request.sampling.max_tokens = load.max_tokens;
    request.sampling.ignore_eos = true;
    engine.submit(std::move(request), [&](const RequestOutput& piece) {
      if (!piece.token_ids.empty() && output.usage.completion_tokens == 0) ++num_generating;
      num_tokens += piece.token_ids.size();
      output = piece;
      num_finished += piece.finished();
    });
  }
  double decode_seconds = 0;
  size_t decode_tokens = 0, decode_steps = 0;
  while (num_finished < last.size()) {
    if (interrupted()) throw Error(ErrorCode::Cancelled, "the benchmark was stopped");
    const bool all_decode = num_generating == last.size() && num_finished == 0;
    const size_t tokens_before = num_tokens;
    const auto step_begin = std::chrono::steady_clock::now();
    engine.step();
    if (!all_decode) continue;
    decode_seconds += seconds_since(step_begin);
    decode_tokens += num_tokens - tokens_before;
    ++decode_steps;
  }
  const double seconds = seconds_since(begin);

  std::vector<double> ttft;
  double tpot = 0;
  for (const RequestOutput& output : last) {
    if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
    ttft.push_back(output.timings.ttft_ms);
    tpot += (output.timings.total_ms - output.timings.ttft_ms) /
            std::max(1, output.usage.completion_tokens - 1);
  }
  Result result = {};
  result.ttft_p50_ms = percentile(ttft, 0.5);
  result.ttft_p99_ms = percentile(ttft, 0.99);
  result.tpot_ms = tpot / load.concurrency;
  result.requests_per_s = load.concurrency / seconds;
  result.tokens_per_s = static_cast<double>(num_tokens) / seconds;
  result.prompt_tokens_per_s = 1000.0 * load.prompt_tokens * load.concurrency / result.ttft_p99_ms;
  result.decode_tokens_per_s =
      decode_seconds > 0 ? static_cast<double>(decode_tokens) / decode_seconds : 0;
  if (bandwidth > 0 && decode_seconds > 0) {
    const int context = load.prompt_tokens + load.max_tokens / 2;
    const double bytes =
        static_cast<double>(engine.model_info().weight_bytes) +
        static_cast<double>(engine.model_info().kv_bytes_per_token) * context * load.concurrency;
    result.bandwidth_share = bytes * static_cast<double>(decode_steps) / decode_seconds / bandwidth;
  }
  return result;
}

nlohmann::json result_json(const Case& load, const Result& result) {
  return {{"concurrency", load.concurrency},
          {"prompt_tokens", load.prompt_tokens},
          {"max_tokens", load.max_tokens},
          {"ttft_p50_ms", result.ttft_p50_ms},
          {"ttft_p99_ms", result.ttft_p99_ms},
          {"tpot_ms", result.tpot_ms},
          {"requests_per_s", result.requests_per_s},
          {"tokens_per_s", result.tokens_per_s},
          {"prompt_tokens_per_s", result.prompt_tokens_per_s},
          {"decode_tokens_per_s", result.decode_tokens_per_s},
          {"bandwidth_share", result.bandwidth_share}};
}

void print_row(const Case& load, const Result& result) {
  char row[200];
  std::snprintf(row, sizeof row, "%11d %13d %12.1f %12.1f %9.2f %10.2f %11.1f %12.1f %9.0f %%\n",
                load.concurrency, load.prompt_tokens, result.ttft_p50_ms, result.ttft_p99_ms,
                result.tpot_ms, result.requests_per_s, result.decode_tokens_per_s,
                result.prompt_tokens_per_s, 100 * result.bandwidth_share);
  write_text(stdout, row);
}

}  // namespace

int bench(std::span<const std::string> arguments) {
  OptionParser parser(
      "bench [--model DIR] [--concurrency 1,2,4] [--prompt-tokens 128,512] [--max-tokens N] "
      "[options]",
      "Measures time to first token, time per token and throughput with random prompts, greedy, "
      "beside\n"
      "the memory bandwidth measured in the same run. Close other programs first.");
  CommonOptions common;
  std::vector<int> concurrency = {1, 2, 4, 8}, prompt_tokens = {128, 512};
  int max_tokens = 64;
  bool json = false;
  parser.list("--concurrency", "LIST", concurrency, "requests at a time (default 1,2,4,8)");
  parser.list("--prompt-tokens", "LIST", prompt_tokens, "tokens of each prompt (default 128,512)");
  parser.option("--max-tokens", "N", max_tokens, "tokens of each answer (default 64)");
  parser.flag("--json", json, "print one object");
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty()) throw Error(ErrorCode::InvalidArgument, "bench takes options only");
  for (const auto* values : {&concurrency, &prompt_tokens})
    for (const int value : *values)
      if (value < 1)
        throw Error(ErrorCode::InvalidArgument,
                    "--concurrency and --prompt-tokens must be 1 or more");
  if (max_tokens < 2) throw Error(ErrorCode::InvalidArgument, "--max-tokens must be 2 or more");

  // Distinct prompts of earlier cases must not be found again.
  common.no_prefix_cache = true;
  const auto load_begin = std::chrono::steady_clock::now();
  const auto engine = load_engine(common);
  const double load_seconds = seconds_since(load_begin);
  const int vocab_size = load_model_config(engine->model_info().path).vocab_size;
  const bool on_cpu = engine->config().device == "cpu";
  const double bandwidth = on_cpu ? measure_read_bandwidth(engine->config().num_threads) : 0;

  nlohmann::json results = nlohmann::json::array();
  if (!json) {
    char head[300];
    std::snprintf(head, sizeof head, "%s on %s, loaded in %.2f s, memory read %.1f GB/s\n",
                  engine->model_info().name.c_str(), engine->device_name().c_str(), load_seconds,
                  bandwidth / 1e9);
    write_text(stdout, head);
    write_text(stdout, "memory: " + engine->memory_summary() + "\n");
    write_text(stdout,
               "concurrency prompt_tokens  TTFT p50 ms  TTFT p99 ms   TPOT ms requests/s decode "
               "tok/s prompt tok/s "
               "bandwidth\n");
  }
  std::mt19937_64 random(1);
  const Case warm_up = {1, std::min(16, prompt_tokens[0]), 2};
  run_case(*engine, warm_up, vocab_size, 0, random);
  for (const int tokens : prompt_tokens) {
    for (const int requests : concurrency) {
      const Case load = {requests, tokens, max_tokens};
      const Result result = run_case(*engine, load, vocab_size, bandwidth, random);
      if (json)
        results.push_back(result_json(load, result));
      else
        print_row(load, result);
    }
  }
  if (json) {
    const nlohmann::json object = {{"model", engine->model_info().name},
                                   {"device", engine->device_name()},
                                   {"threads", engine->config().num_threads},
                                   {"load_s", load_seconds},
                                   {"memory", engine->memory_summary()},
                                   {"weight_bytes", engine->model_info().weight_bytes},
                                   {"memory_bandwidth_bytes_per_s", bandwidth},
                                   {"results", results}};
    write_text(stdout, object.dump(2) + "\n");
  }
  return kDone;
}

}  // namespace engine::cli
