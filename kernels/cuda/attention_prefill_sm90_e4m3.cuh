// SPDX-License-Identifier: Apache-2.0
// attention_prefill_wide.cuh over a cache of e4m3: the third warpgroup brings the bytes of keys and
// values (cp.async, two tiles ahead) and expands them to f16 into the same stages, from where the
// same products are taken. Each thread expands the pieces that it copied, so nothing but its own
// copies has to be waited for.
//
// Positions past the context are the last one's copies: finite, and masked.
#pragma once

#include "kernels/cuda/attention_prefill_wide.cuh"

namespace kernels::cuda {

constexpr int kRawStages = 2;
constexpr int kRawTileBytes = kWideKeys * 128;  // K or V as the cache holds them
constexpr int kWideE4m3SharedBytes = kWideSharedBytes + kRawStages * 2 * kRawTileBytes;

#if defined(__CUDACC__)

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

// The pieces of 16 dims that a thread of the third warpgroup takes care of: one column, rows
// row + 16 * i. Eight neighbouring lanes write eight different 16-byte pieces of a bank cycle.
struct RawPieces {
  static constexpr int kRows = 8;
  int thread, row, column;  // column of 4 in a plane
  int plane;

  __device__ RawPieces() {
    const int lane = threadIdx.x % 32;
    thread = threadIdx.x % 128;
    row = thread / 32 * 4 + (lane / 4 % 2) + lane / 16 * 2;
    column = lane % 4;
    plane = lane / 8 % 2;
  }
};

// Keys and values from `key0` on, as one group of copies.
__device__ inline void raw_load(const AttentionParams& p, const int32_t* block_table, int kv_head,
                                int key0, int context, uint32_t raw, const RawPieces& pieces) {
#pragma unroll
  for (int i = 0; i < RawPieces::kRows; ++i) {
    const int key = min(key0 + pieces.row + 16 * i, context - 1);
    const E4m3* source = cache_row<E4m3>(p, block_table, kv_head, key, 128) +
                         (pieces.plane * 4 + pieces.column) * 16;
    const uint32_t target = raw + (i * 128 + pieces.thread) * 16;
    cp_async_16(target, source);
    cp_async_16(target + kRawTileBytes, source + p.value_offset);
  }
}

// This thread's pieces of one tile, from bytes to f16.
__device__ inline void raw_expand(unsigned char* tile, const unsigned char* raw,
                                  const RawPieces& pieces) {
#pragma unroll 4
  for (int i = 0; i < RawPieces::kRows; ++i) {
    const uint4 bytes = *reinterpret_cast<const uint4*>(raw + (i * 128 + pieces.thread) * 16);
    const int row = pieces.row + 16 * i;
    unsigned char* target = tile + pieces.plane * kWidePlane + row * 128;
    const Expanded first = expand_e4m3(bytes.x), second = expand_e4m3(bytes.y);
    const Expanded third = expand_e4m3(bytes.z), fourth = expand_e4m3(bytes.w);
    *reinterpret_cast<uint4*>(target + ((pieces.column * 2) ^ (row & 7)) * 16) =
        make_uint4(first.low, first.high, second.low, second.high);
    *reinterpret_cast<uint4*>(target + ((pieces.column * 2 + 1) ^ (row & 7)) * 16) =
        make_uint4(third.low, third.high, fourth.low, fourth.high);
  }
}

// Four warps: keys and values tile by tile, the last tile first.
__device__ inline void wide_expand(const AttentionParams& p, const WideWork& work,
                                   unsigned char* tiles, const CUtensorMap* q_map,
                                   WideBarriers* barriers) {
  if (work.num_tiles == 0) return;
  if (threadIdx.x == 256) {
    wide_load_queries(p, work, shared_address(tiles), q_map, &barriers->q_full);
  }
  const RawPieces pieces;
  const int32_t* table = p.block_tables + static_cast<int64_t>(work.tile.sequence) * p.max_blocks;
  unsigned char* raw = tiles + (1 + 2 * kWideStages) * kWideTileBytes;
  const auto load = [&](int i) {
    if (i < work.num_tiles) {
      raw_load(p, table, blockIdx.y, work.keys.begin + (work.num_tiles - 1 - i) * kWideKeys,
               work.tile.context, shared_address(raw) + i % kRawStages * 2 * kRawTileBytes, pieces);
    }
    cp_async_commit();
  };
  const auto fill = [&](uint64_t* empty, uint64_t* full, uint32_t parity, int tile,
                        const unsigned char* source) {
    mbarrier_wait(empty, parity);
    raw_expand(tiles + tile * kWideTileBytes, source, pieces);
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
    __syncwarp();
    if (threadIdx.x % 32 == 0) mbarrier_arrive(full);
  };
  for (int i = 0; i < kRawStages; ++i) load(i);
  for (int i = 0; i < work.num_tiles; ++i) {
    const int stage = i % kWideStages;
    const uint32_t parity = (i / kWideStages & 1) ^ 1;
    const unsigned char* source = raw + i % kRawStages * 2 * kRawTileBytes;
    cp_async_wait<kRawStages - 1>();
    fill(&barriers->k_empty[stage], &barriers->k_full[stage], parity, 1 + 2 * stage, source);
    fill(&barriers->v_empty[stage], &barriers->v_full[stage], parity, 2 + 2 * stage,
         source + kRawTileBytes);
    load(i + kRawStages);
  }
  cp_async_wait<0>();
}

#endif  // __CUDA_ARCH_FEAT_SM90_ALL

template <typename T>
__global__ void __launch_bounds__(kWideThreads, 1)
    attention_prefill_sm90_e4m3(const __grid_constant__ CUtensorMap q_map,
                                const AttentionParams p) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ unsigned char shared[];
  __shared__ WideBarriers barriers;
  unsigned char* tiles = shared + (1024 - shared_address(shared) % 1024) % 1024;
  launch_dependents();
  const WideWork work = wide_begin(p, &barriers, 4);
  wait_for_predecessor();
  if (work.tile.sequence < 0) return;
  if (threadIdx.x >= 256) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 40;");
    wide_expand(p, work, tiles, &q_map, &barriers);
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 232;");
    wide_consume<__half, T, false>(p, work, tiles, &barriers, threadIdx.x / 128);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
