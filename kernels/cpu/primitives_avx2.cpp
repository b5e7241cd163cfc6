// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/cpu/primitives.h"

namespace kernels::cpu {
namespace {

struct Simd {
  // 16 lanes as two registers, so that the sums are those of AVX-512.
  struct Vector {
    __m256 low, high;
  };
  static Vector zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
  static Vector set(float value) { return {_mm256_set1_ps(value), _mm256_set1_ps(value)}; }
  static Vector load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static void store(float* p, Vector v) {
    _mm256_storeu_ps(p, v.low);
    _mm256_storeu_ps(p + 8, v.high);
  }
  static Vector load_part(const float* p, int64_t n) {
    float padded[16] = {};
    for (int64_t i = 0; i < n; ++i) padded[i] = p[i];
    return load(padded);
  }
  static void store_part(float* p, Vector v, int64_t n) {
    float padded[16];
    store(padded, v);
    for (int64_t i = 0; i < n; ++i) p[i] = padded[i];
  }
  using Piece = __m256;
  static constexpr int kPieceLanes = 8, kPieces = 2;
  static Piece load_piece(const float* p) { return _mm256_loadu_ps(p); }
  static void store_piece(float* p, Piece v) { _mm256_storeu_ps(p, v); }
  static Piece zero_piece() { return _mm256_setzero_ps(); }
  static Piece fma_piece(Piece a, Piece b, Piece c) { return _mm256_fmadd_ps(a, b, c); }
  static Piece keep(Piece v) {
    __asm__("" : "+x"(v));
    return v;
  }
  static Vector join(const Piece* pieces) { return {pieces[0], pieces[1]}; }
  static Piece load_bf16(const uint16_t* p) {
    const __m128i bits = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(bits), 16));
  }
  static constexpr bool kPairs = true;
  static Piece load_bf16_pairs(const uint16_t* p, int odd) {
    const __m256i words = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i high = _mm256_set1_epi32(static_cast<int>(0xffff0000u));
    return _mm256_castsi256_ps(odd ? _mm256_and_si256(words, high) : _mm256_slli_epi32(words, 16));
  }
  static void pack(float* p, Vector v) {
    const __m256 even = _mm256_shuffle_ps(v.low, v.high, 0x88);
    const __m256 odd = _mm256_shuffle_ps(v.low, v.high, 0xdd);
    _mm256_storeu_pd(reinterpret_cast<double*>(p),
                     _mm256_permute4x64_pd(_mm256_castps_pd(even), 0xd8));
    _mm256_storeu_pd(reinterpret_cast<double*>(p + 8),
                     _mm256_permute4x64_pd(_mm256_castps_pd(odd), 0xd8));
  }
  static Vector join_pairs(const Piece* pieces) {
    const __m256 a = _mm256_unpacklo_ps(pieces[0], pieces[1]);
    const __m256 b = _mm256_unpackhi_ps(pieces[0], pieces[1]);
    return {_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31)};
  }
  static Piece load_f16(const uint16_t* p) {
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Vector add(Vector a, Vector b) {
    return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
  }
  static Vector mul(Vector a, Vector b) {
    return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
  }
  static Vector max(Vector a, Vector b) {
    return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
  }
  static Vector div(Vector a, Vector b) {
    return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
  }
  static Vector fma(Vector a, Vector b, Vector c) {
    return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
  }

  // As in primitives_avx512.cpp, operation by operation.
  static __m256 exp(__m256 x) {
    const __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)), 8);
    __m256 r = _mm256_fmadd_ps(n, _mm256_set1_ps(-0.693359375f), x);
    r = _mm256_fmadd_ps(n, _mm256_set1_ps(2.12194440e-4f), r);
    __m256 series = _mm256_set1_ps(1.0f / 5040);
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f / 720));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f / 120));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f / 24));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f / 6));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(0.5f));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f));
    series = _mm256_fmadd_ps(series, r, _mm256_set1_ps(1.0f));
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    const __m256 power = _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
    const __m256 result = _mm256_mul_ps(series, power);
    const __m256 small = _mm256_cmp_ps(x, _mm256_set1_ps(-87.3f), _CMP_LT_OQ);
    const __m256 large = _mm256_cmp_ps(x, _mm256_set1_ps(88.3f), _CMP_GT_OQ);
    const __m256 infinity = _mm256_set1_ps(__builtin_inff());
    return _mm256_blendv_ps(_mm256_andnot_ps(small, result), infinity, large);
  }
  static Vector exp(Vector x) { return {exp(x.low), exp(x.high)}; }

  static __m128 fold(Vector v) {
    const __m256 half = _mm256_add_ps(v.low, v.high);
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  }
  static float sum(Vector v) {
    const __m128 quarter = fold(v);
    const __m128 pair = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
  }
  static void sum4(float* out, Vector va, Vector vb, Vector vc, Vector vd) {
    const __m128 a = fold(va), b = fold(vb), c = fold(vc), d = fold(vd);
    const __m128 ab = _mm_add_ps(_mm_unpacklo_ps(a, b), _mm_unpackhi_ps(a, b));
    const __m128 cd = _mm_add_ps(_mm_unpacklo_ps(c, d), _mm_unpackhi_ps(c, d));
    _mm_storeu_ps(out, _mm_add_ps(_mm_movelh_ps(ab, cd), _mm_movehl_ps(cd, ab)));
  }

  // 12 sums, 2 weights and one activation in 16 registers.
  static constexpr int kRows = 2, kTokens = 3, kFewTokenRows = 4;
  static constexpr int kSumRows = 4, kSumVectors = 1, kFewSumRows = 2, kFewSumVectors = 2;
  static constexpr int64_t kPartK = 1024;
};

#include "kernels/cpu/primitives_impl.h"

}  // namespace

const Primitives kAvx2Primitives = {dot_tile, weighted_sum, scale_max, exp_sum, silu_multiply};

}  // namespace kernels::cpu
