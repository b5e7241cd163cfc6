// SPDX-License-Identifier: Apache-2.0
// The ops once more, in float64, straight from the formulas of their headers: slow and obvious, on
// all cores where it is much.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/kernels/parallel.h"

namespace reference {

using Values = std::vector<double>;

// Multiplications that are worth handing to another core.
constexpr int64_t kWorkOfPiece = 1 << 18;

inline size_t index(int64_t i) { return static_cast<size_t>(i); }

inline Values rms_norm(const Values& x, const Values& weight, double eps) {
  const size_t n = weight.size();
  Values out(x.size());
  for (size_t row = 0; row < x.size() / n; ++row) {
    double squares = 0;
    for (size_t i = 0; i < n; ++i) squares += x[row * n + i] * x[row * n + i];
    const double scale = 1 / std::sqrt(squares / static_cast<double>(n) + eps);
    for (size_t i = 0; i < n; ++i) out[row * n + i] = x[row * n + i] * scale * weight[i];
  }
  return out;
}

// out[t, r] = sum_c x[t, c] * w[r, c]
inline Values matmul(const Values& x, const Values& w, int64_t cols) {
  const int64_t tokens = static_cast<int64_t>(x.size()) / cols;
  const int64_t rows = static_cast<int64_t>(w.size()) / cols;
  Values out(index(tokens * rows));
  in_parallel(tokens * rows, kWorkOfPiece / cols, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const double* of_token = x.data() + i / rows * cols;
      const double* of_row = w.data() + i % rows * cols;
      double sum = 0;
      for (int64_t c = 0; c < cols; ++c) sum += of_token[c] * of_row[c];
      out[index(i)] = sum;
    }
  });
  return out;
}

inline Values silu_multiply(const Values& gate_up) {
  Values out(gate_up.size() / 2);
  for (size_t i = 0; i < out.size(); ++i) {
    const double gate = gate_up[2 * i];
    out[i] = gate / (1 + std::exp(-gate)) * gate_up[2 * i + 1];
  }
  return out;
}

inline void rotate(double* x, const double* cos_sin, int64_t head_dim) {
  const int64_t half = head_dim / 2;
  for (int64_t i = 0; i < half; ++i) {
    const double a = x[i], b = x[half + i];
    x[i] = a * cos_sin[i] - b * cos_sin[half + i];
    x[half + i] = b * cos_sin[i] + a * cos_sin[half + i];
  }
}

// One query over the first `count` of keys and values [.., head_dim], into out [head_dim].
inline void attend(const Values& q, const double* keys, const double* values, int64_t count,
                   double scale, double* out) {
  const size_t d = q.size(), n = index(count);
  Values weights(n);
  double max = -HUGE_VAL, total = 0;
  for (size_t j = 0; j < n; ++j) {
    double dot = 0;
    for (size_t i = 0; i < d; ++i) dot += q[i] * keys[j * d + i];
    weights[j] = dot * scale;
    max = std::max(max, weights[j]);
  }
  for (double& weight : weights) total += weight = std::exp(weight - max);
  for (size_t i = 0; i < d; ++i) out[i] = 0;
  for (size_t j = 0; j < n; ++j) {
    const double share = weights[j] / total;
    for (size_t i = 0; i < d; ++i) out[i] += share * values[j * d + i];
  }
}

}  // namespace reference
