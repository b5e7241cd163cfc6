// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/bench_load.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1,
                         static_cast<size_t>(share * static_cast<double>(values.size())))];
}

double LoadResult::decode_tokens_per_s() const {
  const double sum = std::accumulate(decode_seconds.begin(), decode_seconds.end(), 0.0);
  const auto tokens = static_cast<double>(decode_seconds.size() * last.size());
  return sum > 0 ? tokens / sum : 0;
}

double LoadResult::mean_ttft_ms() const {
  double sum = 0;
  for (const RequestOutput& output : last) sum += output.timings.ttft_ms;
  return sum / static_cast<double>(last.size());
}

BenchLoad::BenchLoad(Engine& engine, const ModelConfig& model)
    : engine_(engine), vocab_size_(model.vocab_size) {}

std::vector<int32_t> BenchLoad::random_tokens(int count) {
  std::uniform_int_distribution<int32_t> token(0, vocab_size_ - 1);
  std::vector<int32_t> ids(static_cast<size_t>(count));
  for (int32_t& id : ids) id = token(random_);
  return ids;
}

TokenRequest BenchLoad::request(std::vector<int32_t> prompt, int max_tokens) {
  TokenRequest request;
  request.prompt_token_ids = std::move(prompt);
  request.sampling.temperature = 0;
  request.sampling.max_tokens = max_tokens;
  request.sampling.ignore_eos = true;
  return request;
}

LoadResult BenchLoad::run(std::vector<TokenRequest> requests) {
  LoadResult result;
  result.last.resize(requests.size());
  size_t num_finished = 0, num_generating = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < requests.size(); ++i) {
    RequestOutput& output = result.last[i];
    engine_.submit(std::move(requests[i]), [&](const RequestOutput& piece) {
      if (!piece.token_ids.empty() && output.usage.completion_tokens == 0) ++num_generating;
      result.num_tokens += piece.token_ids.size();
      output = piece;
      num_finished += piece.finished();
    });
  }
  while (num_finished < result.last.size()) {
    if (interrupted()) throw Error(ErrorCode::Cancelled, "the benchmark was stopped");
    const bool all_decode = num_generating == result.last.size() && num_finished == 0;
    const auto step_begin = std::chrono::steady_clock::now();
    engine_.step();
    if (all_decode) result.decode_seconds.push_back(seconds_since(step_begin));
  }
  result.seconds = seconds_since(begin);
  for (const RequestOutput& output : result.last)
    if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  return result;
}

LoadResult BenchLoad::run(int sequences, int prompt_tokens, int max_tokens) {
  std::vector<TokenRequest> requests;
  for (int i = 0; i < sequences; ++i)
    requests.push_back(request(random_tokens(prompt_tokens), max_tokens));
  return run(std::move(requests));
}

LoadLimits::LoadLimits(const Engine& engine, const ModelConfig& model, const DeviceRates& rates)
    : rates_(rates) {
  const double hidden = model.hidden_size, layers = model.num_hidden_layers;
  const double embedding = hidden * model.vocab_size * 2;
  weight_bytes_ = static_cast<double>(engine.model_info().weight_bytes) -
                  (model.tie_word_embeddings ? 0 : embedding);
  const int64_t kv_elements = engine.model_info().kv_bytes_per_token / 2;
  kv_bytes_ = static_cast<double>(kv_elements) *
              (engine.config().device == "cpu"
                   ? static_cast<double>(sizeof(float))
                   : static_cast<double>(kv_cache_element_bytes(engine.config().kv_cache_dtype)));
  const double layer = hidden * (2.0 * model.q_size() + 2.0 * model.kv_size()) +
                       3.0 * hidden * model.intermediate_size;
  layer_operations_ = 2 * layer * layers;
  attention_operations_ = 4 * layers * model.q_size();
}

double LoadLimits::at_least(double bytes, double operations) const {
  if (rates_.memory <= 0 || rates_.matrix <= 0) return 0;
  return std::max(bytes / rates_.memory, operations / rates_.matrix);
}

double LoadLimits::decode_seconds(int sequences, int context) const {
  return at_least(weight_bytes_ + kv_bytes_ * context * sequences,
                  sequences * (layer_operations_ + attention_operations_ * context));
}

double LoadLimits::prefill_seconds(int tokens, int cached) const {
  const double count = tokens - cached;
  return at_least(weight_bytes_ + kv_bytes_ * tokens,
                  count * (layer_operations_ + attention_operations_ * (cached + count / 2)));
}

}  // namespace engine::cli
