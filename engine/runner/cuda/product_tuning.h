// SPDX-License-Identifier: Apache-2.0
// The algorithms of cuBLASLt for the four products of a layer, above kernels::kMaxSkinnyTokens
// tokens. For the time of loading between weights and workspace: it borrows less memory than the
// workspace takes.
//
// The first proposal of cuBLASLt is hard to beat at most numbers of tokens, but not at round ones
// and large ones: for a few of those, the largest step among them, which long prompts repeat, all
// proposals compete (kernels/cuda/matmul_tuner.h), and a TuningTable keeps the winners.
//
// Then the kernels that prompts of many lengths need run once, shorter prompts first and as far as
// time allows, so that steps do not have to load them: about 3 ms each.
//
// Measured on an H200 with Qwen3-4B (bench_cuda --tuning, --idle): 12 of 24 competitions go to
// another than the first proposal, all with the same bits. Prompts of 1,024 / 2,048 / 4,096 / 8,192
// / 32,768 tokens are computed 3.3 / 5.1 / 1.6 / 1.2 / 1.3 % faster, where lengths without choices
// differ by -1.6 to 0.1 % in the same comparison. The first load takes 0.33 s for it, later ones 1
// ms, and each 0.25 s for kernels: with them the first prompt of 77 / 200 / 333 tokens and a token
// more take 8.3 / 12.5 / 9.9 ms instead of 21.3 / 23.7 / 19.9; above some 500 tokens the first
// prompt of a length still loads a kernel or two.
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
