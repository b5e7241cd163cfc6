// SPDX-License-Identifier: Apache-2.0
// Attention of sequences that bring several tokens, on compute capability 9.0: flash attention with
// warpgroup products (wgmma), heads of 128. What its kernels share: attention_prefill_sm90.cuh for
// caches of 16 bits, attention_prefill_sm90_e4m3.cuh for those of eight.
//
// A block takes 128 rows, each a pair (new token, query head of the group); two warpgroups own 64
// rows each. A third warpgroup brings keys and values in tiles of 128 through two stages. While the
// tensor cores multiply the scores of a tile and the values of the tile before, the other warpgroup
// computes its softmax: the two take turns (named barriers). Tiles go from the last to the first,
// so that those which need a mask come first.
//
// Tiles of rows, splits and partial results are as in attention_prefill.cuh. Grid: (tiles,
// kv_heads, splits), the tiles with most keys first.
#pragma once

#include <cuda.h>

#include <type_traits>

#include "kernels/cuda/attention_prefill.cuh"
#include "kernels/cuda/wgmma.cuh"

namespace kernels::cuda {

constexpr int kWideKeys = 128;
constexpr int kWideThreads = 384;
constexpr int kWideStages = 2;
constexpr int kWidePlane = 128 * 128;           // bytes: 128 rows of 64 elements
constexpr int kWideTileBytes = 2 * kWidePlane;  // Q, K or V
constexpr int kWideSharedBytes = (1 + 2 * kWideStages) * kWideTileBytes + 1024;

struct WideBarriers {
  uint64_t q_full, k_full[kWideStages], k_empty[kWideStages], v_full[kWideStages],
      v_empty[kWideStages];
};

#if defined(__CUDACC__)

__device__ inline float exp2_fast(float x) {
  float y;
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
  return y;
}

__device__ inline void named_sync(int id, int threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
__device__ inline void named_arrive(int id, int threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

__device__ inline void tile_copy(uint32_t shared, const CUtensorMap* map, int x, int y, int z,
                                 uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(shared),
      "l"(map), "r"(x), "r"(y), "r"(z), "r"(shared_address(barrier))
      : "memory");
}

// What both kinds of warpgroup know about a block's work.
struct WideWork {
  PrefillTile tile;
  KeyRange keys;
  int num_tiles;   // of keys
  int num_masked;  // of them, the first ones taken
};

// Queries of the tile, by one thread.
__device__ inline void wide_load_queries(const AttentionParams& p, const WideWork& work,
                                         uint32_t q_tile, const CUtensorMap* q_map,
                                         uint64_t* barrier) {
  mbarrier_expect_bytes(barrier, 2 * 128 * p.group * (kPrefillRows / p.group));
  for (int half = 0; half < 2; ++half) {
    tile_copy(q_tile + half * kWidePlane, q_map, half * 64, blockIdx.y * p.group,
              work.tile.first_token, barrier);
  }
}

// Rows of a thread: r = 0, 1.
struct WideRows {
  int limit[2];  // keys from here on are masked
  float m[2], l[2];
};

// Scores of one tile from queries and keys; no wait.
template <typename T>
__device__ __forceinline__ void wide_scores(float (&scores)[64], uint32_t q, uint32_t k) {
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    const uint32_t offset = i / 4 * kWidePlane + i % 4 * 32;
    wgmma_rows<T>(scores, row_descriptor(q + offset), row_descriptor(k + offset), i > 0);
  }
}

template <typename T>
__device__ __forceinline__ void wide_values(float (&acc)[64], const uint32_t (&probabilities)[8][4],
                                            uint32_t v) {
#pragma unroll
  for (int i = 0; i < 8; ++i) {
    wgmma_columns<T>(acc, probabilities[i], column_descriptor(v + i * 2048, kWidePlane));
  }
}

// Scores become probabilities; `rescale` is what the sums so far must be multiplied by.
template <bool kMasked>
__device__ __forceinline__ void wide_softmax(float (&scores)[64], WideRows& rows,
                                             float (&rescale)[2], int key0, float scale_log2,
                                             int lane) {
  if constexpr (kMasked) {
#pragma unroll
    for (int n = 0; n < 16; ++n) {
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const int key = key0 + n * 8 + lane % 4 * 2 + j % 2;
        if (key >= rows.limit[j / 2]) scores[4 * n + j] = -INFINITY;
      }
    }
  }
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    float top = scores[2 * r];
#pragma unroll
    for (int n = 0; n < 16; ++n) {
      top = fmaxf(top, fmaxf(scores[4 * n + 2 * r], scores[4 * n + 2 * r + 1]));
    }
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 1));
    top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, 2));
    const float m = fmaxf(rows.m[r], top * scale_log2);
    const float base = kMasked && m == -INFINITY ? 0.0f : m;
    rescale[r] = exp2_fast(rows.m[r] - base);
    rows.m[r] = m;
    float sum = 0;
#pragma unroll
    for (int n = 0; n < 16; ++n) {
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        float& score = scores[4 * n + 2 * r + i];
        score = exp2_fast(fmaf(score, scale_log2, -base));
        sum += score;
      }
    }
    rows.l[r] = rows.l[r] * rescale[r] + sum;  // this lane's columns; added up at the end
  }
}

template <typename T>
__device__ __forceinline__ void wide_pack(uint32_t (&packed)[8][4], const float (&scores)[64]) {
#pragma unroll
  for (int i = 0; i < 8; ++i) {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      packed[i][j] = Elem<T>::pack(scores[8 * i + 2 * j], scores[8 * i + 2 * j + 1]);
    }
  }
}

// Values past the context may be anything; they are multiplied by zero, so they must be finite.
__device__ inline void wide_clear_values(uint32_t v_tile, unsigned char* v, int first_row,
                                         int group) {
  for (int i = threadIdx.x % 128; i < (kWideKeys - first_row) * 16; i += 128) {
    const int row = first_row + i / 16;
    *reinterpret_cast<uint4*>(v + i % 16 / 8 * kWidePlane + row * 128 + i % 8 * 16) =
        make_uint4(0, 0, 0, 0);
  }
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
  named_sync(3 + group, 128);
}

template <typename T>
__device__ __forceinline__ void wide_write(const AttentionParams& p, const WideWork& work,
                                           const float (&acc)[64], WideRows& rows, int first_row) {
  const int lane = threadIdx.x % 32, kv_head = blockIdx.y;
  const int tile_tokens = kPrefillRows / p.group;
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int row = first_row + 8 * r;
    rows.l[r] += __shfl_xor_sync(0xffffffffu, rows.l[r], 1);
    rows.l[r] += __shfl_xor_sync(0xffffffffu, rows.l[r], 2);
    if (row / p.group >= work.tile.num_tokens || row >= tile_tokens * p.group) continue;
    const int64_t token = work.tile.first_token + row / p.group;
    if (token < p.first_token || token >= p.end_token) continue;
    const int64_t head = kv_head * p.group + row % p.group;
    if (p.splits == 1) {
      T* out = static_cast<T*>(p.out) + (token * p.heads + head) * 128 + lane % 4 * 2;
      const float scale = 1.0f / rows.l[r];
#pragma unroll
      for (int n = 0; n < 16; ++n) {
        *reinterpret_cast<uint32_t*>(out + n * 8) =
            Elem<T>::pack(acc[4 * n + 2 * r] * scale, acc[4 * n + 2 * r + 1] * scale);
      }
      continue;
    }
    const int64_t at =
        (static_cast<int64_t>(blockIdx.z) * p.partial_rows + token - p.first_token) * p.heads +
        head;
    float* out = p.partial_out + at * 128 + lane % 4 * 2;
    // A split without keys has weight 0: its sums are never read.
#pragma unroll
    for (int n = 0; n < 16; ++n) {
      if (work.num_tiles == 0) break;
      *reinterpret_cast<float2*>(out + n * 8) =
          make_float2(acc[4 * n + 2 * r], acc[4 * n + 2 * r + 1]);
    }
    if (lane % 4 == 0) {
      p.partial_ml[at * 2] = rows.m[r];
      p.partial_ml[at * 2 + 1] = rows.l[r];
    }
  }
}

// One warpgroup (group 0 or 1): 64 rows. T: of the tiles, Out: of the result. kClear: values past
// the context may be anything.
template <typename T, typename Out, bool kClear>
__device__ __forceinline__ void wide_consume(const AttentionParams& p, const WideWork& work,
                                             unsigned char* tiles, WideBarriers* barriers,
                                             int group) {
  const int lane = threadIdx.x % 32;
  const uint32_t base = shared_address(tiles), q = base + group * 64 * 128;
  const auto k_tile = [&](int i) { return base + (1 + i % kWideStages * 2) * kWideTileBytes; };
  const auto v_tile = [&](int i) { return base + (2 + i % kWideStages * 2) * kWideTileBytes; };
  const auto release = [&](uint64_t* barrier) {
    __syncwarp();
    if (lane == 0) mbarrier_arrive(barrier);
  };
  const int first_row = group * 64 + threadIdx.x / 32 % 4 * 16 + lane / 4;
  WideRows rows;
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int position = work.tile.first_position + (first_row + 8 * r) / p.group;
    rows.limit[r] = min(position + 1, work.keys.end);
    rows.m[r] = -INFINITY;
    rows.l[r] = 0;
  }
  float acc[64], scores[64], rescale[2];
#pragma unroll
  for (int i = 0; i < 64; ++i) acc[i] = 0;
  uint32_t probabilities[8][4];
  const int n = work.num_tiles, last = work.keys.begin + (n - 1) * kWideKeys;
  if (n > 0) {
    // The turns: group 0 may issue first.
    if (group == 1) named_arrive(1, 256);
    mbarrier_wait(&barriers->q_full, 0);
    mbarrier_wait(&barriers->k_full[0], 0);
    named_sync(1 + group, 256);
    wgmma_fence();
    wide_scores<T>(scores, q, k_tile(0));
    wgmma_commit();
    named_arrive(2 - group, 256);
    wgmma_wait<0>();
    pin_registers(scores);
    release(&barriers->k_empty[0]);
    wide_softmax<true>(scores, rows, rescale, last, p.scale_log2, lane);
    wide_pack<T>(probabilities, scores);
    mbarrier_wait(&barriers->v_full[0], 0);
    if (kClear && last + kWideKeys > work.tile.context) {
      wide_clear_values(v_tile(0), tiles + (v_tile(0) - base), work.tile.context - last, group);
    }
    // Tile i's scores while tile i - 1's values are added.
    const auto advance = [&](int i, auto masked) {
      const int stage = i % kWideStages, before = (i - 1) % kWideStages;
      mbarrier_wait(&barriers->k_full[stage], i / kWideStages & 1);
      named_sync(1 + group, 256);
      pin_registers(acc);
      wgmma_fence();
      wide_scores<T>(scores, q, k_tile(i));
      wgmma_commit();
      mbarrier_wait(&barriers->v_full[before], (i - 1) / kWideStages & 1);
      wide_values<T>(acc, probabilities, v_tile(i - 1));
      wgmma_commit();
      named_arrive(2 - group, 256);
      wgmma_wait<1>();
      pin_registers(scores);
      release(&barriers->k_empty[stage]);
      wide_softmax<decltype(masked)::value>(scores, rows, rescale, last - i * kWideKeys,
                                            p.scale_log2, lane);
      wgmma_wait<0>();
      pin_registers(acc);
      release(&barriers->v_empty[before]);
#pragma unroll
      for (int j = 0; j < 64; ++j) acc[j] *= rescale[j / 2 % 2];
      wide_pack<T>(probabilities, scores);
    };
    int i = 1;
    for (; i < work.num_masked && i < n; ++i) advance(i, std::true_type());
    for (; i < n; ++i) advance(i, std::false_type());
    mbarrier_wait(&barriers->v_full[(n - 1) % kWideStages], (n - 1) / kWideStages & 1);
    pin_registers(acc);
    wgmma_fence();
    wide_values<T>(acc, probabilities, v_tile(n - 1));
    wgmma_commit();
    wgmma_wait<0>();
    pin_registers(acc);
  }
  wide_write<Out>(p, work, acc, rows, first_row);
}

// Initialises the barriers (full ones count `fillers` arrivals) and finds out what the block has to
// do. Call by all threads.
__device__ inline WideWork wide_begin(const AttentionParams& p, WideBarriers* barriers,
                                      int fillers) {
  if (threadIdx.x == 0) {
    mbarrier_init(&barriers->q_full, 1);
    for (int i = 0; i < kWideStages; ++i) {
      mbarrier_init(&barriers->k_full[i], fillers);
      mbarrier_init(&barriers->v_full[i], fillers);
      mbarrier_init(&barriers->k_empty[i], 8);  // warps
      mbarrier_init(&barriers->v_empty[i], 8);
    }
    mbarrier_fence_init();
  }
  WideWork work;
  work.tile = prefill_tile(p, kPrefillRows / p.group, blockIdx.x);
  work.keys = p.invariant ? fixed_split_range(work.tile.context, blockIdx.z)
                          : split_range<kWideKeys>(work.tile.context, p.splits, blockIdx.z);
  work.keys.end = min(work.keys.end, work.tile.first_position + work.tile.num_tokens);
  const int count = max(work.keys.end - work.keys.begin, 0);
  work.num_tiles = (count + kWideKeys - 1) / kWideKeys;
  // Whole tiles that the first row may see, too, need no mask.
  const int seen = min(work.tile.first_position + 1, work.keys.end) - work.keys.begin;
  work.num_masked = work.num_tiles - max(seen, 0) / kWideKeys;
  __syncthreads();
  return work;
}

#endif  // __CUDA_ARCH_FEAT_SM90_ALL

#endif  // __CUDACC__

}  // namespace kernels::cuda
