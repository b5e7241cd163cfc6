// SPDX-License-Identifier: Apache-2.0
// Tools for drawing from one row of logits with one block: passes over the row, order, selection.
//
// A token is a 64-bit key: its logit as an ordered integer above its inverted id, so that the
// larger key is the more likely token, the lower id among equals. Key 0 stands for "not a number".
#pragma once

#include <cfloat>
#include <cmath>

#include "kernels/cuda/device.cuh"
#include "kernels/philox.h"

namespace kernels::cuda {

constexpr int kRowThreads = 1024;
constexpr int kRowWarps = kRowThreads / 32;
constexpr int kMaxCandidates = 2048;
constexpr int kRowBlocks = 8;  // that look for the largest logit together: a cluster

using TokenKey = unsigned long long;

__device__ inline TokenKey token_key(float logit, int32_t id) {
  if (!(fabsf(logit) <= FLT_MAX)) return 0;
  const uint32_t bits = __float_as_uint(logit + 0.0f);  // -0 becomes +0
  const uint32_t ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  return static_cast<TokenKey>(ordered) << 32 | (0xffffffffu - static_cast<uint32_t>(id));
}
__device__ inline int32_t key_token(TokenKey key) {
  return static_cast<int32_t>(0xffffffffu - static_cast<uint32_t>(key));
}
__device__ inline float key_logit(TokenKey key) {
  const uint32_t ordered = static_cast<uint32_t>(key >> 32);
  return __uint_as_float(ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered);
}

struct RowScratch {
  TokenKey keys[kMaxCandidates];
  double weights[kMaxCandidates];
  TokenKey warp_keys[kRowWarps];
  TokenKey block_keys[kRowBlocks];
  float warp_sums[kRowWarps];
  TokenKey bins[256];
  TokenKey cut;
  int count;
};

// body(logit, id) for this thread's share of the row, or of block `block` of `blocks` that share
// it.
template <typename Body>
__device__ inline void for_each_logit(const float* logits, int64_t vocab_size, const Body& body,
                                      int block = 0, int blocks = 1) {
  const int64_t first = block * kRowThreads + threadIdx.x, step = int64_t{kRowThreads} * blocks;
  if (vocab_size % 4 == 0) {
#pragma unroll 4
    for (int64_t i = first; i < vocab_size / 4; i += step) {
      const float4 v = __ldcg(reinterpret_cast<const float4*>(logits) + i);
      const int32_t id = static_cast<int32_t>(4 * i);
      body(v.x, id);
      body(v.y, id + 1);
      body(v.z, id + 2);
      body(v.w, id + 3);
    }
  } else {
    for (int64_t i = first; i < vocab_size; i += step) {
      body(__ldcg(logits + i), static_cast<int32_t>(i));
    }
  }
}

// The largest key of the block; every thread gets it.
__device__ inline TokenKey block_max(TokenKey key, RowScratch& scratch) {
  for (int offset = 16; offset > 0; offset /= 2) {
    const TokenKey other = __shfl_xor_sync(0xffffffffu, key, offset);
    key = other > key ? other : key;
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) scratch.warp_keys[threadIdx.x / 32] = key;
  __syncthreads();
  key = scratch.warp_keys[threadIdx.x % 32];
  for (int offset = 16; offset > 0; offset /= 2) {
    const TokenKey other = __shfl_xor_sync(0xffffffffu, key, offset);
    key = other > key ? other : key;
  }
  return key;
}

// Descending bitonic sort of scratch.keys[0, n), n a power of two. Begins and ends with a barrier.
__device__ inline void sort_keys(RowScratch& scratch, int n) {
  for (int size = 2; size <= n; size *= 2) {
    for (int stride = size / 2; stride > 0; stride /= 2) {
      __syncthreads();
      for (int i = threadIdx.x; i < n / 2; i += kRowThreads) {
        const int low = 2 * i - (i & (stride - 1)), high = low + stride;
        const bool descending = (low & size) == 0;
        const TokenKey a = scratch.keys[low], b = scratch.keys[high];
        if ((a < b) == descending) {
          scratch.keys[low] = b;
          scratch.keys[high] = a;
        }
      }
    }
  }
  __syncthreads();
}

// exp((logit - top) / temperature) in 40-bit fixed point: sums of it have no order.
__device__ inline TokenKey fixed_weight(float logit, float top, float temperature) {
  return static_cast<TokenKey>(expf((logit - top) / temperature) * 1099511627776.0f);
}

// The largest key c such that the measure of all keys >= c reaches `target`, digit by digit. With
// equal logits told apart by id this is an exact cut. Slow (each pass reads the row) but bound to
// succeed: what cannot be settled among a few candidates comes here. measure(logit) is an integer.
template <typename Measure>
__device__ inline TokenKey radix_cut(const float* logits, int64_t vocab_size, TokenKey target,
                                     RowScratch& scratch, const Measure& measure) {
  TokenKey prefix = 0;
  for (int shift = 56; shift >= 0; shift -= 8) {
    __syncthreads();
    if (threadIdx.x < 256) scratch.bins[threadIdx.x] = 0;
    __syncthreads();
    for_each_logit(logits, vocab_size, [&](float logit, int32_t id) {
      const TokenKey key = token_key(logit, id);
      const bool inside = shift == 56 || key >> (shift + 8) == prefix >> (shift + 8);
      if (key != 0 && inside) atomicAdd(&scratch.bins[key >> shift & 255], measure(logit));
    });
    __syncthreads();
    if (threadIdx.x == 0) {
      TokenKey above = 0;
      int digit = 255;
      for (; digit > 0 && above + scratch.bins[digit] < target; --digit) {
        above += scratch.bins[digit];
      }
      scratch.cut = static_cast<TokenKey>(digit);
      scratch.bins[0] = above;
    }
    __syncthreads();
    prefix |= scratch.cut << shift;
    target -= scratch.bins[0] < target ? scratch.bins[0] : target;
  }
  return prefix;
}

// logit / temperature - ln(e), e exponentially distributed: the largest wins (Gumbel-max).
__device__ inline float gumbel_score(float logit, float temperature, uint32_t word) {
  constexpr float kUnit = 1.0f / 4294967296.0f;
  const float v = (static_cast<float>(word) + 0.5f) * kUnit;
  const float u = (static_cast<float>(~word) + 0.5f) * kUnit;
  const float e = word < 0x80000000u ? -log1pf(-v) : -logf(u);
  return logit / temperature - logf(e);
}

__device__ inline TokenKey draw_key(float logit, int32_t id, float temperature, uint64_t seed,
                                    int64_t position) {
  const PhiloxBlock block = sampling_block(seed, position, id);
  const uint32_t low = id % 2 ? block.word[1] : block.word[0];
  const uint32_t high = id % 2 ? block.word[3] : block.word[2];
  return token_key(gumbel_score(logit, temperature, id % 4 / 2 ? high : low), id);
}

}  // namespace kernels::cuda
