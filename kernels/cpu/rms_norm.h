// SPDX-License-Identifier: Apache-2.0
// RMSNorm of rows, the prologue of three stages.
//   out[t, i] = x[rows[t], i] / sqrt(mean_j(x[rows[t], j]^2) + eps) * weight[i]
//   rows null: rows[t] = t
// Mean in float32 over 16 lanes, in the order of primitives.h. out may alias x when rows is null.
#pragma once

#include <cmath>
#include <cstdint>

#include "kernels/cpu_context.h"

namespace kernels::cpu {

inline void rms_norm_row(float* out, const float* x, const float* weight, int64_t n, float eps) {
  float lane[16] = {};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (int l = 0; l < 16; ++l) lane[l] += x[i + l] * x[i + l];
  }
  for (int l = 0; i < n; ++i, ++l) lane[l] += x[i] * x[i];
  for (int width = 8; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lane[l] += lane[l + width];
  }
  const float scale = 1.0f / std::sqrt(lane[0] / static_cast<float>(n) + eps);
  for (int64_t j = 0; j < n; ++j) out[j] = x[j] * scale * weight[j];
}

struct RmsNormArgs {
  float* out = nullptr;           // [num_rows, size]
  const float* x = nullptr;       // [*, size]
  const int32_t* rows = nullptr;  // [num_rows] or null
  const float* weight = nullptr;  // [size]
  int64_t num_rows = 0, size = 0;
  float eps = 0;
};

inline void rms_norm(const RmsNormArgs& args, const CpuContext& context) {
  context.pool->run(args.num_rows, [&](int64_t t, int) {
    const int64_t row = args.rows ? args.rows[t] : t;
    rms_norm_row(args.out + t * args.size, args.x + row * args.size, args.weight, args.size,
                 args.eps);
  });
}

}  // namespace kernels::cpu
