// SPDX-License-Identifier: Apache-2.0
// Attention inside of decode_step.cuh: one new token, the keys of a KV head shared out to the warps
// of one block, or of several blocks where the context is long.
//
// A warp takes 16 keys at a time, straight from memory into the places of tensor core operands,
// without shared memory: in both products the order of the inner dimension is free as long as both
// operands agree, so a lane takes 16 contiguous bytes of a key (and of the query), and pairs of
// values of neighbouring keys are made from two rows. The query heads of the group are the rows of
// the tile.
//
// Order of summation: keys in tiles of 16, tiles t, t + 10, t + 20 .. of a split in a warp, warps
// in order, splits in order. It depends on the context length only.
#pragma once

#include "kernels/cuda/attention_common.cuh"
#include "kernels/cuda/decode_step.h"
#include "kernels/cuda/step_words.cuh"

namespace kernels::cuda {

constexpr int kStepKeys = 16;
constexpr int kStepAloneTiles = 2 * kGemvWarps;  // up to here one block does a KV head alone

// Bytes of shared memory: queries, new key and value, results of the warps.
inline int step_attention_bytes(int group) {
  return (group + 2) * 256 + kGemvWarps * group * (128 + 2) * 4;
}

#if defined(__CUDACC__)

// Which keys this block takes, in tiles; kv_head is negative when it takes none.
struct StepSplit {
  int kv_head, split, splits;
  int begin, end;  // tiles
  int context;
};

__device__ inline StepSplit step_split(const StepAttention& p, int context) {
  const int tiles = (context + kStepKeys - 1) / kStepKeys;
  int splits = 1;
  if (tiles > kStepAloneTiles) splits = min(p.max_splits, (tiles + kGemvWarps - 1) / kGemvWarps);
  const int share = (tiles + splits - 1) / splits;
  splits = (tiles + share - 1) / share;
  StepSplit work;
  work.kv_head = blockIdx.x / splits;
  work.split = blockIdx.x % splits;
  work.splits = splits;
  work.begin = work.split * share;
  work.end = min(work.begin + share, tiles);
  work.context = context;
  if (work.kv_head >= p.kv_heads) work.kv_head = -1;
  return work;
}

// 16 keys and values in registers. Lane l: g = l / 4, c = l % 4.
struct StepTile {
  uint4 key[2][4];    // [eight keys][j]: key 8 * i + g, dims 32 * j + 8 * c ..
  uint4 value[2][4];  // [half][r]: keys 2c, 2c + 1, 2c + 8, 2c + 9; dims 64 * half + 8 * g ..
};

__device__ inline int step_value_key(int r, int lane) { return lane % 4 * 2 + r % 2 + r / 2 * 8; }

// Rows past the context repeat its last one.
template <typename T>
__device__ inline void step_load(const StepAttention& p, const T* cache, const StepSplit& work,
                                 int tile, int lane, StepTile& t) {
  const int key0 = tile * kStepKeys, block_size = 1 << p.block_shift;
  const auto row = [&](int key) {
    const int position = min(key0 + key, work.context - 1);
    const int64_t block = p.block_table[position >> p.block_shift];
    return cache + block * p.block_stride +
           (static_cast<int64_t>(work.kv_head) * block_size + (position & (block_size - 1))) * 128;
  };
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    const T* source = row(8 * i + lane / 4) + lane % 4 * 8;
#pragma unroll
    for (int j = 0; j < 4; ++j) t.key[i][j] = load_activation_16(source + j * 32);
  }
#pragma unroll
  for (int r = 0; r < 4; ++r) {
    const T* source = row(step_value_key(r, lane)) + p.value_offset + lane / 4 * 8;
#pragma unroll
    for (int h = 0; h < 2; ++h) t.value[h][r] = load_activation_16(source + h * 64);
  }
}

// The new token's key and value, which are not in the cache yet, for its position and all after it.
template <typename T>
__device__ inline void step_patch(const StepSplit& work, int tile, int lane, const T* new_key,
                                  const T* new_value, StepTile& t) {
  const int first = work.context - 1 - tile * kStepKeys;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    if (8 * i + lane / 4 < first) continue;
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      t.key[i][j] = *reinterpret_cast<const uint4*>(new_key + j * 32 + lane % 4 * 8);
    }
  }
#pragma unroll
  for (int r = 0; r < 4; ++r) {
    if (step_value_key(r, lane) < first) continue;
#pragma unroll
    for (int h = 0; h < 2; ++h) {
      t.value[h][r] = *reinterpret_cast<const uint4*>(new_value + h * 64 + lane / 4 * 8);
    }
  }
}

// What a warp has summed up. m and l are of head g; of thread (g, c) register acc[i][2 * half + e]
// is head 2c + e, dimension 64 * half + 8 * g + i.
struct StepSums {
  float acc[8][4];
  float m, l;
};

template <typename T>
__device__ inline void step_tile(const StepTile& t, const uint4 (&q)[4], int keys_left,
                                 float scale_log2, int lane, StepSums& sums) {
  float scores[2][4] = {};
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const uint32_t low[4] = {q[j].x, 0, q[j].y, 0}, high[4] = {q[j].z, 0, q[j].w, 0};
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      mma_16x8x16<T>(scores[i], low, t.key[i][j].x, t.key[i][j].y);
      mma_16x8x16<T>(scores[i], high, t.key[i][j].z, t.key[i][j].w);
    }
  }
  float top = -INFINITY;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      if (8 * i + lane % 4 * 2 + e >= keys_left) scores[i][e] = -INFINITY;
      top = fmaxf(top, scores[i][e]);
    }
  }
  top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
  top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
  const float m = fmaxf(sums.m, top * scale_log2), base = m == -INFINITY ? 0.0f : m;
  const float rescale = exp2f(sums.m - base);
  sums.m = m;
  sums.l *= rescale;
#pragma unroll
  for (int i = 0; i < 2; ++i) {
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      scores[i][e] = exp2f(fmaf(scores[i][e], scale_log2, -base));
      sums.l += scores[i][e];
    }
  }
  const float even = __shfl_sync(0xffffffffu, rescale, lane % 4 * 8);
  const float odd = __shfl_sync(0xffffffffu, rescale, lane % 4 * 8 + 4);
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    sums.acc[i][0] *= even;
    sums.acc[i][1] *= odd;
    sums.acc[i][2] *= even;
    sums.acc[i][3] *= odd;
  }
  // Dimensions are the rows of this product, heads its columns.
  const uint32_t first = Elem<T>::pack(scores[0][0], scores[0][1]);
  const uint32_t second = Elem<T>::pack(scores[1][0], scores[1][1]);
  const auto pair = [&](int half, int r, int i) {
    const uint4 &a = t.value[half][r], &b = t.value[half][r + 1];
    const uint32_t one = i / 2 == 0 ? a.x : i / 2 == 1 ? a.y : i / 2 == 2 ? a.z : a.w;
    const uint32_t two = i / 2 == 0 ? b.x : i / 2 == 1 ? b.y : i / 2 == 2 ? b.z : b.w;
    return __byte_perm(one, two, i % 2 ? 0x7632 : 0x5410);
  };
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    const uint32_t a[4] = {pair(0, 0, i), pair(1, 0, i), pair(0, 2, i), pair(1, 2, i)};
    mma_16x8x16<T>(sums.acc[i], a, first, second);
  }
}

// A head's words, when they are there, as Head::load() would leave them. One warp.
template <typename T>
__device__ inline void step_load_head(Head<T, 128>& head, const uint32_t* words, uint32_t tag,
                                      const float* cos_sin, int lane) {
  uint2 low, high;
  bool there;
  do {
    low = load_word_pair(words + lane * 2);
    high = load_word_pair(words + 64 + lane * 2);
    there = ((low.x ^ tag) | (low.y ^ tag) | (high.x ^ tag) | (high.y ^ tag)) < 0x10000u;
  } while (!__all_sync(0xffffffffu, there));
  head.low[0] = word_value<T>(low.x);
  head.low[1] = word_value<T>(low.y);
  head.high[0] = word_value<T>(high.x);
  head.high[1] = word_value<T>(high.y);
#pragma unroll
  for (int i = 0; i < 2; ++i) {
    head.cosine[i] = cos_sin == nullptr ? 1.0f : __ldcg(cos_sin + lane * 2 + i);
    head.sine[i] = cos_sin == nullptr ? 0.0f : __ldcg(cos_sin + 64 + lane * 2 + i);
  }
}

// One warp: the head's query, normalised and rotated, to shared memory; likewise the new key and
// value.
template <typename T>
__device__ inline void step_prepare(const StepAttention& p, const uint32_t* qkv, uint32_t tag,
                                    const float* q_norm, const float* k_norm, const StepSplit& work,
                                    float eps, T* cache, T* queries, T* new_key, T* new_value,
                                    int warp, int lane) {
  const bool owner = work.split == work.splits - 1;
  Head<T, 128> head;
  if (warp < p.group) {
    step_load_head<T>(head, qkv + (work.kv_head * p.group + warp) * 128, tag, p.cos_sin, lane);
    head.finish(queries + warp * 128, q_norm, eps, lane);
  } else if (owner && warp >= kGemvWarps - 2) {
    const bool value = warp == kGemvWarps - 1;
    T* target = value ? new_value : new_key;
    step_load_head<T>(head, qkv + (p.heads + (value ? p.kv_heads : 0) + work.kv_head) * 128, tag,
                      value ? nullptr : p.cos_sin, lane);
    head.finish(target, value ? nullptr : k_norm, eps, lane);
    __syncwarp();
    const int64_t slot = *p.slot_mapping, block_size = int64_t{1} << p.block_shift;
    if (slot >= 0 && lane < 16) {
      T* place = cache + (slot >> p.block_shift) * p.block_stride +
                 (work.kv_head * block_size + (slot & (block_size - 1))) * 128 +
                 (value ? p.value_offset : 0);
      reinterpret_cast<uint4*>(place)[lane] = reinterpret_cast<const uint4*>(target)[lane];
    }
  }
}

// The splits' results of one KV head, in order, by the block of the first split. Floats with tags
// of all 32 bits; four splits at a time are read until all are there.
template <typename T>
__device__ inline void step_merge(const StepAttention& p, const StepSplit& work, uint32_t full_tag,
                                  uint32_t tag, uint32_t* out) {
  constexpr int kBatch = 4;
  const int64_t stride = p.group * 130;
  const uint2* partial = p.partial + work.kv_head * kStepMaxSplits * stride;
  for (int i = threadIdx.x; i < p.group * 128; i += kGemvThreads) {
    const uint2* place = partial + i;
    const uint2* place_ml = partial + p.group * 128 + i / 128 * 2;
    float top = -INFINITY, sum = 0, length = 0;
    for (int first = 0; first < work.splits; first += kBatch) {
      uint4 ml[kBatch];
      uint2 part[kBatch];
      bool there;
      do {
        there = true;
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
          const int64_t at = min(first + j, work.splits - 1) * stride;
          ml[j] = load_words(reinterpret_cast<const uint32_t*>(place_ml + at));
          part[j] = load_word_pair(place + at);
        }
#pragma unroll
        for (int j = 0; j < kBatch; ++j) {
          there = there && ml[j].y == full_tag && ml[j].w == full_tag && part[j].y == full_tag;
        }
      } while (!there);
      float m = top;
#pragma unroll
      for (int j = 0; j < kBatch; ++j) {
        if (first + j < work.splits) m = fmaxf(m, __uint_as_float(ml[j].x));
      }
      const float rescale = exp2f(top - m);
      sum *= rescale;
      length *= rescale;
      top = m;
#pragma unroll
      for (int j = 0; j < kBatch; ++j) {
        if (first + j >= work.splits) break;
        const float weight = exp2f(__uint_as_float(ml[j].x) - m);
        sum += weight * __uint_as_float(part[j].x);
        length += weight * __uint_as_float(ml[j].z);
      }
    }
    store_word(out + i, make_word<T>(sum / length, tag));
  }
}

// The whole stage of one layer for this block. full_tag: another in every layer of every step; its
// lower half is the tag of the words. All threads. `memory`: step_attention_bytes(), which all
// threads of the block have left.
template <typename T>
__device__ inline void step_attention(const StepParams& params, int layer, const StepSplit& work,
                                      unsigned char* memory, uint32_t full_tag) {
  if (work.kv_head < 0) return;
  const StepAttention& p = params.attention;
  const DecodeStepLayer& weights = params.layers[layer];
  const int warp = warp_index(), lane = threadIdx.x % 32;
  T* queries = reinterpret_cast<T*>(memory);
  T *new_key = queries + p.group * 128, *new_value = new_key + 128;
  float* results = reinterpret_cast<float*>(memory + (p.group + 2) * 256);  // [warp][group][128]
  float* results_ml = results + kGemvWarps * p.group * 128;                 // [warp][group][2]
  T* cache = static_cast<T*>(p.cache) + layer * p.layer_stride;

  // Earlier keys and values do not depend on this layer.
  StepTile tile;
  const int first = work.begin + warp;
  if (first < work.end) step_load<T>(p, cache, work, first, lane, tile);
  const uint32_t tag = full_tag << 16;
  step_prepare<T>(p, params.qkv, tag, weights.q_norm, weights.k_norm, work, params.eps, cache,
                  queries, new_key, new_value, warp, lane);
  __syncthreads();
  uint4 q[4];
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    q[j] = lane / 4 < p.group
               ? *reinterpret_cast<const uint4*>(queries + lane / 4 * 128 + j * 32 + lane % 4 * 8)
               : make_uint4(0, 0, 0, 0);
  }
  StepSums sums = {};
  sums.m = -INFINITY;
  for (int i = first; i < work.end; i += kGemvWarps) {
    if (i != first) step_load<T>(p, cache, work, i, lane, tile);
    const int keys_left = work.context - i * kStepKeys;
    if (keys_left <= kStepKeys) step_patch<T>(work, i, lane, new_key, new_value, tile);
    step_tile<T>(tile, q, keys_left, p.scale_log2, lane, sums);
  }
  sums.l += __shfl_xor_sync(0xffffffffu, sums.l, 1);
  sums.l += __shfl_xor_sync(0xffffffffu, sums.l, 2);
  if (first < work.end) {
#pragma unroll
    for (int e = 0; e < 2; ++e) {
      const int head = lane % 4 * 2 + e;
      if (head >= p.group) continue;
      float* row = results + (warp * p.group + head) * 128 + lane / 4 * 8;
#pragma unroll
      for (int half = 0; half < 2; ++half) {
#pragma unroll
        for (int i = 0; i < 8; i += 4) {
          const int at = 2 * half + e;
          *reinterpret_cast<float4*>(row + half * 64 + i) = make_float4(
              sums.acc[i][at], sums.acc[i + 1][at], sums.acc[i + 2][at], sums.acc[i + 3][at]);
        }
      }
    }
    if (lane % 4 == 0 && lane / 4 < p.group) {
      results_ml[(warp * p.group + lane / 4) * 2] = sums.m;
      results_ml[(warp * p.group + lane / 4) * 2 + 1] = sums.l;
    }
  }
  __syncthreads();

  // The warps' results in order; then the splits'.
  const int warps = min(kGemvWarps, work.end - work.begin);
  const int64_t stride = p.group * 130;
  uint2* partial = p.partial + (work.kv_head * kStepMaxSplits + work.split) * stride;
  uint32_t* out = params.attention_out + work.kv_head * p.group * 128;
  for (int i = threadIdx.x; i < p.group * 128; i += kGemvThreads) {
    float top = -INFINITY, sum = 0, length = 0;
    for (int w = 0; w < warps; ++w) top = fmaxf(top, results_ml[(w * p.group + i / 128) * 2]);
    for (int w = 0; w < warps; ++w) {
      const float weight = exp2f(results_ml[(w * p.group + i / 128) * 2] - top);
      sum += weight * results[w * p.group * 128 + i];
      length += weight * results_ml[(w * p.group + i / 128) * 2 + 1];
    }
    if (work.splits == 1) {
      store_word(out + i, make_word<T>(sum / length, tag));
    } else {
      store_word_pair(partial + i, __float_as_uint(sum), full_tag);
      if (i % 128 == 0) {
        uint2* ml = partial + p.group * 128 + i / 128 * 2;
        store_word_pair(ml, __float_as_uint(top), full_tag);
        store_word_pair(ml + 1, __float_as_uint(length), full_tag);
      }
    }
  }
  if (work.splits > 1 && work.split == 0) step_merge<T>(p, work, full_tag, tag, out);
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
