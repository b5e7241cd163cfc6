// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/product_tuning.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <utility>

#include "engine/runner/cuda/resources.h"
#include "kernels/cuda/matmul_tuner.h"

namespace engine {
namespace {

using kernels::CudaMatmul;
using kernels::MatmulTrial;
using Clock = std::chrono::steady_clock;

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

bool is_measured(int64_t tokens) {
  return tokens % (tokens <= 2048 ? 256 : tokens <= 4096 ? 512 : 1024) == 0;
}

// The choices of one load.
class Tuning {
 public:
  Tuning(const GpuWeights& weights, const std::vector<TokenCell>& cells,
         const std::string& gpu_name, const kernels::CudaContext& context, TuningTable* table)
      : cells_(cells),
        gpu_name_(gpu_name),
        context_(context),
        table_(*table),
        products_(products_of(weights)),
        scratch_(products_, cells.back().last),
        tuner_(context.stream) {
    check_cuda(tuner_.fill_random(scratch_.x.data(), scratch_.x.size() / 2, weights.dtype()),
               kDoing);
    for (MatmulTrial& trial : products_) {
      trial.x = scratch_.x.data();
      trial.out = scratch_.out.data();
      trial.same_bits = !table->is_kept;
    }
  }

  // For cells [begin, end) of which the last alone is measured.
  void choose(size_t begin, size_t end) {
    for (size_t product = 0; product < products_.size(); ++product) {
      if (take_known(product, begin, end)) continue;
      for (size_t i = begin; i < end; ++i) {
        const auto first =
            context_.matmul->proposals(products_[product].product, cells_[i].last, 1);
        if (!first.empty()) chosen_[{product, i}] = first[0];
      }
      if (seconds_since(begin_) < kMaxTuningSeconds)
        measure(product, begin, end);
      else
        ++report_.unmeasured;
      for (size_t i = begin; i < end; ++i) {
        const auto place = chosen_.find({product, i});
        if (place == chosen_.end() || !take(product, i, place->second)) continue;
        table_.choices[key(product, i)] = format_algorithm(place->second);
        ++report_.found;
      }
    }
  }

  // Each kernel of the choices, at few tokens.
  TuningReport run_kernels() {
    const auto begin = Clock::now();
    std::set<std::pair<size_t, std::vector<uint32_t>>> seen;
    for (const auto& [place, algorithm] : chosen_) {
      const auto [product, cell] = place;
      if (!seen.emplace(product, CudaMatmul::kernel_of(algorithm)).second) continue;
      const MatmulTrial& trial = products_[product];
      check_cuda(context_.matmul->multiply(trial.out, false, trial.x, trial.weights[0],
                                           cells_[cell].last, trial.product.add, context_.stream),
                 kDoing);
    }
    check_cuda(cudaStreamSynchronize(static_cast<cudaStream_t>(context_.stream)), kDoing);
    report_.kernels = static_cast<int>(seen.size());
    report_.kernel_seconds = seconds_since(begin);
    report_.seconds = seconds_since(begin_);
    return report_;
  }

 private:
  std::string key(size_t product, size_t cell) const {
    return tuning_key(products_[product].product, cells_[cell], gpu_name_, context_);
  }

  bool take(size_t product, size_t cell, const CudaMatmul::Algorithm& algorithm) {
    const bool taken = context_.matmul->choose(products_[product].product, cells_[cell].first,
                                               cells_[cell].last, algorithm);
    if (taken) chosen_[{product, cell}] = algorithm;
    return taken;
  }

  bool take_known(size_t product, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const auto known = table_.choices.find(key(product, i));
      CudaMatmul::Algorithm algorithm;
      if (known == table_.choices.end() || !parse_algorithm(known->second, &algorithm) ||
          !take(product, i, algorithm))
        return false;
    }
    report_.known += static_cast<int>(end - begin);
    return true;
  }

  // Puts the winner at the last cell into all cells where it wins.
  void measure(size_t product, size_t begin, size_t end) {
    MatmulTrial trial = products_[product];
    trial.num_tokens = cells_[end - 1].last;
    kernels::MatmulChoice choice;
    const kernels::CudaStatus status = tuner_.tune(context_.matmul, trial, &choice);
    if (status == cudaErrorNotSupported) return;
    check_cuda(status, kDoing);
    ++report_.measured;
    report_.first_us += static_cast<double>(choice.first_us);
    report_.chosen_us += static_cast<double>(choice.chosen_us);
    if (choice.is_first) return;
    ++report_.faster;
    report_.other_bits += choice.same_bits ? 0 : 1;
    const CudaMatmul::Algorithm winner = choice.algorithm;
    size_t from = end - 1;
    // Between two numbers of tokens the first proposal may have other bits than at both.
    if (!trial.same_bits) {
      for (const size_t cell : {(begin + end) / 2, begin}) {
        trial.num_tokens = cells_[cell].first;
        if (cell == end - 1 || !wins(trial, winner)) break;
        from = cell;
      }
    }
    for (size_t i = from; i < end; ++i) chosen_[{product, i}] = winner;
  }

  bool wins(const MatmulTrial& trial, const CudaMatmul::Algorithm& algorithm) {
    kernels::MatmulChoice choice;
    const kernels::CudaStatus status = tuner_.compare(context_.matmul, trial, algorithm, &choice);
    if (status == cudaErrorNotSupported) return false;
    check_cuda(status, kDoing);
    return !choice.is_first;
  }

  const Clock::time_point begin_ = Clock::now();
  const std::vector<TokenCell>& cells_;
  const std::string& gpu_name_;
  const kernels::CudaContext& context_;
  TuningTable& table_;
  std::vector<MatmulTrial> products_;
  const Scratch scratch_;
  kernels::MatmulTuner tuner_;
  std::map<std::pair<size_t, size_t>, CudaMatmul::Algorithm> chosen_;  // by product and cell
  TuningReport report_;
};

}  // namespace

std::string TuningReport::describe() const {
  char text[280];
  std::snprintf(
      text, sizeof text,
      "matrix products: %d choices known, %d found; %d measured (%d faster than the first "
      "proposal, %.1f %% of all time; %d with other bits), %d left out for lack of time; %.3f s "
      "and %.3f s for %d kernels",
      known, found, measured, faster, chosen_us > 0 ? 100 * (first_us / chosen_us - 1) : 0.0,
      other_bits, unmeasured, seconds - kernel_seconds, kernel_seconds, kernels);
  return text;
}

std::vector<TokenCell> token_cells(int64_t max_tokens) {
  std::vector<TokenCell> cells;
  for (int64_t before = kernels::kMaxSkinnyTokens; before < max_tokens;) {
    const int64_t step = before < 1024 ? 16 : before < 2048 ? 32 : 64;
    const int64_t last = std::min(before + step, max_tokens);
    const bool measured = last == max_tokens || is_measured(last);
    if (measured && last - before > 1) cells.push_back({before + 1, last - 1, false});
    cells.push_back({measured ? last : before + 1, last, measured});
    before = last;
  }
  return cells;
}

TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop) {
  const std::vector<TokenCell> cells = token_cells(max_tokens);
  if (context.batch_invariant || cells.empty()) return {};
  Tuning tuning(weights, cells, gpu_name, context, table);
  // The largest first: there a choice saves the most time.
  for (size_t end = cells.size(); end > 0;) {
    if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
    size_t begin = end - 1;
    while (begin > 0 && !cells[begin - 1].measured) --begin;
    tuning.choose(begin, end);
    end = begin;
  }
  return tuning.run_kernels();
}

std::string tuning_key(const kernels::MatmulProduct& product, const TokenCell& cell,
                       const std::string& gpu_name, const kernels::CudaContext& context) {
  char text[240];
  std::snprintf(
      text, sizeof text, " sm_%d x %d, cuBLASLt %lld: %s %lld x %lld%s%s, %lld to %lld tokens",
      context.compute_capability, context.num_sms,
      static_cast<long long>(CudaMatmul::library_version()), kernels::dtype_name(product.dtype),
      static_cast<long long>(product.rows), static_cast<long long>(product.cols),
      product.add ? " added" : "", product.out_f32 ? " to F32" : "",
      static_cast<long long>(cell.first), static_cast<long long>(cell.last));
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
