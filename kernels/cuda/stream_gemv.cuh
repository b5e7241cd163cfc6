// SPDX-License-Identifier: Apache-2.0
// One or two tokens: y = W x at the speed of memory (compute capability 9.0 and up).
//
// One block a multiprocessor owns a contiguous range of rows. Each of its warps has a few slots in
// shared memory, fills them with bulk copies of contiguous weights (they reach more of the memory's
// rate than register loads do) and computes rows by itself: as soon as it has read a slot it sends
// for the next piece. The first pieces are on their way before the block waits for the kernel
// before it: with programmatic dependent launch the memory keeps working while activations change
// hands. What follows that wait is the critical path of a whole model, so everything that can be
// loaded before (norm weights) is, and the rest is loaded at once. The block stays near half of the
// multiprocessor's shared memory, so that the next kernel's slots fill beside it. The next kernel
// is let in at once: its launch takes longer than the last pieces need to arrive.
//
// Order of summation: gemv_common.cuh.
#pragma once

#include "kernels/cuda/gemv_common.cuh"

namespace kernels::cuda {

constexpr int kGemvMaxSlots = 5;          // of a warp
constexpr int kGemvWarpBytes = 10240;     // of a warp's slots
constexpr int kGemvMinPieceBytes = 2048;  // smaller copies cost more to send than to wait for
constexpr int kGemvSharedBudget = 118 * 1024;
constexpr int kGemvMaxTokens = 2;

struct GemvParams {
  GemvInput input;
  const unsigned char* weight;
  void* out;
  int num_rows;    // of the weight
  int group_rows;  // rows that a warp finishes together: 2 with SiluMul, else 1
  int parts;       // pieces that a row is cut into
  int slots;       // of a warp
  int slot_bytes;
  int num_groups;
  Epilogue epilogue;
};

// Cuts rows into pieces and shared memory into slots: as many bytes under way as fit. Returns the
// shared memory of a block, 0 when it cannot be done.
inline int plan_gemv(int cols, int tokens, GemvParams* p) {
  const int x_bytes = tokens * cols * 2;
  const int free_bytes = (kGemvSharedBudget - x_bytes) / kGemvWarps;
  const int warp_bytes = free_bytes < kGemvWarpBytes ? free_bytes : kGemvWarpBytes;
  int best = 0;
  for (int parts = 1; cols * 2 / parts >= 16; ++parts) {
    if (cols % (parts * 8) != 0 || cols * 2 / parts > kGemvPieceBytes) continue;
    const int piece = cols * 2 / parts, slot_bytes = (piece + 127) / 128 * 128;
    if (best > 0 && piece < kGemvMinPieceBytes) break;
    const int fit = warp_bytes / slot_bytes, slots = fit < kGemvMaxSlots ? fit : kGemvMaxSlots;
    if (slots < 2 || slots * piece <= best) continue;
    best = slots * piece;
    p->parts = parts;
    p->slots = slots;
    p->slot_bytes = slot_bytes;
  }
  return best == 0 ? 0 : kGemvWarps * p->slots * p->slot_bytes + x_bytes;
}

#if defined(__CUDACC__)

template <typename T, int kTokens>
__global__ void __launch_bounds__(kGemvThreads, 1) stream_gemv(const GemvParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ uint64_t full[kGemvWarps * kGemvMaxSlots];
  __shared__ float scratch[kTokens][kGemvWarps];
  const int warp = warp_index(), lane = threadIdx.x % 32;
  unsigned char* ring = shared + warp * p.slots * p.slot_bytes;
  uint64_t* arrived = full + warp * kGemvMaxSlots;
  T* x = reinterpret_cast<T*>(shared + kGemvWarps * p.slots * p.slot_bytes);

  launch_dependents();
  const int first = static_cast<int>(static_cast<int64_t>(p.num_groups) * blockIdx.x / gridDim.x);
  const int last =
      static_cast<int>(static_cast<int64_t>(p.num_groups) * (blockIdx.x + 1) / gridDim.x);
  const int pieces = p.group_rows * p.parts;  // of a group, one after another in memory
  const int cols = p.input.cols, chunks = cols / p.parts / 8;
  const uint32_t piece_bytes = chunks * 16;
  // This warp's pieces in order: where the next one to send for lies, and how many are left.
  int left = (last - first - warp + kGemvWarps - 1) / kGemvWarps * pieces, next_piece = 0;
  const unsigned char* next = p.weight + static_cast<int64_t>(first + warp) * pieces * piece_bytes;
  const int64_t group_stride = static_cast<int64_t>(kGemvWarps - 1) * pieces * piece_bytes;
  const auto fetch = [&](int slot) {
    if (left <= 0) return;
    if (lane == 0) {
      mbarrier_expect_bytes(&arrived[slot], piece_bytes);
      bulk_copy(ring + slot * p.slot_bytes, next, piece_bytes, &arrived[slot]);
    }
    --left;
    next += piece_bytes;
    if (++next_piece == pieces) {
      next_piece = 0;
      next += group_stride;
    }
  };
  // A warp's barriers are its own; only the copy engine must see them initialised.
  if (lane == 0) {
    for (int i = 0; i < p.slots; ++i) mbarrier_init(&arrived[i], 1);
    mbarrier_fence_init();
  }
  __syncwarp();
  for (int i = 0; i < p.slots; ++i) fetch(i);
  gemv_stage_x<T, kTokens>(p.input, x, scratch, [] { wait_for_predecessor(); });

  int slot = 0;
  uint32_t parity = 0;
  for (int group = first + warp; group < last; group += kGemvWarps) {
    float residual = 0;
    if (p.epilogue == Epilogue::Residual && lane < p.input.num_tokens) {
      residual = load_activation(static_cast<const T*>(p.out) +
                                 static_cast<int64_t>(lane) * p.num_rows + group);
    }
    float sums[2][kTokens] = {};
    if (kTokens == 1 && pieces == 2 && p.group_rows == 2) {
      const int other = slot + 1 == p.slots ? 0 : slot + 1;
      mbarrier_wait(&arrived[slot], parity);
      mbarrier_wait(&arrived[other], other == 0 ? parity ^ 1 : parity);
      gemv_dot_pair<T>(ring + slot * p.slot_bytes, ring + other * p.slot_bytes, x, chunks, lane,
                       sums[0][0], sums[1][0]);
      __syncwarp();
      fetch(slot);
      fetch(other);
      if (other == 0) parity ^= 1;
      slot = other + 1;
      if (slot == p.slots) {
        slot = 0;
        parity ^= 1;
      }
    } else {
#pragma unroll
      for (int r = 0; r < 2; ++r) {
        if (r >= p.group_rows) break;
        for (int part = 0; part < p.parts; ++part) {
          mbarrier_wait(&arrived[slot], parity);
          gemv_dot<T, kTokens>(ring + slot * p.slot_bytes, x + part * chunks * 8, cols, chunks,
                               lane, sums[r]);
          __syncwarp();
          fetch(slot);
          if (++slot == p.slots) {
            slot = 0;
            parity ^= 1;
          }
        }
      }
    }
#pragma unroll
    for (int t = 0; t < kTokens; ++t) {
      const float one = warp_sum(sums[0][t]);
      const float two = p.group_rows == 2 ? warp_sum(sums[1][t]) : 0.0f;
      if (lane == t && t < p.input.num_tokens) {
        gemv_write<T>(p.out, p.num_rows, p.epilogue, group, t, residual, one, two);
      }
    }
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
