// SPDX-License-Identifier: Apache-2.0
// Attention of sequences that bring several tokens: flash attention with mma.sync (sm_80 and up).
//
// A block takes 128 rows, each a pair (new token, query head of the group), so that the heads of a
// group share every key they read; eight warps own 16 rows each. Keys come in tiles of 64 through
// two cp.async stages, over whatever prefix the cache holds. Queries and cache were prepared by
// attention_prepare. With splits > 1 a block covers one share of the keys and leaves a partial
// result: short chunks over long prefixes still fill the card.
//
// Grid: (tiles, kv_heads, splits); tiles is a bound, blocks past the last tile return. The tiles
// with most keys start first. Sequences with one new token are left to attention_decode, unless
// p.invariant: then a row's keys are taken in tiles and splits counted from position 0, so that its
// bits depend on its own sequence alone (masked keys add exact zeros).
#pragma once

#include "kernels/cuda/attention_e4m3.cuh"

namespace kernels::cuda {

constexpr int kPrefillRows = 128;
constexpr int kPrefillKeys = 64;
constexpr int kPrefillThreads = 256;

// C: element of the cache.
template <typename C, int D>
struct PrefillShape {
  static constexpr int kTileBytes = kPrefillKeys * D * static_cast<int>(sizeof(C));
  static constexpr int kQBytes = kPrefillRows * D * 2;
  static constexpr int kSharedBytes = kQBytes + 4 * kTileBytes;
};

// Which tokens a block computes.
struct PrefillTile {
  int sequence, first_token, num_tokens;  // tokens of the batch; sequence -1: nothing to do
  int context, first_position;
};

// Sequences with one new token are attention_decode's, unless these kernels take all; without a
// context they are padding.
__device__ inline bool prefill_takes(const AttentionParams& p, int sequence) {
  const int count = p.cu_seqlens_q[sequence + 1] - p.cu_seqlens_q[sequence];
  return count > 1 || (p.invariant && count == 1 && p.context_lens[sequence] > 0);
}

__device__ inline PrefillTile prefill_tile(const AttentionParams& p, int tile_tokens, int index) {
  for (int s = 0; s < p.num_seqs; ++s) {
    if (!prefill_takes(p, s)) continue;
    const int begin = p.cu_seqlens_q[s], count = p.cu_seqlens_q[s + 1] - begin;
    const int tiles = (count + tile_tokens - 1) / tile_tokens;
    if (index >= tiles) {
      index -= tiles;
      continue;
    }
    const int first = (tiles - 1 - index) * tile_tokens;
    if (begin + first >= p.end_token || begin + first + tile_tokens <= p.first_token) break;
    const int context = p.context_lens[s];
    return {s, begin + first, min(tile_tokens, count - first), context, context - count + first};
  }
  return {-1, 0, 0, 0, 0};
}

template <typename C, int D>
__device__ inline void prefill_load_keys(const AttentionParams& p, const int32_t* block_table,
                                         int kv_head, int key0, int context, int64_t offset,
                                         uint32_t tile) {
  constexpr int kPiece = 16 / sizeof(C), kChunks = D / kPiece;
#pragma unroll
  for (int i = threadIdx.x; i < kPrefillKeys * kChunks; i += kPrefillThreads) {
    const int row = i / kChunks, chunk = i % kChunks;
    const C* source = cache_row<C>(p, block_table, kv_head, min(key0 + row, context - 1), D);
    cp_async_16(tile_address<C, D>(tile, row, chunk), source + offset + chunk * kPiece);
  }
}

// Accumulators of one row and 16 dims to their place: out is the row's first of them.
template <typename C>
__device__ inline void prefill_partial(float* out, const float (&first)[4],
                                       const float (&second)[4], int r, int lane) {
  if constexpr (kIsE4m3<C>) {
    *reinterpret_cast<float4*>(out + lane % 4 * 4) =
        make_float4(first[2 * r], second[2 * r], first[2 * r + 1], second[2 * r + 1]);
  } else {
    float2* at = reinterpret_cast<float2*>(out + lane % 4 * 2);
    at[0] = make_float2(first[2 * r], first[2 * r + 1]);
    at[4] = make_float2(second[2 * r], second[2 * r + 1]);
  }
}

template <typename T, typename C>
__device__ inline void prefill_result(T* out, const float (&first)[4], const float (&second)[4],
                                      int r, float scale, int lane) {
  if constexpr (kIsE4m3<C>) {
    *reinterpret_cast<uint2*>(out + lane % 4 * 4) =
        make_uint2(Elem<T>::pack(first[2 * r] * scale, second[2 * r] * scale),
                   Elem<T>::pack(first[2 * r + 1] * scale, second[2 * r + 1] * scale));
  } else {
    uint32_t* at = reinterpret_cast<uint32_t*>(out + lane % 4 * 2);
    at[0] = Elem<T>::pack(first[2 * r] * scale, first[2 * r + 1] * scale);
    at[4] = Elem<T>::pack(second[2 * r] * scale, second[2 * r + 1] * scale);
  }
}

template <typename T, int D, typename C>
__global__ void __launch_bounds__(kPrefillThreads, 1) attention_prefill(const AttentionParams p) {
  using Shape = PrefillShape<C, D>;
  extern __shared__ __align__(128) unsigned char shared[];
  const uint32_t q_tile = shared_address(shared);
  const uint32_t k_tile = q_tile + Shape::kQBytes, v_tile = k_tile + 2 * Shape::kTileBytes;
  const int kv_head = blockIdx.y, split = blockIdx.z;
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int tile_tokens = kPrefillRows / p.group;

  launch_dependents();
  const PrefillTile tile = prefill_tile(p, tile_tokens, blockIdx.x);
  wait_for_predecessor();
  if (tile.sequence < 0) return;
  const int32_t* block_table = p.block_tables + static_cast<int64_t>(tile.sequence) * p.max_blocks;
  const int last_key = tile.first_position + tile.num_tokens;  // keys this tile may see
  KeyRange keys = p.invariant ? fixed_split_range(tile.context, split)
                              : split_range<kPrefillKeys>(tile.context, p.splits, split);
  keys.end = min(keys.end, last_key);
  const int num_tiles = max(0, (keys.end - keys.begin + kPrefillKeys - 1) / kPrefillKeys);

  const int64_t stride = static_cast<int64_t>(p.heads + 2 * p.kv_heads) * D;
  for (int i = threadIdx.x; i < kPrefillRows * (D / 8); i += kPrefillThreads) {
    const int row = i / (D / 8), chunk = i % (D / 8), t = row / p.group;
    const bool valid = t < tile.num_tokens && row < tile_tokens * p.group;
    const T* source = static_cast<const T*>(p.qkv) +
                      (tile.first_token + (valid ? t : 0)) * stride +
                      (kv_head * p.group + row % p.group) * D;
    cp_async_16(swizzled<D>(q_tile, row, chunk), source + chunk * 8, valid);
  }
  const auto load = [&](int i) {
    if (i < num_tiles) {
      const int key0 = keys.begin + i * kPrefillKeys, stage = i % 2 * Shape::kTileBytes;
      prefill_load_keys<C, D>(p, block_table, kv_head, key0, tile.context, 0, k_tile + stage);
      prefill_load_keys<C, D>(p, block_table, kv_head, key0, tile.context, p.value_offset,
                              v_tile + stage);
    }
    cp_async_commit();
  };
  load(0);

  uint32_t q[D / 16][4];
  float acc[D / 8][4] = {}, m[2] = {-INFINITY, -INFINITY}, l[2] = {0, 0};
  int position[2];
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    position[r] = tile.first_position + (warp * 16 + lane / 4 + 8 * r) / p.group;
  }
  const bool busy = warp * 16 < tile.num_tokens * p.group;  // has rows that will be written
  for (int i = 0; i < num_tiles; ++i) {
    cp_async_wait<0>();
    __syncthreads();
    load(i + 1);
    if (!busy) continue;
    if (i == 0) {
#pragma unroll
      for (int k = 0; k < D / 16; ++k) {
        if constexpr (kIsE4m3<C>) {
          load_queries_e4m3(q[k], k, lane, [&](int row, int chunk) {
            return swizzled<D>(q_tile, warp * 16 + row, chunk);
          });
        } else {
          ldmatrix_x4(q[k], swizzled<D>(q_tile, warp * 16 + lane % 16, k * 2 + lane / 16));
        }
      }
    }
    const int key0 = keys.begin + i * kPrefillKeys, stage = i % 2 * Shape::kTileBytes;
    float scores[kPrefillKeys / 8][4];
    scores_of<T, C, D, kPrefillKeys>(scores, q, k_tile + stage, lane);
    if (key0 + kPrefillKeys > min(tile.first_position + 1, keys.end)) {
#pragma unroll
      for (int n = 0; n < kPrefillKeys / 8; ++n) {
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const int key = key0 + n * 8 + lane % 4 * 2 + j % 2;
          if (key > position[j / 2] || key >= keys.end) scores[n][j] = -INFINITY;
        }
      }
    }
    softmax_tile<D, kPrefillKeys>(scores, acc, m, l, p.scale_log2);
    add_values<T, C, D, kPrefillKeys>(acc, scores, v_tile + stage, lane);
  }
  cp_async_wait<0>();

#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int row = warp * 16 + lane / 4 + 8 * r;
    l[r] += __shfl_xor_sync(0xffffffffu, l[r], 1);
    l[r] += __shfl_xor_sync(0xffffffffu, l[r], 2);
    if (row / p.group >= tile.num_tokens || row >= tile_tokens * p.group) continue;
    const int64_t token = tile.first_token + row / p.group;
    if (token < p.first_token || token >= p.end_token) continue;
    const int64_t head = kv_head * p.group + row % p.group;
    if (p.splits == 1) {
      T* out = static_cast<T*>(p.out) + (token * p.heads + head) * D;
      const float scale = 1.0f / l[r];
#pragma unroll
      for (int d = 0; d < D / 16; ++d) {
        prefill_result<T, C>(out + d * 16, acc[2 * d], acc[2 * d + 1], r, scale, lane);
      }
    } else {
      const int64_t at =
          (static_cast<int64_t>(split) * p.partial_rows + token - p.first_token) * p.heads + head;
      float* out = p.partial_out + at * D;
      // A split without keys has weight 0: its sums are never read.
#pragma unroll
      for (int d = 0; d < D / 16; ++d) {
        if (num_tiles == 0) break;
        prefill_partial<C>(out + d * 16, acc[2 * d], acc[2 * d + 1], r, lane);
      }
      if (lane % 4 == 0) {
        p.partial_ml[at * 2] = m[r];
        p.partial_ml[at * 2 + 1] = l[r];
      }
    }
  }
}

}  // namespace kernels::cuda
