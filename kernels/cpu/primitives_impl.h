// SPDX-License-Identifier: Apache-2.0
// The inner loops of primitives.h over an abstract 16-lane vector. Included once by each
// primitives_<level>.cpp, which defines in its unnamed namespace, before the include:
//
//   struct Simd {
//     using Vector = ...;  // 16 floats
//     static Vector zero(), set(float), load(const float*), load_part(const float*, int64_t n);
//     static void store(float*, Vector), store_part(float*, Vector, int64_t n);
//     static Vector add(a, b), mul(a, b), div(a, b), fma(a, b, c);   // fma: a * b + c
//     static Vector max(a, b);                   // b where one of them is NaN
//     static Vector exp(Vector);                 // 0 below -87.3, infinity above 88.3, NaN kept
//     static float sum(Vector);                  // in the order of primitives.h
//     static void sum4(float* out, a, b, c, d);  // four of them
//
//     // The dot product works on pieces of a vector, so that few registers suffice.
//     using Piece = ...;                         // kPieceLanes floats, a register
//     static constexpr int kPieceLanes, kPieces; // product 16
//     static Piece load_piece(const float*), load_bf16(const uint16_t*), load_f16(const uint16_t*);
//     static void store_piece(float*, Piece);
//     static Piece zero_piece(), fma_piece(a, b, c);
//     static Piece keep(Piece);                  // in a register: not loaded again at every use
//     static Vector join(const Piece*);          // kPieces of them
//     // With kPairs: even and odd values of 16 as two pieces, a vector stored in that order, and
//     // the vector that such pieces were.
//     static constexpr bool kPairs;
//     static Piece load_bf16_pairs(const uint16_t*, int p);
//     static void pack(float*, Vector);
//     static Vector join_pairs(const Piece*);
//
//     // Register tiles: rows by tokens of the dot product, rows by 16 columns of weighted_sum.
//     static constexpr int kRows, kTokens, kFewTokenRows;
//     static constexpr int kSumRows, kSumVectors, kFewSumRows, kFewSumVectors;
//     // Multiple of 16: how many k of a token tile stay in the first cache.
//     static constexpr int64_t kPartK;
//   };
//
// These files are compiled with instruction set flags: everything in them has internal linkage and
// they call no inline function of other headers, so that the linker can never pick a copy of shared
// code that needs instructions the processor lacks.

#include "kernels/cpu/dot_impl.h"

// R rows by V * 16 columns. The first rows fetch what comes next.
template <int R, int V>
void sum_block(const WeightedSum& sum, int64_t row, int64_t column) {
  const void* const* next = row == 0 ? sum.next : nullptr;
  Simd::Vector total[R][V];
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) {
      total[r][c] = Simd::load(sum.out + (row + r) * sum.out_stride + column + c * 16);
    }
  }
  const float* p = sum.p + row * sum.p_stride;
  const float* v = sum.v + column;
  for (int64_t j = 0; j < sum.num_keys; ++j, v += sum.v_stride) {
    Simd::Vector values[V];
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) values[c] = Simd::load(v + c * 16);
    if (next) {
#pragma GCC unroll 8
      for (int c = 0; c < V; ++c) {
        __builtin_prefetch(static_cast<const float*>(next[j]) + column + c * 16, 0, 2);
      }
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) {
      const Simd::Vector weight = Simd::set(p[r * sum.p_stride + j]);
#pragma GCC unroll 8
      for (int c = 0; c < V; ++c) total[r][c] = Simd::fma(weight, values[c], total[r][c]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 8
    for (int c = 0; c < V; ++c) {
      Simd::store(sum.out + (row + r) * sum.out_stride + column + c * 16, total[r][c]);
    }
  }
}

// One row, the last num_columns % 16 columns.
void sum_tail(const WeightedSum& sum, int64_t row, int64_t column) {
  const int64_t n = sum.num_columns - column;
  float* out = sum.out + row * sum.out_stride + column;
  Simd::Vector total = Simd::load_part(out, n);
  for (int64_t j = 0; j < sum.num_keys; ++j) {
    const Simd::Vector weight = Simd::set(sum.p[row * sum.p_stride + j]);
    total = Simd::fma(weight, Simd::load_part(sum.v + j * sum.v_stride + column, n), total);
  }
  Simd::store_part(out, total, n);
}

template <int R, int V>
void sum_rows(const WeightedSum& sum, int64_t row) {
  int64_t column = 0;
  for (; column + V * 16 <= sum.num_columns; column += V * 16) sum_block<R, V>(sum, row, column);
  for (; column + 16 <= sum.num_columns; column += 16) sum_block<R, 1>(sum, row, column);
  if (column < sum.num_columns) {
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sum_tail(sum, row + r, column);
  }
}

void weighted_sum(const WeightedSum& sum) {
  int64_t row = 0;
  for (; row + Simd::kSumRows <= sum.num_rows; row += Simd::kSumRows) {
    sum_rows<Simd::kSumRows, Simd::kSumVectors>(sum, row);
  }
  for (; row + Simd::kFewSumRows <= sum.num_rows; row += Simd::kFewSumRows) {
    sum_rows<Simd::kFewSumRows, Simd::kFewSumVectors>(sum, row);
  }
  for (; row < sum.num_rows; ++row) sum_rows<1, Simd::kFewSumVectors>(sum, row);
}

float scale_max(float* values, int64_t n, float scale, float max) {
  const Simd::Vector factor = Simd::set(scale);
  Simd::Vector largest = Simd::set(max);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const Simd::Vector scaled = Simd::mul(Simd::load(values + i), factor);
    Simd::store(values + i, scaled);
    largest = Simd::max(scaled, largest);
  }
  float lanes[16];
  Simd::store(lanes, largest);
  for (int l = 0; l < 16; ++l) max = lanes[l] > max ? lanes[l] : max;
  for (; i < n; ++i) {
    values[i] *= scale;
    max = values[i] > max ? values[i] : max;
  }
  return max;
}

float exp_sum(float* values, int64_t n, float max) {
  const Simd::Vector shift = Simd::set(-max);
  Simd::Vector total = Simd::zero();
  int64_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const Simd::Vector e = Simd::exp(Simd::add(Simd::load(values + i), shift));
    Simd::store(values + i, e);
    total = Simd::add(total, e);
  }
  if (i < n) {
    float padded[16] = {};
    const Simd::Vector part = Simd::load_part(values + i, n - i);
    Simd::store_part(padded, Simd::exp(Simd::add(part, shift)), n - i);
    const Simd::Vector e = Simd::load(padded);
    Simd::store_part(values + i, e, n - i);
    total = Simd::add(total, e);
  }
  return Simd::sum(total);
}

void silu_multiply(float* out, const float* gate_up, int64_t n) {
  const Simd::Vector one = Simd::set(1.0f), minus_one = Simd::set(-1.0f);
  for (int64_t i = 0; i < n; i += 16) {
    const int64_t count = n - i < 16 ? n - i : 16;
    float gates[16] = {}, ups[16] = {};
    for (int64_t j = 0; j < count; ++j) {
      gates[j] = gate_up[2 * (i + j)];
      ups[j] = gate_up[2 * (i + j) + 1];
    }
    const Simd::Vector gate = Simd::load(gates);
    const Simd::Vector denominator = Simd::add(one, Simd::exp(Simd::mul(gate, minus_one)));
    Simd::store_part(out + i, Simd::mul(Simd::div(gate, denominator), Simd::load(ups)), count);
  }
}
