// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/product_tuning.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <set>
#include <utility>

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

// The numbers of tokens for which kernels are run once, in steps of a sixteenth: most lengths of
// prompts find their kernels among these.
std::vector<int64_t> sampled_tokens(int64_t max_tokens) {
  std::vector<int64_t> list;
  for (int64_t tokens = kernels::kMaxSkinnyTokens + 5; tokens < max_tokens; tokens += tokens / 16)
    list.push_back(tokens);
  return list;
}

// The choices of one load.
class Tuning {
 public:
  Tuning(const GpuWeights& weights, int64_t max_tokens, const std::string& gpu_name,
         const kernels::CudaContext& context, TuningTable* table)
      : gpu_name_(gpu_name),
        context_(context),
        table_(*table),
        products_(products_of(weights)),
        scratch_(products_, max_tokens),
        tuner_(context.stream) {
    check_cuda(tuner_.fill_random(scratch_.x.data(), scratch_.x.size() / 2, weights.dtype()),
               kDoing);
    for (MatmulTrial& trial : products_) {
      trial.x = scratch_.x.data();
      trial.out = scratch_.out.data();
      trial.same_bits = !table->is_kept;
    }
  }

  void choose(int64_t num_tokens) {
    for (MatmulTrial& trial : products_) {
      trial.num_tokens = num_tokens;
      std::string& text =
          table_.choices[tuning_key(trial.product, num_tokens, gpu_name_, context_)];
      CudaMatmul::Algorithm algorithm;
      if (text == kFirstProposal || (parse_algorithm(text, &algorithm) &&
                                     context_.matmul->choose(trial.product, num_tokens, algorithm)))
        ++report_.known;
      else
        text = measured_choice(trial);
    }
  }

  void run_kernels(int64_t max_tokens, const std::stop_token& stop) {
    const auto begin = Clock::now();
    for (const int64_t num_tokens : tuned_tokens(max_tokens)) {
      for (const MatmulTrial& trial : products_) run(trial, num_tokens);
    }
    std::set<std::pair<size_t, std::vector<uint32_t>>> seen;
    for (const int64_t num_tokens : sampled_tokens(max_tokens)) {
      if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
      if (seconds_since(begin) > kMaxKernelSeconds) break;
      for (size_t i = 0; i < products_.size(); ++i) {
        const auto first = context_.matmul->proposals(products_[i].product, num_tokens, 1);
        if (!first.empty() && seen.emplace(i, CudaMatmul::kernel_of(first[0])).second)
          run(products_[i], num_tokens);
      }
    }
    check_cuda(cudaStreamSynchronize(static_cast<cudaStream_t>(context_.stream)), kDoing);
    report_.kernels = static_cast<int>(seen.size());
    report_.kernel_seconds = seconds_since(begin);
  }

  TuningReport report() {
    report_.seconds = seconds_since(begin_) - report_.kernel_seconds;
    return report_;
  }

 private:
  // As the table has it.
  std::string measured_choice(const MatmulTrial& trial) {
    if (seconds_since(begin_) > kMaxTuningSeconds) {
      ++report_.unmeasured;
      return kFirstProposal;
    }
    kernels::MatmulChoice choice;
    const kernels::CudaStatus status = tuner_.tune(context_.matmul, trial, &choice);
    if (status == cudaErrorNotSupported) return kFirstProposal;
    check_cuda(status, kDoing);
    ++report_.measured;
    report_.first_us += static_cast<double>(choice.first_us);
    report_.chosen_us += static_cast<double>(choice.chosen_us);
    if (choice.is_first ||
        !context_.matmul->choose(trial.product, trial.num_tokens, choice.algorithm))
      return kFirstProposal;
    ++report_.faster;
    report_.other_bits += choice.same_bits ? 0 : 1;
    return format_algorithm(choice.algorithm);
  }

  void run(const MatmulTrial& trial, int64_t num_tokens) {
    check_cuda(context_.matmul->multiply(trial.out, false, trial.x, trial.weights[0], num_tokens,
                                         trial.product.add, context_.stream),
               kDoing);
  }

  const Clock::time_point begin_ = Clock::now();
  const std::string& gpu_name_;
  const kernels::CudaContext& context_;
  TuningTable& table_;
  std::vector<MatmulTrial> products_;
  const Scratch scratch_;
  kernels::MatmulTuner tuner_;
  TuningReport report_;
};

}  // namespace

std::string TuningReport::describe() const {
  char text[280];
  std::snprintf(
      text, sizeof text,
      "matrix products: %d choices known, %d measured (%d faster than the first proposal, "
      "%.1f %% of all time; %d with other bits), %d left out for lack of time, %.3f s; %d "
      "kernels loaded in %.3f s",
      known, measured, faster, chosen_us > 0 ? 100 * (first_us / chosen_us - 1) : 0.0, other_bits,
      unmeasured, seconds, kernels, kernel_seconds);
  return text;
}

std::vector<int64_t> tuned_tokens(int64_t max_tokens) {
  std::vector<int64_t> list;
  for (int64_t tokens = 512; tokens < max_tokens; tokens += tokens < 2048 ? 512 : 1024)
    list.push_back(tokens);
  if (max_tokens > kernels::kMaxSkinnyTokens) list.push_back(max_tokens);
  return list;
}

TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop) {
  const std::vector<int64_t> tokens = tuned_tokens(max_tokens);
  if (context.batch_invariant || tokens.empty()) return {};
  Tuning tuning(weights, max_tokens, gpu_name, context, table);
  // The largest first: there a choice saves the most time.
  for (size_t i = tokens.size(); i-- > 0;) {
    if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
    tuning.choose(tokens[i]);
  }
  tuning.run_kernels(max_tokens, stop);
  return tuning.report();
}

std::string tuning_key(const kernels::MatmulProduct& product, int64_t num_tokens,
                       const std::string& gpu_name, const kernels::CudaContext& context) {
  char text[200];
  std::snprintf(text, sizeof text, " sm_%d x %d, cuBLASLt %lld: %s %lld x %lld%s%s, %lld tokens",
                context.compute_capability, context.num_sms,
                static_cast<long long>(CudaMatmul::library_version()),
                kernels::dtype_name(product.dtype), static_cast<long long>(product.rows),
                static_cast<long long>(product.cols), product.add ? " added" : "",
                product.out_f32 ? " to F32" : "", static_cast<long long>(num_tokens));
  return gpu_name + text;
}

std::string format_algorithm(const CudaMatmul::Algorithm& algorithm) {
  std::string text;
  for (const uint64_t word : algorithm) {
    char digits[kDigits + 1];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(word));
    text += digits;
  }
  return text;
}

bool parse_algorithm(const std::string& text, CudaMatmul::Algorithm* algorithm) {
  if (text.size() != algorithm->size() * kDigits) return false;
  for (size_t i = 0; i < algorithm->size(); ++i) {
    const char* begin = text.data() + i * kDigits;
    const auto [end, problem] = std::from_chars(begin, begin + kDigits, (*algorithm)[i], 16);
    if (problem != std::errc() || end != begin + kDigits) return false;
  }
  return true;
}

}  // namespace engine
