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
// Order of summation: lane group g (of eight) adds its 32 columns of every 256 of a piece in tensor
// cores; pieces of a row in order; the groups by a butterfly. It depends on the number of columns
// only.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kGemvWarps = 10;
constexpr int kGemvThreads = 32 * kGemvWarps;
constexpr int kGemvMaxSlots = 5;          // of a warp
constexpr int kGemvWarpBytes = 10240;     // of a warp's slots
constexpr int kGemvPieceBytes = 5120;     // at most
constexpr int kGemvMinPieceBytes = 2048;  // smaller copies cost more to send than to wait for
constexpr int kGemvSharedBudget = 118 * 1024;
constexpr int kGemvMaxTokens = 2;
constexpr int kGemvChunks = 4;  // 16-byte pieces of a token that a thread prepares
constexpr int kGemvMaxCols = kGemvChunks * kGemvThreads * 8;

struct GemvParams {
  const unsigned char* weight;
  const void* x;
  const int32_t* rows;
  const float* norm_weight;
  void* out;
  float eps;
  int num_tokens;
  int num_rows;  // of the weight
  int cols;
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

// The tokens' inputs into shared memory, normalised where there is a norm weight. Waits for the
// kernel before. All threads of the block.
template <typename T, int kTokens>
__device__ void gemv_stage_x(const GemvParams& p, T* x, float (&scratch)[kTokens][kGemvWarps]) {
  const int chunks = p.cols / 8;
  float weight[kGemvChunks][8];
  if (p.norm_weight != nullptr) {
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * kGemvThreads;
      if (c >= chunks) break;
      const float4* source = reinterpret_cast<const float4*>(p.norm_weight) + 2 * c;
      *reinterpret_cast<float4*>(&weight[i][0]) = source[0];
      *reinterpret_cast<float4*>(&weight[i][4]) = source[1];
    }
  }
  wait_for_predecessor();
  uint4 v[kTokens][kGemvChunks];
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    const int64_t row = t >= p.num_tokens ? 0 : p.rows ? p.rows[t] : t;
    const uint4* source = reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + row * p.cols);
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * kGemvThreads;
      v[t][i] = c < chunks ? load_activation_16(source + c) : make_uint4(0, 0, 0, 0);
    }
  }
  if (p.norm_weight != nullptr) {
#pragma unroll
    for (int t = 0; t < kTokens; ++t) {
      float squares = 0;
#pragma unroll
      for (int i = 0; i < kGemvChunks; ++i) {
        const uint32_t words[4] = {v[t][i].x, v[t][i].y, v[t][i].z, v[t][i].w};
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const float low = Elem<T>::low(words[j]), high = Elem<T>::high(words[j]);
          squares += low * low + high * high;
        }
      }
      squares = warp_sum(squares);
      if (threadIdx.x % 32 == 0) scratch[t][threadIdx.x / 32] = squares;
    }
    __syncthreads();
#pragma unroll
    for (int t = 0; t < kTokens; ++t) {
      float sum = 0;
#pragma unroll
      for (int w = 0; w < kGemvWarps; ++w) sum += scratch[t][w];
      const float scale = rsqrtf(sum / p.cols + p.eps);
#pragma unroll
      for (int i = 0; i < kGemvChunks; ++i) {
        if (threadIdx.x + i * kGemvThreads >= chunks) break;
        uint32_t* words = reinterpret_cast<uint32_t*>(&v[t][i]);
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          words[j] =
              Elem<T>::pack(Elem<T>::round(Elem<T>::low(words[j]) * scale) * weight[i][2 * j],
                            Elem<T>::round(Elem<T>::high(words[j]) * scale) * weight[i][2 * j + 1]);
        }
      }
    }
  }
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    uint4* row = reinterpret_cast<uint4*>(x + static_cast<int64_t>(t) * p.cols);
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * kGemvThreads;
      if (c < chunks) row[c] = v[t][i];
    }
  }
  __syncthreads();
}

// sums[t] += one piece of a row times token t, spread over the lanes.
//
// Tensor cores as dot product engines, without any conversion or shuffle: each lane feeds 16 bytes
// of the first token as its part of row lane / 4 of the first operand (of the second token: row
// lane / 4 + 8), and the same 16 bytes of the weights as its part of column lane / 4 of the second.
// In the 16 x 8 result the diagonals of the two halves hold what belongs together (eight partial
// sums of a token); the rest is never looked at.
template <typename T, int kTokens>
__device__ inline void gemv_dot(const unsigned char* slot, const T* x, int64_t x_stride, int chunks,
                                int lane, float (&sums)[kTokens]) {
  const uint4* w = reinterpret_cast<const uint4*>(slot);
  float acc[2][4] = {};
  const auto multiply = [&](int c, bool there) {
    const uint4 zero = make_uint4(0, 0, 0, 0), weights = there ? w[c] : zero;
    const uint4 one = there ? reinterpret_cast<const uint4*>(x)[c] : zero;
    const uint4 two =
        kTokens == 2 && there ? reinterpret_cast<const uint4*>(x + x_stride)[c] : zero;
    const uint32_t low[4] = {one.x, two.x, one.y, two.y}, high[4] = {one.z, two.z, one.w, two.w};
    mma_16x8x16<T>(acc[0], low, weights.x, weights.y);
    mma_16x8x16<T>(acc[1], high, weights.z, weights.w);
  };
  const int whole = chunks / 32 * 32;
#pragma unroll 4
  for (int c = lane; c < whole; c += 32) multiply(c, true);
  // All lanes take part in the rest, those past the end with zeros.
  if (whole < chunks) multiply(whole + lane, whole + lane < chunks);
  // Row lane / 4, columns 2 * (lane % 4) and the next: the diagonal is in one of them or elsewhere.
  const int row = lane / 4, column = lane % 4 * 2;
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    const float even = acc[0][2 * t] + acc[1][2 * t], odd = acc[0][2 * t + 1] + acc[1][2 * t + 1];
    sums[t] += row == column ? even : row == column + 1 ? odd : 0.0f;
  }
}

// The finished sums of one group; lane t writes token t.
template <typename T>
__device__ inline void gemv_write(const GemvParams& p, int group, int token, float residual,
                                  float first, float second) {
  if (p.epilogue == Epilogue::SiluMul) {
    static_cast<T*>(p.out)[static_cast<int64_t>(token) * (p.num_rows / 2) + group] =
        Elem<T>::from(silu(first) * second);
    return;
  }
  const int64_t at = static_cast<int64_t>(token) * p.num_rows + group;
  if (p.epilogue == Epilogue::StoreF32) {
    static_cast<float*>(p.out)[at] = first;
  } else {
    static_cast<T*>(p.out)[at] = Elem<T>::from(residual + first);
  }
}

template <typename T, int kTokens>
__global__ void __launch_bounds__(kGemvThreads, 1) stream_gemv(const GemvParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ uint64_t full[kGemvWarps * kGemvMaxSlots];
  __shared__ float scratch[kTokens][kGemvWarps];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  unsigned char* ring = shared + warp * p.slots * p.slot_bytes;
  uint64_t* arrived = full + warp * kGemvMaxSlots;
  T* x = reinterpret_cast<T*>(shared + kGemvWarps * p.slots * p.slot_bytes);

  launch_dependents();
  const int first = static_cast<int>(static_cast<int64_t>(p.num_groups) * blockIdx.x / gridDim.x);
  const int last =
      static_cast<int>(static_cast<int64_t>(p.num_groups) * (blockIdx.x + 1) / gridDim.x);
  const int pieces = p.group_rows * p.parts;  // of a group, one after another in memory
  const int chunks = p.cols / p.parts / 8;
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
  gemv_stage_x<T, kTokens>(p, x, scratch);

  int slot = 0;
  uint32_t parity = 0;
  for (int group = first + warp; group < last; group += kGemvWarps) {
    float residual = 0;
    if (p.epilogue == Epilogue::Residual && lane < p.num_tokens) {
      residual = load_activation(static_cast<const T*>(p.out) +
                                 static_cast<int64_t>(lane) * p.num_rows + group);
    }
    float sums[2][kTokens] = {};
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      if (r >= p.group_rows) break;
      for (int part = 0; part < p.parts; ++part) {
        mbarrier_wait(&arrived[slot], parity);
        gemv_dot<T, kTokens>(ring + slot * p.slot_bytes, x + part * chunks * 8, p.cols, chunks,
                             lane, sums[r]);
        __syncwarp();
        fetch(slot);
        if (++slot == p.slots) {
          slot = 0;
          parity ^= 1;
        }
      }
    }
#pragma unroll
    for (int t = 0; t < kTokens; ++t) {
      const float one = warp_sum(sums[0][t]);
      const float two = p.group_rows == 2 ? warp_sum(sums[1][t]) : 0.0f;
      if (lane == t && t < p.num_tokens) gemv_write<T>(p, group, t, residual, one, two);
    }
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
