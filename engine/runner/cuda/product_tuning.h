// SPDX-License-Identifier: Apache-2.0
// The algorithms of cuBLASLt for the four products of a layer, above kernels::kMaxSkinnyTokens
// tokens: taken from a TuningTable, or found and added to it. For the time of loading between
// weights and workspace: it borrows less memory than the workspace takes.
//
// Numbers of tokens come in cells, small enough that the first proposal for the last number of a
// cell serves all of them. That is the choice, so that a step never has to ask cuBLASLt, unless
// measuring (kernels/cuda/matmul_tuner.h) finds better: at every few hundred tokens and at the
// largest step, which long prompts repeat, all proposals compete. The winner is compared again at
// half way and all the way down to the next smaller number measured, and taken for the cells as far
// as it wins: what fills the card at one number of tokens can waste a third of it at a smaller one.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "engine/runner/cuda/gpu_weights.h"
#include "engine/runner/cuda/tuning_table.h"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda_context.h"

namespace engine {

// Measuring ends after so long.
constexpr double kMaxTuningSeconds = 0.8;

struct TuningReport {
  int known = 0;                           // cells found in the table
  int found = 0;                           // new ones
  int measured = 0;                        // competitions
  int unmeasured = 0;                      // left out, for lack of time
  int faster = 0;                          // of those measured, not won by the first proposal
  int other_bits = 0;                      // of those, with another order of summation
  int kernels = 0;                         // run once
  double first_us = 0, chosen_us = 0;      // sums over those measured
  double seconds = 0, kernel_seconds = 0;  // in all, and of it running each kernel once

  std::string describe() const;  // one line
};

// Tokens (first, last] that share a choice; the last one is `measured` or not.
struct TokenCell {
  int64_t first = 0, last = 0;
  bool measured = false;
  friend bool operator==(const TokenCell&, const TokenCell&) = default;
};
// In order, without gaps, from kMaxSkinnyTokens on; the last cell is max_tokens alone.
std::vector<TokenCell> token_cells(int64_t max_tokens);

// Where no time is left first proposals are chosen for good, so that the next load computes the
// same bits. Runs every kernel chosen once, so that no step has to load it. Does nothing with
// context.batch_invariant, which does without cuBLASLt. Throws Error{Device, OutOfMemory,
// Cancelled}.
TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop);

// The two sides of the table.
std::string tuning_key(const kernels::MatmulProduct& product, const TokenCell& cell,
                       const std::string& gpu_name, const kernels::CudaContext& context);
std::string format_algorithm(const kernels::CudaMatmul::Algorithm& algorithm);
// False when `text` is nothing that format_algorithm() gives.
bool parse_algorithm(const std::string& text, kernels::CudaMatmul::Algorithm* algorithm);

}  // namespace engine
