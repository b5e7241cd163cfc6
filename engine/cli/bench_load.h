// SPDX-License-Identifier: Apache-2.0
// Random prompts through an engine, what the clock says about them, and what the device would
// allow.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>
#include <vector>

#include "engine/device_rates.h"
#include "engine/engine.h"
#include "engine/formats/model_config.h"

namespace engine::cli {

double seconds_since(std::chrono::steady_clock::time_point begin);

// The smallest value that at least `share` of the values do not exceed; not empty.
double percentile(std::vector<double> values, double share);

// What went through an engine together.
struct LoadResult {
  std::vector<RequestOutput> last;     // of each request: usage and timings of all of it
  size_t num_tokens = 0;               // generated
  double seconds = 0;                  // from the first submit to the last token
  std::vector<double> decode_seconds;  // of each step in which every request wrote one token
  double decode_tokens_per_s() const;  // of those steps
  double mean_ttft_ms() const;
};

class BenchLoad {
 public:
  BenchLoad(Engine& engine, const ModelConfig& model);

  std::vector<int32_t> random_tokens(int count);
  // Greedy, past every end-of-text token.
  static TokenRequest request(std::vector<int32_t> prompt, int max_tokens);
  // Submits all at once and steps until all have ended. Throws Error{Device} when one failed,
  // Error{Cancelled} after Ctrl+C.
  LoadResult run(std::vector<TokenRequest> requests);
  // `sequences` prompts of that many random tokens.
  LoadResult run(int sequences, int prompt_tokens, int max_tokens);

  Engine& engine() { return engine_; }

 private:
  Engine& engine_;
  const int vocab_size_;
  std::mt19937_64 random_{1};
};

// The least time a device needs, from its rates: the larger of reading what must be read and
// multiplying what must be multiplied. 0 where a rate is not known.
class LoadLimits {
 public:
  LoadLimits(const Engine& engine, const ModelConfig& model, const DeviceRates& rates);

  // One token of each sequence over that many tokens of context.
  double decode_seconds(int sequences, int context) const;
  // A prompt of `tokens` of which the first `cached` are in the cache.
  double prefill_seconds(int tokens, int cached = 0) const;

 private:
  double at_least(double bytes, double operations) const;

  const DeviceRates rates_;
  double weight_bytes_ = 0;          // read in every step
  double kv_bytes_ = 0;              // of one token
  double layer_operations_ = 0;      // all layers, one token, without attention
  double attention_operations_ = 0;  // all layers, one token over one token
};

}  // namespace engine::cli
