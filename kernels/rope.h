// SPDX-License-Identifier: Apache-2.0
// Rotary position embedding: frequencies of a model, cosines and sines of a batch's positions.
//
// Formulas as Hugging Face's modeling_rope_utils.py (default and yarn; arXiv 2309.00071), with
// d = head_dim and i in [0, d / 2):
//   default  inv_freq[i] = 1 / theta^(2i / d)
//   yarn     bound(rotations) = d * ln(original_max_positions / (rotations * 2 pi)) / (2 ln theta)
//            low  = max(floor(bound(beta_fast)), 0)
//            high = min(ceil(bound(beta_slow)), d - 1), plus 0.001 when it equals low
//            ramp[i] = clamp((i - low) / (high - low), 0, 1)
//            inv_freq[i] = inv_freq[i] / factor * ramp[i] + inv_freq[i] * (1 - ramp[i])
//            attention_factor = 0.1 ln(factor) + 1 when factor > 1 and none is given
// and for every position, with angle = float32(position) * inv_freq[i] rounded to float32 as there:
//   cos_sin[t, i]         = cos(angle) * attention_factor
//   cos_sin[t, d / 2 + i] = sin(angle) * attention_factor
// Applied to pairs (i, i + d / 2) ("rotate half"): see attention.h.
#pragma once

#include <vector>

#include "kernels/cpu_context.h"

namespace kernels {

struct RopeConfig {
  int64_t head_dim = 0;  // even
  double theta = 10000;
  bool yarn = false;
  double factor = 1;
  double original_max_positions = 0;
  double beta_fast = 32, beta_slow = 1;
  double attention_factor = 0;  // 0: by the formula above (1 without yarn)
};

struct RopeFrequencies {
  std::vector<float> inv_freq;  // [head_dim / 2]
  float attention_factor = 1;
};

// Host only, once per model.
RopeFrequencies rope_frequencies(const RopeConfig& config);

struct RopeCosSinArgs {
  float* cos_sin = nullptr;  // [num_tokens, head_dim]  first half cosines, second half sines
  const int32_t* positions = nullptr;  // [num_tokens]  >= 0
  const float* inv_freq = nullptr;     // [head_dim / 2]
  int64_t num_tokens = 0;
  int64_t head_dim = 0;
  float attention_factor = 1;
};

namespace cpu {
// Once per pass, with the embeddings (embedding.h); every layer reads the result. Parallel over
// tokens.
void rope_cos_sin(const RopeCosSinArgs& args, const CpuContext& context);
}  // namespace cpu

}  // namespace kernels
