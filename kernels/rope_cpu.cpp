// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "kernels/rope.h"

namespace kernels {
namespace {

constexpr double kPi = 3.14159265358979323846;

// The dimension whose wave makes that many rotations over the original context.
double rotation_bound(const RopeConfig& config, double rotations) {
  return static_cast<double>(config.head_dim) *
         std::log(config.original_max_positions / (rotations * 2 * kPi)) /
         (2 * std::log(config.theta));
}

}  // namespace

RopeFrequencies rope_frequencies(const RopeConfig& config) {
  RopeFrequencies result;
  const int64_t half = config.head_dim / 2;
  result.inv_freq.resize(static_cast<size_t>(half));
  double low = 0, high = 1;
  if (config.yarn) {
    low = std::max(std::floor(rotation_bound(config, config.beta_fast)), 0.0);
    high = std::min(std::ceil(rotation_bound(config, config.beta_slow)),
                    static_cast<double>(config.head_dim - 1));
    if (high == low) high += 0.001;
  }

  for (int64_t i = 0; i < half; ++i) {
    // Rounded to float32 where Hugging Face's tensors are.
    const float exponent = static_cast<float>(2 * i) / static_cast<float>(config.head_dim);
    const float power = static_cast<float>(std::pow(config.theta, static_cast<double>(exponent)));
    float frequency = 1.0f / power;
    if (config.yarn) {
      const float interpolated = 1.0f / (static_cast<float>(config.factor) * power);
      const double place = (static_cast<double>(i) - low) / (high - low);
      const float kept = 1.0f - static_cast<float>(std::clamp(place, 0.0, 1.0));
      frequency = interpolated * (1.0f - kept) + frequency * kept;
    }
    result.inv_freq[static_cast<size_t>(i)] = frequency;
  }
  if (config.attention_factor > 0) {
    result.attention_factor = static_cast<float>(config.attention_factor);
  } else if (config.yarn && config.factor > 1) {
    result.attention_factor = static_cast<float>(0.1 * std::log(config.factor) + 1);
  }
  return result;
}

namespace cpu {

void rope_cos_sin(const RopeCosSinArgs& args, const CpuContext& context) {
  const int64_t half = args.head_dim / 2;
  context.pool->run(args.num_tokens, [&](int64_t t, int) {
    float* row = args.cos_sin + t * args.head_dim;
    const float position = static_cast<float>(args.positions[t]);
    for (int64_t i = 0; i < half; ++i) {
      const float angle = position * args.inv_freq[i];
      row[i] = std::cos(angle) * args.attention_factor;
      row[half + i] = std::sin(angle) * args.attention_factor;
    }
  });
}

}  // namespace cpu
}  // namespace kernels
