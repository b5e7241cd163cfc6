// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/product_tuning.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <set>
#include <string_view>

#include "engine/runner/cuda/resources.h"
#include "kernels/cuda/matmul_tuner.h"

namespace engine {
namespace {

using kernels::CudaMatmul;
using kernels::MatmulTrial;
using Clock = std::chrono::steady_clock;

constexpr const char* kFirstProposal = "first proposal";
constexpr size_t kDigits = 16;  // of a word of an algorithm
constexpr const char* kDoing = "choosing algorithms for the matrix products";

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The products of a layer, each with the matrices of all layers.
std::vector<MatmulTrial> products_of(const GpuWeights& weights) {
  std::vector<MatmulTrial> trials(4);
  for (const GpuLayer& layer : weights.layers()) {
    trials[0].weights.push_back(layer.qkv);
    trials[1].weights.push_back(layer.output);
    trials[2].weights.push_back(layer.gate_up);
    trials[3].weights.push_back(layer.down);
  }
  for (MatmulTrial& trial : trials) {
    const kernels::WeightMatrix& weight = trial.weights.at(0);
    trial.product = {weight.rows, weight.cols, weight.dtype, false, false};
  }
  trials[1].product.add = trials[3].product.add = true;
  return trials;
}

// Input and output of the largest product.
struct Scratch {
  DeviceBytes x, out;

  Scratch(const std::vector<MatmulTrial>& trials, int64_t tokens) {
    int64_t rows = 0, cols = 0;
    for (const MatmulTrial& trial : trials) {
      rows = std::max(rows, trial.product.rows);
      cols = std::max(cols, trial.product.cols);
    }
    x = device_bytes(tokens * cols * 2, kDoing);
    out = device_bytes(tokens * rows * 2, kDoing);
  }
};

template <typename Number>
bool parse_number(std::string_view text, int base, Number* number) {
  const char* end = text.data() + text.size();
  const auto [after, problem] = std::from_chars(text.data(), end, *number, base);
  return problem == std::errc() && after == end;
}

void run(CudaMatmul* matmul, const MatmulTrial& trial, void* stream) {
  check_cuda(matmul->multiply(trial.out, false, trial.x, trial.weights[0], trial.num_tokens,
                              trial.product.add, stream),
             kDoing);
}

// Chooses for products of first_tokens to trial.num_tokens, as far as that is measured to be
// better.
TunedRange find_range(CudaMatmul* matmul, kernels::MatmulTuner* tuner, MatmulTrial trial,
                      int64_t first_tokens, TuningReport* report) {
  ++report->measured;
  kernels::MatmulChoice choice;
  kernels::CudaStatus status = tuner->tune(matmul, trial, &choice);
  if (status == cudaErrorNotSupported) return {};
  check_cuda(status, kDoing);
  report->first_us += static_cast<double>(choice.first_us);
  report->chosen_us += static_cast<double>(choice.chosen_us);
  if (choice.is_first) return {};
  ++report->faster;
  report->other_bits += choice.same_bits ? 0 : 1;
  // What is good for one number of tokens can be bad for a smaller one.
  TunedRange range{trial.num_tokens, choice.algorithm};
  if (trial.same_bits) return range;  // between the ends the first proposal may have other bits
  for (const int64_t tokens : {(first_tokens + range.first_tokens) / 2, first_tokens}) {
    trial.num_tokens = tokens;
    status = tuner->compare(matmul, trial, range.algorithm, &choice);
    if (status == cudaErrorNotSupported) break;
    check_cuda(status, kDoing);
    if (choice.is_first) break;
    report->ranges += tokens > first_tokens ? 1 : 0;
    range.first_tokens = tokens;
  }
  return range;
}

}  // namespace

std::string TuningReport::describe() const {
  char text[240];
  std::snprintf(text, sizeof text,
                "matrix products: %d choices known, %d measured (%d faster than the first proposal "
                "by %.1f %% of all time, %d of them over a range, %d with other bits), %d without "
                "time, %.3f s",
                known, measured, faster, chosen_us > 0 ? 100 * (first_us / chosen_us - 1) : 0.0,
                ranges, other_bits, unmeasured, seconds);
  return text;
}

std::vector<int64_t> tuned_tokens(int64_t max_tokens) {
  std::vector<int64_t> list;
  int64_t tokens = kernels::kMaxSkinnyTokens;
  while (tokens < max_tokens) {
    tokens += tokens < 128    ? 32
              : tokens < 512  ? 64
              : tokens < 2048 ? 128
              : tokens < 4096 ? 256
                              : 512;
    list.push_back(std::min(tokens, max_tokens));
  }
  return list;
}

TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop) {
  TuningReport report;
  const auto begin = Clock::now();
  const std::vector<int64_t> tokens = tuned_tokens(max_tokens);
  if (context.batch_invariant || tokens.empty()) return report;
  CudaMatmul& matmul = *context.matmul;
  std::vector<MatmulTrial> products = products_of(weights);
  const Scratch scratch(products, max_tokens);
  kernels::MatmulTuner tuner(context.stream);
  check_cuda(tuner.fill_random(scratch.x.data(), scratch.x.size() / 2, weights.dtype()), kDoing);
  std::set<CudaMatmul::Algorithm> loaded;
  // The largest first: there a choice saves the most time.
  for (size_t i = tokens.size(); i-- > 0;) {
    const int64_t first_tokens = 1 + (i > 0 ? tokens[i - 1] : kernels::kMaxSkinnyTokens);
    for (MatmulTrial& trial : products) {
      if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
      trial.num_tokens = tokens[i];
      trial.x = scratch.x.data();
      trial.out = scratch.out.data();
      trial.same_bits = !table->is_kept;
      std::string& text = table->choices[tuning_key(trial.product, tokens[i], gpu_name, context)];
      TunedRange range;
      bool is_known = parse_range(text, &range) && range.first_tokens <= tokens[i];
      if (is_known && range.first_tokens > 0) {
        is_known = matmul.choose(trial.product, range.first_tokens, tokens[i], range.algorithm);
        if (is_known && loaded.insert(range.algorithm).second) run(&matmul, trial, context.stream);
      }
      if (is_known) {
        ++report.known;
        continue;
      }
      range = {};
      if (seconds_since(begin) > kMaxTuningSeconds)
        ++report.unmeasured;
      else
        range = find_range(&matmul, &tuner, trial, first_tokens, &report);
      if (range.first_tokens > 0 &&
          !matmul.choose(trial.product, range.first_tokens, tokens[i], range.algorithm))
        range = {};
      text = format_range(range);
    }
  }
  check_cuda(cudaStreamSynchronize(static_cast<cudaStream_t>(context.stream)), kDoing);
  report.seconds = seconds_since(begin);
  return report;
}

std::string tuning_key(const kernels::MatmulProduct& product, int64_t last_tokens,
                       const std::string& gpu_name, const kernels::CudaContext& context) {
  char text[200];
  std::snprintf(text, sizeof text, " sm_%d x %d, cuBLASLt %lld: %s %lld x %lld%s%s, %lld tokens",
                context.compute_capability, context.num_sms,
                static_cast<long long>(CudaMatmul::library_version()),
                kernels::dtype_name(product.dtype), static_cast<long long>(product.rows),
                static_cast<long long>(product.cols), product.add ? " added" : "",
                product.out_f32 ? " to F32" : "", static_cast<long long>(last_tokens));
  return gpu_name + text;
}

std::string format_range(const TunedRange& range) {
  if (range.first_tokens == 0) return kFirstProposal;
  std::string text = std::to_string(range.first_tokens) + "+";
  for (const uint64_t word : range.algorithm) {
    char digits[kDigits + 1];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(word));
    text += digits;
  }
  return text;
}

bool parse_range(const std::string& text, TunedRange* range) {
  *range = {};
  if (text == kFirstProposal) return true;
  const size_t plus = std::min(text.find('+'), text.size());
  if (!parse_number(std::string_view(text).substr(0, plus), 10, &range->first_tokens) ||
      range->first_tokens <= kernels::kMaxSkinnyTokens ||
      text.size() != plus + 1 + range->algorithm.size() * kDigits)
    return false;
  for (size_t i = 0; i < range->algorithm.size(); ++i) {
    const auto digits = std::string_view(text).substr(plus + 1 + i * kDigits, kDigits);
    if (!parse_number(digits, 16, &range->algorithm[i])) return false;
  }
  return true;
}

}  // namespace engine
