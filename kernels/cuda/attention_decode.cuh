// SPDX-License-Identifier: Apache-2.0
// Attention of sequences that bring one token: flash decoding over the paged cache.
//
// A block takes one split of the keys of one sequence and KV head; the query heads of the group are
// the rows of a 16-row tensor-core tile. Each of four warps walks its own tiles of 16 keys through
// its own cp.async ring (no barrier in the loop); the warps are merged in order at the end, the
// splits inside a cluster, or by attention_merge. The block of the last split also normalises,
// rotates and stores the new key and value; its tile is patched in shared memory, so that keys can
// be read ahead of the kernel before.
//
// A group of more than 16 heads is cut into parts of 16, each with its own blocks.
// Grid: (splits, kv_heads * parts, num_seqs). Sequences with another number of new tokens are left
// alone.
#pragma once

#include "kernels/cuda/attention_e4m3.cuh"

namespace kernels::cuda {

constexpr int kDecodeWarps = 4;
constexpr int kDecodeKeys = 16;
constexpr int kDecodeRows = 16;  // query heads of a block
constexpr int kMaxClusterSplits = 8;

// C: element of the cache. Shared memory for two blocks on a multiprocessor, three with e4m3; fewer
// stages for cards with less of it.
template <typename C, int D, int kDepth = sizeof(C) == 1 ? 4 : 3>
struct DecodeShape {
  static constexpr int kStages = kDepth;
  static constexpr int kTileBytes = kDecodeKeys * D * static_cast<int>(sizeof(C));  // K or V
  static constexpr int kWarpBytes = kStages * 2 * kTileBytes;
  static constexpr int kQPitch = D * 2 + 16;
  static constexpr int kQBytes = 16 * kQPitch;
  static constexpr int kSharedBytes = kDecodeWarps * kWarpBytes + kQBytes + 2 * D * 2;
  // The warps' results take the ring's place at the end.
  static_assert(kDecodeWarps * kWarpBytes >= (kDecodeWarps + 1) * 16 * D * 4);
};

// Copies 16 keys and values from `key0`, a multiple of 16, on; positions past the context repeat
// its last one.
template <typename C, int D>
__device__ inline void decode_load(const AttentionParams& p, const int32_t* block_table,
                                   int kv_head, int key0, int context, uint32_t stage, int lane) {
  constexpr int kPiece = 16 / sizeof(C), kChunks = D / kPiece, kRowsAtOnce = 32 / kChunks;
  if (1 << p.block_shift >= kDecodeKeys) {  // all in one block
    const int chunk = lane % kChunks, last = context - 1 - key0;
    const C* first = cache_row<C>(p, block_table, kv_head, key0, D) + chunk * kPiece;
#pragma unroll
    for (int i = 0; i < kDecodeKeys / kRowsAtOnce; ++i) {
      const int row = i * kRowsAtOnce + lane / kChunks;
      const C* source = first + min(row, last) * D;
      cp_async_16(tile_address<C, D>(stage, row, chunk), source);
      cp_async_16(tile_address<C, D>(stage + DecodeShape<C, D>::kTileBytes, row, chunk),
                  source + p.value_offset);
    }
    return;
  }
#pragma unroll
  for (int i = 0; i < kDecodeKeys / kRowsAtOnce; ++i) {
    const int row = i * kRowsAtOnce + lane / kChunks, chunk = lane % kChunks;
    const C* source = cache_row<C>(p, block_table, kv_head, min(key0 + row, context - 1), D);
    cp_async_16(tile_address<C, D>(stage, row, chunk), source + chunk * kPiece);
    cp_async_16(tile_address<C, D>(stage + DecodeShape<C, D>::kTileBytes, row, chunk),
                source + p.value_offset + chunk * kPiece);
  }
}

// What a block of a cluster receives from each block, in chunks of 128 floats: values of its heads.
__host__ __device__ inline int decode_cluster_slots(int values, int splits) {
  const int chunks = (values + kDecodeWarps * 32 - 1) / (kDecodeWarps * 32);
  return (chunks + splits - 1) / splits;
}
inline int decode_cluster_bytes(int values, int splits) {
  return splits * (decode_cluster_slots(values, splits) * kDecodeWarps * 32 + 2 * kDecodeRows) * 4;
}

// Merges the warps' results in order: rows x D into `result` (unnormalised) and m, l into `ml`.
template <int D>
__device__ inline void decode_merge_warps(const float* acc, const float* warp_ml, int group,
                                          float* result, float* ml) {
  for (int i = threadIdx.x; i < group * D; i += kDecodeWarps * 32) {
    const int row = i / D;
    float top = -INFINITY;
    for (int w = 0; w < kDecodeWarps; ++w) top = fmaxf(top, warp_ml[(w * 16 + row) * 2]);
    const float base = top == -INFINITY ? 0.0f : top;
    float sum = 0, length = 0;
    for (int w = 0; w < kDecodeWarps; ++w) {
      const float weight = exp2f(warp_ml[(w * 16 + row) * 2] - base);
      sum += weight * acc[(w * 16 + row) * D + i % D];
      length += weight * warp_ml[(w * 16 + row) * 2 + 1];
    }
    result[i] = sum;
    if (i % D == 0) {
      ml[2 * row] = top;
      ml[2 * row + 1] = length;
    }
  }
}

template <typename T, int D, typename C, int kStages = DecodeShape<C, D>::kStages>
__global__ void __launch_bounds__(kDecodeWarps * 32) attention_decode(const AttentionParams p) {
  using Shape = DecodeShape<C, D, kStages>;
  using M = MathType<T, C>;
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ float warp_ml[kDecodeWarps * 16 * 2], block_ml[16 * 2];
  unsigned char* q_tile = shared + kDecodeWarps * Shape::kWarpBytes;
  C* new_key = reinterpret_cast<C*>(q_tile + Shape::kQBytes);
  C* new_value = new_key + D;
  const int parts = (p.group + kDecodeRows - 1) / kDecodeRows;
  const int split = blockIdx.x, kv_head = blockIdx.y / parts, sequence = blockIdx.z;
  const int part = blockIdx.y % parts, head0 = kv_head * p.group + part * kDecodeRows;
  const int group = min(kDecodeRows, p.group - part * kDecodeRows);
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;

  launch_dependents();
  const int token = p.cu_seqlens_q[sequence], context = p.context_lens[sequence];
  if (p.cu_seqlens_q[sequence + 1] - token != 1 || context < 1) {
    wait_for_predecessor();
    return;
  }
  const KeyRange keys = split_range<kDecodeKeys>(context, p.splits, split);
  const int tiles = (keys.end - keys.begin + kDecodeKeys - 1) / kDecodeKeys;
  const int32_t* block_table = p.block_tables + static_cast<int64_t>(sequence) * p.max_blocks;
  unsigned char* ring = shared + warp * Shape::kWarpBytes;
  const uint32_t ring_address = shared_address(ring);
  const auto load = [&](int i) {
    const int tile = warp + i * kDecodeWarps;
    if (tile < tiles) {
      decode_load<C, D>(p, block_table, kv_head, keys.begin + tile * kDecodeKeys, context,
                        ring_address + i % Shape::kStages * 2 * Shape::kTileBytes, lane);
    }
    cp_async_commit();
  };
#if __CUDA_ARCH__ >= 900
  // At the end the blocks of a cluster send one another their results.
  __shared__ uint64_t all_here;
  float* received = reinterpret_cast<float*>(shared + Shape::kSharedBytes);
  if (p.cluster > 1) {
    if (threadIdx.x == 0) {
      int values = 0;
      for (int i = split * kDecodeWarps * 32; i < group * D; i += p.splits * kDecodeWarps * 32)
        values += min(kDecodeWarps * 32, group * D - i);
      mbarrier_init(&all_here, 1);
      mbarrier_fence_init();
      mbarrier_expect_bytes(&all_here, p.splits * (values + 2 * group) * 4);
    }
    cluster_arrive();
  }
#endif
  if (p.prepared) wait_for_predecessor();
  for (int i = 0; i < Shape::kStages; ++i) load(i);
  // The norms' weights are the layer's own: from memory, and so before the wait.
  HeadWeight<D> q_norm, k_norm;
  if (!p.prepared) {
    q_norm.load(p.q_norm_weight, lane);
    k_norm.load(p.k_norm_weight, lane);
    wait_for_predecessor();
  }

  // The group's queries, and the new key and value when their position is in this split.
  const T* row =
      static_cast<const T*>(p.qkv) + static_cast<int64_t>(token) * (p.heads + 2 * p.kv_heads) * D;
  const float* cos_sin = p.prepared ? nullptr : p.cos_sin + static_cast<int64_t>(token) * D;
  const bool owner = !p.prepared && keys.end == context && keys.begin < context;
  const bool maker = owner && warp == kDecodeWarps - 1;
  Head<T, D> heads[kDecodeRows / kDecodeWarps], key, value;
#pragma unroll
  for (int i = 0; i < kDecodeRows / kDecodeWarps; ++i) {
    if (warp + i * kDecodeWarps < group) {
      const T* head = row + (head0 + warp + i * kDecodeWarps) * D;
      if (p.prepared) {
        heads[i].load(reinterpret_cast<const M*>(head), cos_sin, lane);
      } else {
        heads[i].load(head, cos_sin, lane);
      }
    }
  }
  if (maker) {
    key.load(row + (p.heads + kv_head) * D, cos_sin, lane);
    value.load(row + (p.heads + p.kv_heads + kv_head) * D, nullptr, lane);
  }
#pragma unroll
  for (int i = 0; i < kDecodeRows / kDecodeWarps; ++i) {
    const int h = warp + i * kDecodeWarps;
    M* target = reinterpret_cast<M*>(q_tile + h * Shape::kQPitch);
    if (h < group) {
      heads[i].finish(target, q_norm, p.eps, lane);
    } else {
      for (int d = lane; d < D; d += 32) target[d] = Elem<M>::from(0);
    }
  }
  if (maker) {
    key.finish(new_key, k_norm, p.eps, lane);
    value.finish(new_value, HeadWeight<D>(), p.eps, lane);
    __syncwarp();
    const int64_t slot = p.slot_mapping[token];
    if (slot >= 0 && part == 0) {
      const int64_t block_size = int64_t{1} << p.block_shift;
      C* target = static_cast<C*>(p.cache) + (slot >> p.block_shift) * p.block_stride +
                  (kv_head * block_size + (slot & (block_size - 1))) * D;
      for (int i = lane; i < D; i += 32) {
        target[i] = new_key[i];
        target[p.value_offset + i] = new_value[i];
      }
    }
  }
  __syncthreads();

  uint32_t q[D / 16][4];
#pragma unroll
  for (int k = 0; k < D / 16; ++k) {
    if constexpr (kIsE4m3<C>) {
      load_queries_e4m3(q[k], k, lane, [&](int q_row, int chunk) {
        return shared_address(q_tile) + q_row * Shape::kQPitch + chunk * 16;
      });
    } else {
      ldmatrix_x4(q[k],
                  shared_address(q_tile) + lane % 16 * Shape::kQPitch + k * 32 + lane / 16 * 16);
    }
  }
  float acc[D / 8][4] = {}, m[2] = {-INFINITY, -INFINITY}, l[2] = {0, 0};
  for (int i = 0; warp + i * kDecodeWarps < tiles; ++i) {
    cp_async_wait<Shape::kStages - 1>();
    __syncwarp();
    const int key0 = keys.begin + (warp + i * kDecodeWarps) * kDecodeKeys;
    const int stage = i % Shape::kStages * 2 * Shape::kTileBytes;
    if (owner && context - 1 >= key0 && context - 1 < key0 + kDecodeKeys) {
      // Rows past the context are masked, yet their values are multiplied by zero: make them
      // finite.
      constexpr int kChunks = D * sizeof(C) / 16;
      for (int r = context - 1 - key0 + lane / kChunks; r < kDecodeKeys; r += 32 / kChunks) {
        const int at = static_cast<int>(tile_address<C, D>(0, r, lane % kChunks));
        *reinterpret_cast<uint4*>(ring + stage + at) =
            reinterpret_cast<const uint4*>(new_key)[lane % kChunks];
        *reinterpret_cast<uint4*>(ring + stage + Shape::kTileBytes + at) =
            reinterpret_cast<const uint4*>(new_value)[lane % kChunks];
      }
      __syncwarp();
    }
    float scores[kDecodeKeys / 8][4];
    scores_of<T, C, D, kDecodeKeys>(scores, q, ring_address + stage, lane);
#pragma unroll
    for (int n = 0; n < kDecodeKeys / 8; ++n) {
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        if (key0 + n * 8 + lane % 4 * 2 + j % 2 >= keys.end) scores[n][j] = -INFINITY;
      }
    }
    softmax_tile<D, kDecodeKeys>(scores, acc, m, l, p.scale_log2);
    add_values<T, C, D, kDecodeKeys>(acc, scores, ring_address + stage + Shape::kTileBytes, lane);
    __syncwarp();
    load(i + Shape::kStages);
  }
  cp_async_wait<0>();
  __syncthreads();

  // Rows of this warp, then all warps, then all splits.
  float* warp_acc = reinterpret_cast<float*>(shared);
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int q_row = lane / 4 + 8 * r;
    l[r] += __shfl_xor_sync(0xffffffffu, l[r], 1);
    l[r] += __shfl_xor_sync(0xffffffffu, l[r], 2);
    if (q_row < group) {
#pragma unroll
      for (int d = 0; d < D / 8; ++d) {
        float* at = warp_acc + (warp * 16 + q_row) * D;
        at[dim_of<C>(d, 0, lane)] = acc[d][2 * r];
        at[dim_of<C>(d, 1, lane)] = acc[d][2 * r + 1];
      }
      if (lane % 4 == 0) {
        warp_ml[(warp * 16 + q_row) * 2] = m[r];
        warp_ml[(warp * 16 + q_row) * 2 + 1] = l[r];
      }
    }
  }
  __syncthreads();
  float* block_acc = warp_acc + kDecodeWarps * 16 * D;
  decode_merge_warps<D>(warp_acc, warp_ml, group, block_acc, block_ml);
  __syncthreads();

  T* out = static_cast<T*>(p.out) + (static_cast<int64_t>(token) * p.heads + head0) * D;
  if (p.splits == 1) {
    for (int i = threadIdx.x; i < group * D; i += kDecodeWarps * 32) {
      out[i] = Elem<T>::from(block_acc[i] / block_ml[2 * (i / D) + 1]);
    }
    return;
  }
  if (p.cluster == 1) {
    const int64_t at = (static_cast<int64_t>(split) * p.partial_rows + sequence) * p.heads + head0;
    for (int i = threadIdx.x; i < group * D; i += kDecodeWarps * 32) {
      p.partial_out[at * D + i] = block_acc[i];
    }
    if (threadIdx.x < 2 * group) p.partial_ml[at * 2 + threadIdx.x] = block_ml[threadIdx.x];
    return;
  }
#if __CUDA_ARCH__ >= 900
  // Chunk c of 128 results goes to block c % splits, every m and l to all: sent, not fetched, since
  // a meeting at which blocks publish what they wrote costs a fence of the whole device.
  cluster_wait();
  constexpr int kChunk = kDecodeWarps * 32;
  const int slots = decode_cluster_slots(group * D, p.splits);
  float* received_ml = received + p.splits * slots * kChunk;
  for (int i = threadIdx.x * 4; i < group * D; i += kChunk * 4) {
    const int chunk = i / kChunk;
    send_in_cluster(received + (split * slots + chunk / p.splits) * kChunk + i % kChunk, &all_here,
                    chunk % p.splits, *reinterpret_cast<const float4*>(block_acc + i));
  }
  for (int i = threadIdx.x; i < group * p.splits; i += kChunk) {
    const int q_row = i % group;
    send_in_cluster(received_ml + (split * kDecodeRows + q_row) * 2, &all_here, i / group,
                    make_float2(block_ml[2 * q_row], block_ml[2 * q_row + 1]));
  }
  mbarrier_wait(&all_here, 0);
  for (int slot = 0; slot < slots; ++slot) {
    const int i = (slot * p.splits + split) * kChunk + threadIdx.x;
    if (i >= group * D) break;
    const int q_row = i / D;
    float m[kMaxClusterSplits], l[kMaxClusterSplits], part_sum[kMaxClusterSplits];
    float top = -INFINITY;
#pragma unroll
    for (int s = 0; s < kMaxClusterSplits; ++s) {
      const int from = s < p.splits ? s : 0;
      const float2 ml =
          *reinterpret_cast<const float2*>(received_ml + (from * kDecodeRows + q_row) * 2);
      m[s] = s < p.splits ? ml.x : -INFINITY;
      l[s] = ml.y;
      part_sum[s] = received[(from * slots + slot) * kChunk + threadIdx.x];
    }
#pragma unroll
    for (int s = 0; s < kMaxClusterSplits; ++s) top = fmaxf(top, m[s]);
    float sum = 0, length = 0;
#pragma unroll
    for (int s = 0; s < kMaxClusterSplits; ++s) {
      const float weight = exp2f(m[s] - top);
      sum += weight * part_sum[s];
      length += weight * l[s];
    }
    out[i] = Elem<T>::from(sum / length);
  }
#endif
}

}  // namespace kernels::cuda
