// SPDX-License-Identifier: Apache-2.0
// Attention over a cache of e4m3 (kernels/e4m3.h): what differs from attention_common.cuh.
//
// Every e4m3 number is a half: with such a cache the matrix products run in f16 whatever the
// activations are, which costs one conversion instruction a pair. Queries are rounded to f16 (those
// beyond its range saturate), probabilities too; sums stay float32.
//
// Tiles in shared memory hold the bytes as the cache does; fragments are expanded in registers. A
// 16-bit unit of ldmatrix is then a pair of neighbouring dims, so that a lane gets other dims than
// with 16-bit elements:
//   scores  four dims 4c .. 4c + 3 of each 16 (c = lane % 4) where the product wants 2c, 2c + 1,
//           2c + 8, 2c + 9: the sum does not care as long as queries come in the same order
//   values  a pair of dims of one key; bytes of two keys are swapped together, which makes tiles of
//           even and of odd dims
#pragma once

#include <cuda_fp8.h>

#include <type_traits>

#include "kernels/cuda/attention_common.cuh"

namespace kernels::cuda {

// Element type of an e4m3 cache.
struct E4m3 {
  uint8_t bits;
};

template <>
struct Elem<E4m3> {
  static __device__ E4m3 from(float x) {
    return {__nv_cvt_float_to_fp8(x, __NV_SATFINITE, __NV_E4M3)};
  }
};

template <typename C>
constexpr bool kIsE4m3 = std::is_same_v<C, E4m3>;

// What queries, expanded keys and values, and probabilities are, with activations T and cache C.
template <typename T, typename C>
using MathType = std::conditional_t<kIsE4m3<C>, __half, T>;

#if __CUDA_ARCH__ < 890
// Bytes 1 and 3 as two halves: sign, exponent and mantissa where a half has them are 2^-8 of the
// value, subnormals included; what would be 480 is NaN.
__device__ inline uint32_t expand_high_bytes(uint32_t bytes) {
  const uint32_t small = (bytes & 0x80008000u) | ((bytes & 0x7f007f00u) >> 1);
  const __half2 value =
      __hmul2(*reinterpret_cast<const __half2*>(&small), __float2half2_rn(256.0f));
  const uint32_t nan = __hge2_mask(__habs2(value), __float2half2_rn(480.0f));
  return *reinterpret_cast<const uint32_t*>(&value) | nan;
}
#endif

// Four bytes as four halves: the two low bytes, the two high ones; the lowest in the low half.
struct Expanded {
  uint32_t low, high;
};

__device__ inline Expanded expand_e4m3(uint32_t bytes) {
  Expanded halves;
#if __CUDA_ARCH__ >= 890
  asm("{\n.reg .b16 low, high;\nmov.b32 {low, high}, %2;\n"
      "cvt.rn.f16x2.e4m3x2 %0, low;\ncvt.rn.f16x2.e4m3x2 %1, high;\n}\n"
      : "=r"(halves.low), "=r"(halves.high)
      : "r"(bytes));
#else
  halves.low = expand_high_bytes(__byte_perm(bytes, 0, 0x1404));
  halves.high = expand_high_bytes(__byte_perm(bytes, 0, 0x3424));
#endif
  return halves;
}

// Address of the 16-byte piece `chunk` of row `row` in a tile of rows of D elements of C.
template <typename C, int D>
__device__ inline uint32_t tile_address(uint32_t tile, int row, int chunk) {
  if constexpr (kIsE4m3<C>) {
    const int offset = row * D + chunk * 16;
    return tile + (offset ^ (((offset >> 7) & 7) << 4));
  } else {
    return swizzled<D>(tile, row, chunk);
  }
}

// Dims 16 * k .. 16 * k + 15 of 16 rows of queries, in the order of e4m3 keys. address(row, chunk)
// gives the place of a 16-byte piece of a row.
template <typename Address>
__device__ inline void load_queries_e4m3(uint32_t (&q)[4], int k, int lane,
                                         const Address& address) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const uint32_t at = address(lane / 4 + 8 * r, k * 2 + lane % 4 / 2) + lane % 2 * 8;
    asm volatile("ld.shared.v2.u32 {%0, %1}, [%2];"
                 : "=r"(q[r]), "=r"(q[r + 2])
                 : "r"(at)
                 : "memory");
  }
}

template <int D, int kKeys>
__device__ inline void score_tile_e4m3(float (&scores)[kKeys / 8][4],
                                       const uint32_t (&q)[D / 16][4], uint32_t k_tile, int lane) {
#pragma unroll
  for (int n = 0; n < kKeys / 8; ++n) {
#pragma unroll
    for (int i = 0; i < 4; ++i) scores[n][i] = 0;
  }
#pragma unroll
  for (int k = 0; k < D / 64; ++k) {
#pragma unroll
    for (int n = 0; n < kKeys / 8; ++n) {
      uint32_t b[4];
      ldmatrix_x4(b, tile_address<E4m3, D>(k_tile, n * 8 + lane % 8, k * 4 + lane / 8));
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const Expanded key = expand_e4m3(b[j]);
        mma_16x8x16<__half>(scores[n], q[k * 4 + j], key.low, key.high);
      }
    }
  }
}

// acc[2 * d] takes the even dims of 16, acc[2 * d + 1] the odd ones: dim_of().
template <int D, int kKeys>
__device__ inline void value_tile_e4m3(float (&acc)[D / 8][4], const float (&scores)[kKeys / 8][4],
                                       uint32_t v_tile, int lane) {
#pragma unroll
  for (int k = 0; k < kKeys / 16; ++k) {
    const uint32_t a[4] = {Elem<__half>::pack(scores[2 * k][0], scores[2 * k][1]),
                           Elem<__half>::pack(scores[2 * k][2], scores[2 * k][3]),
                           Elem<__half>::pack(scores[2 * k + 1][0], scores[2 * k + 1][1]),
                           Elem<__half>::pack(scores[2 * k + 1][2], scores[2 * k + 1][3])};
#pragma unroll
    for (int d = 0; d < D / 32; ++d) {
      uint32_t b[4];
      ldmatrix_x4_trans(b, tile_address<E4m3, D>(v_tile, k * 16 + lane % 16, d * 2 + lane / 16));
#pragma unroll
      for (int j = 0; j < 2; ++j) {
        const Expanded first = expand_e4m3(__byte_perm(b[2 * j], 0, 0x3120));
        const Expanded second = expand_e4m3(__byte_perm(b[2 * j + 1], 0, 0x3120));
        mma_16x8x16<__half>(acc[4 * d + 2 * j], a, first.low, second.low);
        mma_16x8x16<__half>(acc[4 * d + 2 * j + 1], a, first.high, second.high);
      }
    }
  }
}

// The dim of accumulator acc[n][2 * r + i].
template <typename C>
__device__ inline int dim_of(int n, int i, int lane) {
  return kIsE4m3<C> ? n / 2 * 16 + lane % 4 * 4 + i * 2 + n % 2 : n * 8 + lane % 4 * 2 + i;
}

// One tile for either kind of cache.
template <typename T, typename C, int D, int kKeys>
__device__ inline void scores_of(float (&scores)[kKeys / 8][4], const uint32_t (&q)[D / 16][4],
                                 uint32_t k_tile, int lane) {
  if constexpr (kIsE4m3<C>) {
    score_tile_e4m3<D, kKeys>(scores, q, k_tile, lane);
  } else {
    score_tile<T, D, kKeys>(scores, q, k_tile, lane);
  }
}

template <typename T, typename C, int D, int kKeys>
__device__ inline void add_values(float (&acc)[D / 8][4], const float (&scores)[kKeys / 8][4],
                                  uint32_t v_tile, int lane) {
  if constexpr (kIsE4m3<C>) {
    value_tile_e4m3<D, kKeys>(acc, scores, v_tile, lane);
  } else {
    value_tile<T, D, kKeys>(acc, scores, v_tile, lane);
  }
}

}  // namespace kernels::cuda
