// SPDX-License-Identifier: Apache-2.0
// Pieces of both attention kernels: norm and rotation of a head, swizzled tiles, one softmax step.
#pragma once

#include <cmath>

#include "kernels/cuda/attention.h"
#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

// x, made of activations of T, as U. What f16 cannot hold and bf16 can becomes the largest number.
template <typename T, typename U>
__device__ inline U round_to(float x) {
  if constexpr (__is_same(T, __nv_bfloat16) && __is_same(U, __half)) {
    if (fabsf(x) > 65504.0f) x = copysignf(65504.0f, x);  // NaN stays NaN
  }
  return Elem<U>::from(x);
}

// The weight of a QK-norm, if the model has one: what a lane of a head needs of it.
template <int D>
struct HeadWeight {
  static constexpr int n = D / 64;
  float low[n], high[n];
  bool there = false;

  __device__ void load(const float* weight, int lane) {
    there = weight != nullptr;
#pragma unroll
    for (int i = 0; i < n; ++i) {
      low[i] = there ? weight[lane * n + i] : 0.0f;
      high[i] = there ? weight[D / 2 + lane * n + i] : 0.0f;
    }
  }
};

// One head by one warp: QK-norm (when there is a weight) and rotary embedding (when cos_sin is not
// null), in float32, rounded once to the target's type. T: the activations. Lane l holds dims l * n
// + i and D / 2 + l * n + i, n = D / 64. load() and finish() are apart so that a warp can have
// several heads on their way.
template <typename T, int D>
struct Head {
  static constexpr int n = D / 64;
  float low[n], high[n], cosine[n], sine[n];
  bool rotated = true;

  template <typename S>
  __device__ void load(const S* source, const float* cos_sin, int lane) {
    rotated = cos_sin != nullptr;
#pragma unroll
    for (int i = 0; i < n; ++i) {
      const int dim = lane * n + i;
      low[i] = load_activation(source + dim);
      high[i] = load_activation(source + D / 2 + dim);
      cosine[i] = cos_sin == nullptr ? 1.0f : __ldcg(cos_sin + dim);
      sine[i] = cos_sin == nullptr ? 0.0f : __ldcg(cos_sin + D / 2 + dim);
    }
  }

  template <typename U>
  __device__ void finish(U* target, const HeadWeight<D>& norm, float eps, int lane) {
    if (norm.there) {
      float squares = 0;
#pragma unroll
      for (int i = 0; i < n; ++i) squares += low[i] * low[i] + high[i] * high[i];
      const float scale = rsqrtf(warp_sum(squares) / D + eps);
#pragma unroll
      for (int i = 0; i < n; ++i) {
        low[i] *= scale * norm.low[i];
        high[i] *= scale * norm.high[i];
      }
    }
#pragma unroll
    for (int i = 0; i < n; ++i) {
      const int dim = lane * n + i;
      const float first = low[i] * cosine[i] - high[i] * sine[i];
      const float second = high[i] * cosine[i] + low[i] * sine[i];
      target[dim] = round_to<T, U>(rotated ? first : low[i]);
      target[D / 2 + dim] = round_to<T, U>(rotated ? second : high[i]);
    }
  }
};

template <int D, typename T, typename U>
__device__ inline void prepare_head(U* target, const T* source, const float* norm_weight,
                                    const float* cos_sin, float eps, int lane) {
  Head<T, D> head;
  HeadWeight<D> norm;
  head.load(source, cos_sin, lane);
  norm.load(norm_weight, lane);
  head.finish(target, norm, eps, lane);
}

// Address of the 16-byte piece `chunk` of row `row` in a tile of rows of D elements; the exclusive
// or spreads eight rows over all banks.
template <int D>
__device__ inline uint32_t swizzled(uint32_t tile, int row, int chunk) {
  return tile + row * (D * 2) + ((chunk ^ (row & 7)) * 16);
}

// First element of (sequence, kv_head, position) in the cache.
template <typename T>
__device__ inline const T* cache_row(const AttentionParams& p, const int32_t* block_table,
                                     int kv_head, int position, int head_dim) {
  const int block_size = 1 << p.block_shift;
  const int64_t block = block_table[position >> p.block_shift];
  return static_cast<const T*>(p.cache) + block * p.block_stride +
         (static_cast<int64_t>(kv_head) * block_size + (position & (block_size - 1))) * head_dim;
}

// scores of 16 rows x kKeys keys (kKeys / 8 accumulators) from Q fragments and a swizzled K tile.
template <typename T, int D, int kKeys>
__device__ inline void score_tile(float (&scores)[kKeys / 8][4], const uint32_t (&q)[D / 16][4],
                                  uint32_t k_tile, int lane) {
#pragma unroll
  for (int n = 0; n < kKeys / 8; ++n) {
#pragma unroll
    for (int i = 0; i < 4; ++i) scores[n][i] = 0;
  }
  const int row = lane % 8 + lane / 16 * 8, half = lane / 8 % 2;
#pragma unroll
  for (int k = 0; k < D / 16; ++k) {
#pragma unroll
    for (int n = 0; n < kKeys / 16; ++n) {
      uint32_t b[4];
      ldmatrix_x4(b, swizzled<D>(k_tile, n * 16 + row, k * 2 + half));
      mma_16x8x16<T>(scores[2 * n], q[k], b[0], b[1]);
      mma_16x8x16<T>(scores[2 * n + 1], q[k], b[2], b[3]);
    }
  }
}

// Online softmax over the tile's scores (already masked), scores become probabilities. m in log2
// units; acc and l are rescaled.
template <int D, int kKeys>
__device__ inline void softmax_tile(float (&scores)[kKeys / 8][4], float (&acc)[D / 8][4],
                                    float (&m)[2], float (&l)[2], float scale_log2) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    float top = -INFINITY;
#pragma unroll
    for (int n = 0; n < kKeys / 8; ++n) {
      top = fmaxf(top, fmaxf(scores[n][2 * r], scores[n][2 * r + 1]));
    }
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
    const float m_new = fmaxf(m[r], top * scale_log2);
    const float base = m_new == -INFINITY ? 0.0f : m_new;
    const float rescale = exp2f(m[r] - base);
    float sum = 0;
#pragma unroll
    for (int n = 0; n < kKeys / 8; ++n) {
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const float probability = exp2f(fmaf(scores[n][2 * r + i], scale_log2, -base));
        scores[n][2 * r + i] = probability;
        sum += probability;
      }
    }
    l[r] = l[r] * rescale + sum;  // this lane's columns; the quad is added up at the end
    m[r] = m_new;
    if (__any_sync(0xffffffffu, rescale != 1.0f)) {
#pragma unroll
      for (int d = 0; d < D / 8; ++d) {
        acc[d][2 * r] *= rescale;
        acc[d][2 * r + 1] *= rescale;
      }
    }
  }
}

// acc += probabilities x V.
template <typename T, int D, int kKeys>
__device__ inline void value_tile(float (&acc)[D / 8][4], const float (&scores)[kKeys / 8][4],
                                  uint32_t v_tile, int lane) {
  const int row = lane % 16, half = lane / 16;
#pragma unroll
  for (int k = 0; k < kKeys / 16; ++k) {
    const uint32_t a[4] = {Elem<T>::pack(scores[2 * k][0], scores[2 * k][1]),
                           Elem<T>::pack(scores[2 * k][2], scores[2 * k][3]),
                           Elem<T>::pack(scores[2 * k + 1][0], scores[2 * k + 1][1]),
                           Elem<T>::pack(scores[2 * k + 1][2], scores[2 * k + 1][3])};
#pragma unroll
    for (int d = 0; d < D / 16; ++d) {
      uint32_t b[4];
      ldmatrix_x4_trans(b, swizzled<D>(v_tile, k * 16 + row, d * 2 + half));
      mma_16x8x16<T>(acc[2 * d], a, b[0], b[1]);
      mma_16x8x16<T>(acc[2 * d + 1], a, b[2], b[3]);
    }
  }
}

}  // namespace kernels::cuda
