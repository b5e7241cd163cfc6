// SPDX-License-Identifier: Apache-2.0
// attention_prefill_wide.cuh over a cache of 16-bit elements: one warp brings keys and values with
// tensor copies, one a cache block and half a head, so that any block size works.
#pragma once

#include "kernels/cuda/attention_prefill_wide.cuh"

namespace kernels::cuda {

#if defined(__CUDACC__)

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

__device__ inline void tile_copy(uint32_t shared, const CUtensorMap* map, int x, int y, int z,
                                 int w, uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.4d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3, %4, %5}], [%6];" ::"r"(shared),
      "l"(map), "r"(x), "r"(y), "r"(z), "r"(w), "r"(shared_address(barrier))
      : "memory");
}

// One warp: queries once, then keys and values tile by tile, the last tile first.
__device__ inline void wide_produce(const AttentionParams& p, const WideWork& work, uint32_t q_tile,
                                    const CUtensorMap* q_map, const CUtensorMap* k_map,
                                    const CUtensorMap* v_map, WideBarriers* barriers) {
  const int lane = threadIdx.x % 32, kv_head = blockIdx.y;
  if (work.num_tiles == 0) return;
  if (lane == 0) wide_load_queries(p, work, q_tile, q_map, &barriers->q_full);
  // A lane brings the rows of one cache block (or 128 rows of a larger one), half a head.
  const int block_size = 1 << p.block_shift, rows = min(block_size, kWideKeys);
  const int part = lane / 2, half = lane % 2;
  const bool busy = part * rows < kWideKeys;
  const int32_t* table = p.block_tables + static_cast<int64_t>(work.tile.sequence) * p.max_blocks;
  const int last_block = (work.tile.context - 1) >> p.block_shift;
  const auto block_of =
      [&](int i) {  // of tile i from the end; blocks past the context: the last one
        const int key = work.keys.begin + (work.num_tiles - 1 - i) * kWideKeys + part * rows;
        return busy && i < work.num_tiles ? table[min(key >> p.block_shift, last_block)] : 0;
      };
  const uint32_t target = q_tile + kWideTileBytes + half * kWidePlane + part * rows * 128;
  int block = block_of(0);
  for (int i = 0; i < work.num_tiles; ++i) {
    const int stage = i % kWideStages;
    const uint32_t parity = (i / kWideStages & 1) ^ 1;
    const int row =
        (work.keys.begin + (work.num_tiles - 1 - i) * kWideKeys + part * rows) & (block_size - 1);
    const int next_block = block_of(i + 1);
    mbarrier_wait(&barriers->k_empty[stage], parity);
    if (lane == 0) mbarrier_expect_bytes(&barriers->k_full[stage], kWideTileBytes);
    __syncwarp();
    if (busy) {
      tile_copy(target + stage * 2 * kWideTileBytes, k_map, half * 64, row, kv_head, block,
                &barriers->k_full[stage]);
    }
    mbarrier_wait(&barriers->v_empty[stage], parity);
    if (lane == 0) mbarrier_expect_bytes(&barriers->v_full[stage], kWideTileBytes);
    __syncwarp();
    if (busy) {
      tile_copy(target + (stage * 2 + 1) * kWideTileBytes, v_map, half * 64, row, kv_head, block,
                &barriers->v_full[stage]);
    }
    block = next_block;
  }
}

#endif  // __CUDA_ARCH_FEAT_SM90_ALL

template <typename T>
__global__ void __launch_bounds__(kWideThreads, 1)
    attention_prefill_sm90(const __grid_constant__ CUtensorMap q_map,
                           const __grid_constant__ CUtensorMap k_map,
                           const __grid_constant__ CUtensorMap v_map, const AttentionParams p) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  extern __shared__ unsigned char shared[];
  __shared__ WideBarriers barriers;
  unsigned char* tiles = shared + (1024 - shared_address(shared) % 1024) % 1024;
  launch_dependents();
  const WideWork work = wide_begin(p, &barriers, 1);
  wait_for_predecessor();
  if (work.tile.sequence < 0) return;
  if (threadIdx.x >= 256) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 24;");
    if (threadIdx.x < 288) {
      wide_produce(p, work, shared_address(tiles), &q_map, &k_map, &v_map, &barriers);
    }
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 240;");
    wide_consume<T, T, true>(p, work, tiles, &barriers, threadIdx.x / 128);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
