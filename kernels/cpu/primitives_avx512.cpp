// SPDX-License-Identifier: Apache-2.0
#include <immintrin.h>

#include "kernels/cpu/primitives.h"

namespace kernels::cpu {
namespace {

struct Simd {
  using Vector = __m512;
  using Piece = __m512;
  static constexpr int kPieceLanes = 16, kPieces = 1;
  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector set(float value) { return _mm512_set1_ps(value); }
  static Vector load(const float* p) { return _mm512_loadu_ps(p); }
  static void store(float* p, Vector v) { _mm512_storeu_ps(p, v); }
  static __mmask16 first(int64_t n) { return static_cast<__mmask16>((1u << n) - 1); }
  static Vector load_part(const float* p, int64_t n) { return _mm512_maskz_loadu_ps(first(n), p); }
  static void store_part(float* p, Vector v, int64_t n) { _mm512_mask_storeu_ps(p, first(n), v); }
  static Piece load_bf16(const uint16_t* p) {
    const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(bits), 16));
  }
  static Piece load_f16(const uint16_t* p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static constexpr bool kPairs = false;
  static Piece load_piece(const float* p) { return load(p); }
  static void store_piece(float* p, Piece v) { store(p, v); }
  static Piece zero_piece() { return zero(); }
  static Piece fma_piece(Piece a, Piece b, Piece c) { return fma(a, b, c); }
  static Piece keep(Piece v) {
    __asm__("" : "+v"(v));
    return v;
  }
  static Vector join(const Piece* pieces) { return pieces[0]; }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector mul(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static Vector max(Vector a, Vector b) { return _mm512_max_ps(a, b); }
  static Vector div(Vector a, Vector b) { return _mm512_div_ps(a, b); }
  static Vector fma(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }

  // x = n ln 2 + r, |r| <= ln 2 / 2; Taylor's series of exp(r) to the 7th power is good to 5e-9.
  static Vector exp(Vector x) {
    const Vector n = _mm512_roundscale_ps(mul(x, set(1.44269504f)), 8);
    Vector r = fma(n, set(-0.693359375f), x);
    r = fma(n, set(2.12194440e-4f), r);
    Vector series = set(1.0f / 5040);
    series = fma(series, r, set(1.0f / 720));
    series = fma(series, r, set(1.0f / 120));
    series = fma(series, r, set(1.0f / 24));
    series = fma(series, r, set(1.0f / 6));
    series = fma(series, r, set(0.5f));
    series = fma(series, r, set(1.0f));
    series = fma(series, r, set(1.0f));
    const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    Vector result = mul(series, _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23)));
    const __mmask16 small = _mm512_cmp_ps_mask(x, set(-87.3f), _CMP_LT_OQ);
    const __mmask16 large = _mm512_cmp_ps_mask(x, set(88.3f), _CMP_GT_OQ);
    result = _mm512_mask_mov_ps(result, small, zero());
    return _mm512_mask_mov_ps(result, large, set(__builtin_inff()));
  }

  static __m128 fold(Vector v) {
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
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

  // 24 sums, 4 weights and one activation in 32 registers.
  static constexpr int kRows = 4, kTokens = 6, kFewTokenRows = 8;
  static constexpr int kSumRows = 8, kSumVectors = 2, kFewSumRows = 4, kFewSumVectors = 4;
  // Many sums for each value: their detour through memory costs more than the second cache does.
  static constexpr int64_t kPartK = 1 << 20;
};

#include "kernels/cpu/primitives_impl.h"

}  // namespace

const Primitives kAvx512Primitives = {dot_tile, weighted_sum, scale_max, exp_sum, silu_multiply};

}  // namespace kernels::cpu
