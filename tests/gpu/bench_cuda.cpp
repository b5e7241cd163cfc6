// SPDX-License-Identifier: Apache-2.0
// Speed of the CUDA runner beside the limits of the card, measured in the same run.
//
// A model of Qwen3-4B's shape with random weights (speed does not depend on their values): no
// files.
//   bench_cuda [--quick] [--deep] [--decode | --prefill | --batch-invariant | --tuning]
//              [--trace-decode | --trace-prefill] [--idle | --depth] [--kv-cache-dtype NAME]
//              [--no-tuning | --choices FILE]
// Decode: steps at 1 .. 32 sequences and at depth. Prefill: prompts in chunks of the runner's token
// budget. --deep adds a prompt of 128K, --decode and --prefill leave the other out. What
// batch-invariant mode costs comes last; --batch-invariant prints that alone. --idle: only the
// first prompts after loading and the device's time between steps; --depth: only one sequence at
// depth and a prompt of 32K. --tuning: only prompts, with the algorithms that cuBLASLt proposes
// first and with those that measuring chose, and what measuring costs at load; --no-tuning does
// without. --choices: keeps them in a file, as the application does in the cache folder. Every
// figure beside its limit: bytes over the measured copy rate, operations over the measured matrix
// rate.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "engine/runner/cuda/cuda_runner.h"
#include "engine/runner/cuda/gpu_rates.h"
#include "engine/runner/cuda/tuning_file.h"
#include "tests/gpu/random_model.h"

namespace {

using Clock = std::chrono::steady_clock;
using engine::Batch;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

engine::ModelConfig qwen3_4b() {
  engine::ModelConfig model;
  model.architecture = "Qwen3ForCausalLM";
  model.vocab_size = 151936;
  model.hidden_size = 2560;
  model.intermediate_size = 9728;
  model.num_hidden_layers = 36;
  model.num_attention_heads = 32;
  model.num_key_value_heads = 8;
  model.head_dim = 128;
  model.max_position_embeddings = 262144;
  model.rope_theta = 5e6;
  model.tie_word_embeddings = true;
  return model;
}

// Sequences with blocks of their own, without a scheduler.
class Driver {
 public:
  Driver(engine::CudaRunner* runner, int num_seqs, int max_context) : runner_(*runner) {
    const int bs = runner_.block_size();
    blocks_each_ = (max_context + bs - 1) / bs;
    if (static_cast<int64_t>(blocks_each_) * num_seqs > runner_.num_kv_blocks()) num_seqs = 0;
    contexts_.assign(static_cast<size_t>(num_seqs), 0);
    last_.assign(static_cast<size_t>(num_seqs), 1);
  }
  bool fits() const { return !contexts_.empty(); }

  // `count` new tokens of each sequence; sampled when `sample`.
  void step(int count, bool sample, float temperature = 0) {
    Batch batch;
    const int bs = runner_.block_size();
    batch.cu_seqlens_q = {0};
    batch.max_blocks_per_seq = (contexts_[0] + count + bs - 1) / bs;
    for (size_t s = 0; s < contexts_.size(); ++s) {
      const int block0 = static_cast<int>(s) * blocks_each_;
      for (int i = 0; i < count; ++i) {
        const int position = contexts_[s] + i;
        batch.token_ids.push_back(count == 1 ? last_[s] : (position * 7919 + 13) % 151936);
        batch.positions.push_back(position);
        batch.slot_mapping.push_back(int64_t{block0 + position / bs} * bs + position % bs);
      }
      contexts_[s] += count;
      batch.cu_seqlens_q.push_back(batch.num_tokens());
      batch.context_lens.push_back(contexts_[s]);
      for (int b = 0; b < batch.max_blocks_per_seq; ++b) batch.block_tables.push_back(block0 + b);
      if (!sample) continue;
      batch.logits_rows.push_back(batch.num_tokens() - 1);
      batch.logits_sinks.push_back(nullptr);
      batch.sample_rows.push_back(static_cast<int32_t>(s));
      engine::SamplingState state;
      state.temperature = temperature;
      state.top_k = 20;
      state.top_p = 0.8f;
      state.seed = s + 1;
      state.position = contexts_[s];
      batch.sampling.push_back(state);
    }
    const auto tokens = runner_.run(batch);
    for (size_t s = 0; s < tokens.size(); ++s) last_[s] = tokens[s].token_id;
  }

  // A context without computing it: what lies in the cache is finite, and speed does not care.
  void pretend_context(int tokens) { std::fill(contexts_.begin(), contexts_.end(), tokens); }

 private:
  engine::CudaRunner& runner_;
  int blocks_each_ = 0;
  std::vector<int> contexts_;
  std::vector<int32_t> last_;
};

double decode_row(engine::CudaRunner* runner, const engine::DeviceRates& limits, int seqs,
                  int depth, int steps, float temperature = 0) {
  const engine::ModelConfig& model = runner->model_config();
  Driver driver(runner, seqs, depth + steps + 32);
  if (!driver.fits()) return 0;
  driver.pretend_context(depth);
  for (int i = 0; i < 16; ++i) driver.step(1, true, temperature);
  std::vector<double> times;
  double total = 0;
  for (int i = 0; i < steps; ++i) {
    const auto begin = Clock::now();
    driver.step(1, true, temperature);
    times.push_back(seconds_since(begin));
    total += times.back();
  }
  const auto kv_bytes = static_cast<double>(runner->memory_plan().kv_bytes_per_token);
  const double weights = static_cast<double>(engine::GpuWeights::planned_bytes(model));
  const double limit =
      limits.memory * seqs / (weights + kv_bytes * seqs * (depth + 16 + steps / 2.0));
  const double rate = seqs * steps / total;
  std::printf(
      "decode  %2d seq  depth %6d  %s  %9.1f tok/s  %7.3f ms (median %7.3f)  limit %9.1f  %5.1f "
      "%%\n",
      seqs, depth, temperature > 0 ? "sampled" : "greedy ", rate, total / steps * 1e3,
      median(times) * 1e3, limit, 100 * rate / limit);
  std::fflush(stdout);
  return rate;
}

// What the host costs: by the device's clock, its share of time without a step at one sequence.
void idle_row(engine::CudaRunner* runner) {
  for (const int depth : {128, 8192}) {
    Driver driver(runner, 1, depth + 300);
    if (!driver.fits()) return;
    driver.pretend_context(depth);
    for (int i = 0; i < 16; ++i) driver.step(1, true);
    runner->idle_share();
    for (int i = 0; i < 256; ++i) driver.step(1, true);
    std::printf("idle    1 seq  depth %6d  %.2f %% of the time between steps (limit 2 %%)\n", depth,
                100 * runner->idle_share());
  }
  std::fflush(stdout);
}

// The first prompt after loading beside later ones: what was left for the first one to load.
void first_row(engine::CudaRunner* runner) {
  for (const int wanted : {1, 64, 77, 200, 333, 512, 777, 1500, 3000}) {
    const int length = std::min(wanted, runner->max_num_batched_tokens());
    std::vector<double> times;
    for (int i = 0; i < 4; ++i) {
      Driver driver(runner, 1, length + 32);
      const auto begin = Clock::now();
      driver.step(length, true);
      driver.step(1, true);
      times.push_back(seconds_since(begin) * 1e3);
    }
    std::printf("first   %4d tokens and 1  %7.2f ms, then %.2f %.2f %.2f\n", length, times[0],
                times[1], times[2], times[3]);
  }
  std::fflush(stdout);
}

double prompt_seconds(engine::CudaRunner* runner, int length) {
  Driver driver(runner, 1, length + 32);
  const auto begin = Clock::now();
  for (int done = 0; done < length;) {
    const int chunk = std::min(runner->max_num_batched_tokens(), length - done);
    driver.step(chunk, done + chunk == length);
    done += chunk;
  }
  return seconds_since(begin);
}

double prefill_row(engine::CudaRunner* runner, const engine::DeviceRates& limits, int length,
                   int repeats) {
  const engine::ModelConfig& model = runner->model_config();
  std::vector<double> times;
  for (int i = 0; i < repeats + 1; ++i) {
    if (!Driver(runner, 1, length + 32).fits()) return 0;
    const double seconds = prompt_seconds(runner, length);
    if (i > 0) times.push_back(seconds);
  }
  const double hidden = model.hidden_size;
  const double layer = hidden * (2.0 * model.q_size() + 2 * model.kv_size()) +
                       3.0 * hidden * model.intermediate_size;
  const double ops = 2 * layer * model.num_hidden_layers * length +
                     2.0 * model.num_hidden_layers * model.q_size() * length * length;
  const double rate = length / median(times), limit = limits.matrix * length / ops;
  std::printf("prefill %6d  %9.0f tok/s  %9.2f ms  limit %9.0f  %5.1f %%\n", length, rate,
              median(times) * 1e3, limit, 100 * rate / limit);
  std::fflush(stdout);
  return rate;
}

// Prompts without and with choices of algorithms, turn about, so that both meet the card at the
// same temperature, and what finding the choices costs at load. Lengths between the tuned ones show
// what is chance.
void compare_tuning(const RandomModel& weights) {
  engine::TuningTable table;
  table.is_kept = true;
  engine::EngineConfig config;
  config.kv_cache_bytes = int64_t{8} << 30;
  config.max_model_len = 40960;
  std::unique_ptr<engine::CudaRunner> runners[2];
  const char* names[] = {"first proposals", "found at load", "known"};
  for (size_t way = 0; way < 3; ++way) {
    auto options = engine::CudaRunnerOptions::from_environment();
    options.tuning = way > 0 ? &table : nullptr;
    std::unique_ptr<engine::CudaRunner>& runner = runners[std::min<size_t>(way, 1)];
    runner.reset();
    const auto begin = Clock::now();
    runner = std::make_unique<engine::CudaRunner>(config, qwen3_4b(), weights, 0, options,
                                                  engine::LoadProgress(), std::stop_token());
    std::printf("tuning  %s: load %.2f s  %s\n", names[way], seconds_since(begin),
                way > 0 ? table.report.c_str() : "");
  }
  for (const int length : {100, 300, 512, 700, 1024, 1536, 1800, 2048, 3072, 4096, 8192, 32768}) {
    std::vector<double> times[2];
    const int repeats = std::clamp(60000 / length, 2, 21);
    for (int i = 0; i < repeats; ++i) {
      for (const size_t way : {i % 2, 1 - i % 2})
        times[way].push_back(prompt_seconds(runners[way].get(), length));
    }
    const double first = median(times[0]), chosen = median(times[1]);
    std::printf("tuning  %6d tokens  %9.2f ms, with choices %9.2f ms (%7.0f tok/s)  %+5.1f %%\n",
                length, first * 1e3, chosen * 1e3, length / chosen, 100 * (first / chosen - 1));
    std::fflush(stdout);
  }
}

// The same figures by default and in batch-invariant mode, and the share that is left.
void compare_batch_invariant(const RandomModel& weights, const engine::DeviceRates& limits) {
  std::vector<double> rates[2];
  engine::TuningTable table;
  table.is_kept = true;
  for (const bool invariant : {false, true}) {
    engine::EngineConfig config;
    config.batch_invariant = invariant;
    auto options = engine::CudaRunnerOptions::from_environment();
    options.tuning = &table;
    engine::CudaRunner runner(config, qwen3_4b(), weights, 0, options, {}, {});
    std::printf("%s\n", invariant ? "batch-invariant" : "default");
    for (const int seqs : {1, 8, 32})
      rates[invariant].push_back(decode_row(&runner, limits, seqs, 512, 128));
    rates[invariant].push_back(decode_row(&runner, limits, 1, 32768, 32));
    for (const int length : {2048, 8192})
      rates[invariant].push_back(prefill_row(&runner, limits, length, 3));
  }
  const char* names[] = {"decode 1 seq",        "decode 8 seq", "decode 32 seq",
                         "decode 1 seq at 32K", "prefill 2K",   "prefill 8K"};
  for (size_t i = 0; i < std::size(names); ++i) {
    std::printf("batch-invariant  %-20s %5.1f %% of the default\n", names[i],
                100 * rates[1][i] / rates[0][i]);
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const auto has = [&](const char* flag) {
    return std::any_of(argv + 1, argv + argc,
                       [&](const char* a) { return std::strcmp(a, flag) == 0; });
  };
  try {
    const engine::DeviceRates limits = engine::measure_gpu_rates(0);
    std::printf("card    copy %.2f TB/s  matrix %.0f TFLOP/s\n", limits.memory / 1e12,
                limits.matrix / 1e12);
    engine::EngineConfig config;
    config.max_model_len = 0;
    for (int i = 1; i + 1 < argc; ++i) {
      if (std::strcmp(argv[i], "--kv-cache-dtype") == 0)
        config.kv_cache_dtype = engine::parse_kv_cache_dtype(argv[i + 1]);
    }
    const RandomModel weights(qwen3_4b());
    if (has("--batch-invariant")) {
      compare_batch_invariant(weights, limits);
      return 0;
    }
    if (has("--tuning")) {
      compare_tuning(weights);
      return 0;
    }
    std::string choices;
    for (int i = 1; i + 1 < argc; ++i) {
      if (std::strcmp(argv[i], "--choices") == 0) choices = argv[i + 1];
    }
    engine::TuningTable table = engine::read_tuning_file(choices);
    table.is_kept = true;
    auto options = engine::CudaRunnerOptions::from_environment();
    options.time_steps = has("--idle");
    options.tuning = has("--no-tuning") ? nullptr : &table;
    const auto begin = Clock::now();
    double weights_done = 0;
    const auto progress = [&](const std::string& stage, double) {
      if (stage == "Preparing the GPU" && weights_done == 0) weights_done = seconds_since(begin);
    };
    auto owner = std::make_unique<engine::CudaRunner>(config, qwen3_4b(), weights, 0, options,
                                                      progress, std::stop_token());
    engine::CudaRunner& runner = *owner;
    std::printf("load    %.2f s, %.2f of it graphs and warm-up  %s\n", seconds_since(begin),
                seconds_since(begin) - weights_done, runner.memory_plan().describe().c_str());
    if (!table.report.empty()) std::printf("%s\n", table.report.c_str());
    if (!choices.empty()) engine::write_tuning_file(choices, table);
    if (has("--idle")) {
      first_row(&runner);
      idle_row(&runner);
      return 0;
    }
    if (has("--trace-decode")) {
      decode_row(&runner, limits, 1, 128, 20);
      return 0;
    }
    if (has("--trace-prefill")) {
      prefill_row(&runner, limits, 8192, 1);
      return 0;
    }
    if (has("--depth")) {
      for (const int depth : {128, 8192, 32768, 131072 - 256})
        decode_row(&runner, limits, 1, depth, 64);
      prefill_row(&runner, limits, 32768, 3);
      return 0;
    }
    if (!has("--prefill")) {
      const int steps = has("--quick") ? 64 : 192;
      decode_row(&runner, limits, 1, 128, steps);
      decode_row(&runner, limits, 1, 128, steps, 0.7f);
      for (const int seqs : {2, 4, 8, 16, 32}) decode_row(&runner, limits, seqs, 512, 128);
      decode_row(&runner, limits, 1, 8192, 64);
      decode_row(&runner, limits, 1, 32768, 64);
      decode_row(&runner, limits, 1, 131072 - 256, 64);
      decode_row(&runner, limits, 8, 32768, 32);
    }
    if (!has("--decode")) {
      for (const int length : {512, 2048, 8192, 32768}) prefill_row(&runner, limits, length, 5);
    }
    if (has("--deep")) prefill_row(&runner, limits, 131072, 1);
    owner.reset();
    if (!has("--decode") && !has("--prefill")) compare_batch_invariant(weights, limits);
  } catch (const std::exception& problem) {
    std::printf("FAILED  %s\n", problem.what());
    return 1;
  }
  return 0;
}
