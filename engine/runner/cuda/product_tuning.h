// SPDX-License-Identifier: Apache-2.0
// The algorithms of cuBLASLt for the four products of a layer, above kernels::kMaxSkinnyTokens
// tokens. For the time of loading between weights and workspace: it borrows less memory than the
// workspace takes.
//
// The first proposal of cuBLASLt is hard to beat at most numbers of tokens, but not at round ones
// and large ones: for a few of those, the largest step among them, which long prompts repeat, all
// proposals compete (kernels/cuda/matmul_tuner.h), and a TuningTable keeps the winners.
//
// Then the kernels that prompts of many lengths need run once, so that steps do not have to load
// them.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/runner/cuda/gpu_weights.h"
#include "engine/runner/cuda/tuning_table.h"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda_context.h"

namespace engine {

// No competition begins after so long, no kernel is loaded after so long again.
constexpr double kMaxTuningSeconds = 0.7, kMaxKernelSeconds = 0.25;

struct TuningReport {
  int known = 0;                       // choices found in the table
  int measured = 0;                    // competitions
  int unmeasured = 0;                  // left out, for lack of time
  int faster = 0;                      // of those measured, not won by the first proposal
  int other_bits = 0;                  // of those, with another order of summation
  int kernels = 0;                     // run once
  double first_us = 0, chosen_us = 0;  // sums over those measured
  double seconds = 0, kernel_seconds = 0;

  std::string describe() const;  // one line
};

// The numbers of tokens with choices, ascending; max_tokens is the last.
std::vector<int64_t> tuned_tokens(int64_t max_tokens);

// Where no time is left the first proposal is chosen for good, so that the next load computes the
// same bits. Does nothing with context.batch_invariant, which does without cuBLASLt. Throws
// Error{Device, OutOfMemory, Cancelled}.
TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop);

// The two sides of the table.
std::string tuning_key(const kernels::MatmulProduct& product, int64_t num_tokens,
                       const std::string& gpu_name, const kernels::CudaContext& context);
std::string format_algorithm(const kernels::CudaMatmul::Algorithm& algorithm);
// False when `text` is nothing that format_algorithm() gives.
bool parse_algorithm(const std::string& text, kernels::CudaMatmul::Algorithm* algorithm);

}  // namespace engine
