// SPDX-License-Identifier: Apache-2.0
// Passes over one row of logits by the blocks of a cluster together (compute capability 9.0 and
// up). Each thread of the first block ends up with what it would have found alone.
#pragma once

#include <cooperative_groups.h>

#include <utility>

#include "kernels/cuda/sampling_row.cuh"

namespace kernels::cuda {

constexpr TokenKey kNoBound = ~TokenKey{0};

// What stands in scratch.keys before it is sorted: zeros behind the candidates. Returns how many
// there are, or 0 when they are more than fit.
__device__ inline int sort_candidates(RowScratch& scratch) {
  __syncthreads();
  const int count = scratch.count;
  if (count > kMaxCandidates) return 0;
  int n = 32;
  while (n < count) n *= 2;
  for (int i = count + threadIdx.x; i < n; i += kRowThreads) scratch.keys[i] = 0;
  sort_keys(scratch, n);
  return count;
}

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900

// The largest key of a row, in the first block of the cluster. All blocks and threads.
__device__ inline TokenKey cluster_top(const float* logits, int64_t vocab_size,
                                       RowScratch& scratch) {
  const auto cluster = cooperative_groups::this_cluster();
  const int block = static_cast<int>(cluster.block_rank());
  auto started = cluster.barrier_arrive();
  TokenKey top = 0;
  for_each_logit(
      logits, vocab_size,
      [&](float logit, int32_t id) {
        const TokenKey key = token_key(logit, id);
        top = key > top ? key : top;
      },
      block, kRowBlocks);
  top = block_max(top, scratch);
  cluster.barrier_wait(std::move(started));  // the first block's memory is there
  if (threadIdx.x == 0) cluster.map_shared_rank(scratch.block_keys, 0)[block] = top;
  cluster.sync();
  for (int i = 0; i < kRowBlocks; ++i) {
    const TokenKey other = scratch.block_keys[i];
    top = block == 0 && other > top ? other : top;
  }
  return top;
}

// Every token that reaches the k-th largest of the threads' maxima, sorted in scratch.keys of the
// first block, and the largest key of the row. Returns how many, or 0: more than fit, or no more
// than k numbers in the row. k in [1, kRowThreads]. All blocks and threads; what the others return
// means nothing.
__device__ inline int cluster_collect(const float* logits, int64_t vocab_size, int k,
                                      RowScratch& scratch, TokenKey* top) {
  const auto cluster = cooperative_groups::this_cluster();
  const int block = static_cast<int>(cluster.block_rank());
  TokenKey mine = 0;
  int finite = 0;
  for_each_logit(
      logits, vocab_size,
      [&](float logit, int32_t id) {
        const TokenKey key = token_key(logit, id);
        mine = key > mine ? key : mine;
        finite += key != 0;
      },
      block, kRowBlocks);
  const float found = block_sum(static_cast<float>(finite), scratch.warp_sums, kRowWarps);
  scratch.keys[threadIdx.x] = mine;
  if (threadIdx.x == 0) scratch.count = static_cast<int>(found);  // exact below 2^24
  cluster.sync();
  if (block == 0) {
    int64_t numbers = scratch.count;
    for (int i = 1; i < kRowBlocks; ++i) {
      const RowScratch* other = cluster.map_shared_rank(&scratch, i);
      const TokenKey key = other->keys[threadIdx.x];
      mine = key > mine ? key : mine;
      numbers += other->count;
    }
    *top = block_max(mine, scratch);
    TokenKey bound = kNoBound;
    if (k < numbers) {
      scratch.keys[threadIdx.x] = mine;
      sort_keys(scratch, kRowThreads);
      bound = scratch.keys[k - 1];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      scratch.cut = bound;
      scratch.count = 0;
    }
  }
  cluster.sync();
  RowScratch* first = cluster.map_shared_rank(&scratch, 0);
  const TokenKey bound = first->cut;
  if (bound != kNoBound) {
    for_each_logit(
        logits, vocab_size,
        [&](float logit, int32_t id) {
          const TokenKey key = token_key(logit, id);
          // Equals of the k-th logit belong to it whatever their ids.
          if (key == 0 || key >> 32 < bound >> 32) return;
          const int place = atomicAdd(&first->count, 1);
          if (place < kMaxCandidates) first->keys[place] = key;
        },
        block, kRowBlocks);
  }
  cluster.sync();
  return block == 0 && bound != kNoBound ? sort_candidates(scratch) : 0;
}

#endif  // __CUDA_ARCH__ >= 900

}  // namespace kernels::cuda
