// SPDX-License-Identifier: Apache-2.0
// Plain C++ loops: the fall-back for any processor, and the reference that the others are tested
// against.
#include <math.h>

#include "kernels/cpu/primitives.h"

namespace kernels::cpu {
namespace {

struct Simd {
  struct Vector {
    float lane[16];
  };
  using Piece = Vector;
  static constexpr int kPieceLanes = 16, kPieces = 1;
  template <typename Function>
  static Vector each(const Function& function) {
    Vector result;
    for (int i = 0; i < 16; ++i) result.lane[i] = function(i);
    return result;
  }
  static Vector zero() { return set(0); }
  static Vector set(float value) {
    return each([value](int) { return value; });
  }
  static Vector load(const float* p) {
    return each([p](int i) { return p[i]; });
  }
  static Vector load_part(const float* p, int64_t n) {
    return each([p, n](int i) { return i < n ? p[i] : 0.0f; });
  }
  static Piece load_bf16(const uint16_t* p) {
    return each([p](int i) { return bf16_to_float(p[i]); });
  }
  static Piece load_f16(const uint16_t* p) {
    return each([p](int i) { return f16_to_float(p[i]); });
  }
  static void store(float* p, const Vector& v) { store_part(p, v, 16); }
  static void store_part(float* p, const Vector& v, int64_t n) {
    for (int64_t i = 0; i < n; ++i) p[i] = v.lane[i];
  }
  static constexpr bool kPairs = false;
  static Piece load_piece(const float* p) { return load(p); }
  static void store_piece(float* p, const Piece& v) { store(p, v); }
  static Piece zero_piece() { return zero(); }
  static Piece fma_piece(const Piece& a, const Piece& b, const Piece& c) { return fma(a, b, c); }
  static const Piece& keep(const Piece& v) { return v; }
  static Vector join(const Piece* pieces) { return pieces[0]; }
  static Vector add(const Vector& a, const Vector& b) {
    return each([&](int i) { return a.lane[i] + b.lane[i]; });
  }
  static Vector mul(const Vector& a, const Vector& b) {
    return each([&](int i) { return a.lane[i] * b.lane[i]; });
  }
  static Vector max(const Vector& a, const Vector& b) {
    return each([&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static Vector div(const Vector& a, const Vector& b) {
    return each([&](int i) { return a.lane[i] / b.lane[i]; });
  }
  static Vector fma(const Vector& a, const Vector& b, const Vector& c) {
    return each([&](int i) { return a.lane[i] * b.lane[i] + c.lane[i]; });
  }
  static Vector exp(const Vector& x) {
    return each([&](int i) { return ::expf(x.lane[i]); });
  }
  static float sum(const Vector& v) {
    Vector total = v;
    for (int width = 8; width > 0; width /= 2) {
      for (int i = 0; i < width; ++i) total.lane[i] += total.lane[i + width];
    }
    return total.lane[0];
  }
  static void sum4(float* out, const Vector& a, const Vector& b, const Vector& c, const Vector& d) {
    out[0] = sum(a);
    out[1] = sum(b);
    out[2] = sum(c);
    out[3] = sum(d);
  }

  static constexpr int kRows = 1, kTokens = 3, kFewTokenRows = 2;
  static constexpr int kSumRows = 2, kSumVectors = 1, kFewSumRows = 1, kFewSumVectors = 1;
  static constexpr int64_t kPartK = 1024;
};

#include "kernels/cpu/primitives_impl.h"

}  // namespace

const Primitives kPortablePrimitives = {dot_tile, weighted_sum, scale_max, exp_sum, silu_multiply};

}  // namespace kernels::cpu
