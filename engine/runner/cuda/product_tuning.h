// SPDX-License-Identifier: Apache-2.0
// The algorithms of cuBLASLt for the four products of a layer, above kernels::kMaxSkinnyTokens
// tokens: taken from a TuningTable, or measured (kernels/cuda/matmul_tuner.h) and added to it. For
// the time of loading between weights and workspace: it borrows less memory than the workspace
// takes.
//
// Measured at some numbers of tokens, a few dozen up to the largest step. Where another algorithm
// than the first proposal wins, it is compared once more at the other end of the range down to the
// next smaller number measured: it is taken for the whole range where it wins there too, else for
// the one number only. Everywhere else cuBLASLt's own proposal for that very number is hard to
// beat.
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
constexpr double kMaxTuningSeconds = 1.0;

struct TuningReport {
  int known = 0;                       // choices found in the table
  int measured = 0;                    // new ones
  int unmeasured = 0;                  // new ones for which no time was left: the first proposal
  int faster = 0;                      // of those measured, not the first proposal
  int ranges = 0;                      // of those, for more than one number of tokens
  int other_bits = 0;                  // of those, with another order of summation
  double first_us = 0, chosen_us = 0;  // sums over those measured
  double seconds = 0;                  // in all

  std::string describe() const;  // one line
};

// The numbers of tokens that are measured, ascending, up to max_tokens, which is the last.
std::vector<int64_t> tuned_tokens(int64_t max_tokens);

// Where no time is left the first proposal is chosen for good, so that the next load computes the
// same bits. Every algorithm of the table runs once, so that no step has to load it. Does nothing
// with context.batch_invariant, which does without cuBLASLt. Throws Error{Device, OutOfMemory,
// Cancelled}.
TuningReport tune_products(const GpuWeights& weights, int64_t max_tokens,
                           const std::string& gpu_name, const kernels::CudaContext& context,
                           TuningTable* table, const std::stop_token& stop);

// What a table holds for a product of up to last_tokens: an algorithm from first_tokens on, or
// nothing but the first proposal (first_tokens is 0).
struct TunedRange {
  int64_t first_tokens = 0;
  kernels::CudaMatmul::Algorithm algorithm = {};
};
std::string tuning_key(const kernels::MatmulProduct& product, int64_t last_tokens,
                       const std::string& gpu_name, const kernels::CudaContext& context);
std::string format_range(const TunedRange& range);
// False when `text` is nothing that format_range() gives.
bool parse_range(const std::string& text, TunedRange* range);

}  // namespace engine
