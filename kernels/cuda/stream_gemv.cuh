// SPDX-License-Identifier: Apache-2.0
// One or two tokens: y = W x at the speed of memory (compute capability 9.0 and up).
//
// One block a multiprocessor owns a contiguous range of rows. Rows are cut into pieces of about
// 2.5 KB of columns, and each warp serves one column range: its part of the tokens stays in
// registers, its pieces come by bulk copies into slots of its own in shared memory, and as soon as
// it has read a slot it sends for the next piece. A warp computes without ever waiting for another;
// the column ranges of a row meet in shared memory at the end. The first pieces are on their way
// before the block waits for the kernel before it; what follows that wait is the critical path of a
// whole model.
//
// Measured on an H200: pieces of 2 to 2.5 KB beat 5 KB by a tenth (rows of several pieces by a
// quarter); more than 100 KB under way brings nothing. A block asks for more than half of the
// multiprocessor's shared memory on purpose: two blocks of one kernel on one multiprocessor,
// because attention fills another, make the whole kernel wait for it.
//
// Order of summation: lane group g (of eight) adds its 32 columns of every 256 of a piece in tensor
// cores; the groups by a butterfly; pieces of a row in order. It depends on the number of columns
// only.
#pragma once

#include <algorithm>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kGemvWarps = 20;    // at most; a block has a multiple of the parts of a row
constexpr int kGemvSlots = 2;     // of a warp
constexpr int kGemvRounds = 5;    // of 512 bytes: a piece, at most
constexpr int kGemvMaxParts = 8;  // of a row
constexpr int kGemvMaxTokens = 2;
constexpr int kGemvMaxCols = kGemvMaxParts * kGemvRounds * 256;
constexpr int kGemvSharedBytes = 116 * 1024;  // at least: one block a multiprocessor

struct GemvParams {
  const unsigned char* weight;
  const void* x;
  const int32_t* rows;       // of x, one a token; null: 0, 1
  const float* norm_weight;  // null: x as it is
  void* out;
  float eps;
  int num_tokens;
  int num_rows;  // of the weight
  int cols;
  int group_rows;   // rows that are finished together: 2 with SiluMul, else 1
  int parts;        // pieces that a row is cut into
  int part_chunks;  // 16 bytes each; the last piece of a row may have fewer
  int slot_bytes;
  int num_groups;
  Epilogue epilogue;
};

// Cuts rows into pieces. Returns the shared memory of a block, `warps` its size; 0 when the columns
// do not allow it. num_rows, group_rows, num_groups, cols, num_tokens and
// epilogue are set.
inline int plan_gemv(int blocks, GemvParams* p, int* warps) {
  const int chunks = p->cols / 8;
  p->parts = (chunks + kGemvRounds * 32 - 1) / (kGemvRounds * 32);
  if (p->parts > kGemvMaxParts || chunks == 0) return 0;
  p->part_chunks = (chunks + p->parts - 1) / p->parts;
  p->slot_bytes = (p->part_chunks * 16 + 127) / 128 * 128;
  // Beside 16 warps there is room for a block of attention, whose keys then come early. The large
  // matrices, which do not lie beside attention, are a little faster with 20.
  const bool large = p->epilogue == Epilogue::SiluMul || p->epilogue == Epilogue::StoreF32;
  *warps = (large ? kGemvWarps : 16) / p->parts * p->parts;
  const int block_rows = (p->num_groups + blocks - 1) / blocks * p->group_rows;
  const int bytes = *warps * kGemvSlots * p->slot_bytes + p->num_tokens * p->cols * 2 +
                    block_rows * p->parts * p->num_tokens * 4;
  return std::max(bytes, kGemvSharedBytes);
}

// 16-byte pieces of a token that a thread normalises; 0: there is no norm.
constexpr int kGemvFewChunks = 1, kGemvManyChunks = 3;
inline int gemv_norm_chunks(const GemvParams& p, int warps) {
  if (p.norm_weight == nullptr) return 0;
  return p.cols / 8 <= kGemvFewChunks * warps * 32 ? kGemvFewChunks : kGemvManyChunks;
}

#if defined(__CUDACC__)

// The tokens, normalised, into shared memory. Waits for the kernel before. All threads.
template <typename T, int kTokens, int kGemvChunks>
__device__ inline void gemv_normalise(const GemvParams& p, T* x) {
  __shared__ float scratch[kTokens][kGemvWarps];
  const int chunks = p.cols / 8, warps = blockDim.x / 32;
  float weight[kGemvChunks][8];
#pragma unroll
  for (int i = 0; i < kGemvChunks; ++i) {
    const int c = threadIdx.x + i * blockDim.x;
    if (c >= chunks) break;
    const float4* source = reinterpret_cast<const float4*>(p.norm_weight) + 2 * c;
    *reinterpret_cast<float4*>(&weight[i][0]) = source[0];
    *reinterpret_cast<float4*>(&weight[i][4]) = source[1];
  }
  wait_for_predecessor();
  uint4 v[kTokens][kGemvChunks];
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    const int64_t row = t >= p.num_tokens ? 0 : p.rows ? p.rows[t] : t;
    const uint4* source = reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + row * p.cols);
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * blockDim.x;
      v[t][i] = c < chunks ? load_activation_16(source + c) : make_uint4(0, 0, 0, 0);
    }
  }
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
    for (int w = 0; w < kGemvWarps; ++w) sum += w < warps ? scratch[t][w] : 0.0f;
    const float scale = rsqrtf(sum / p.cols + p.eps);
    uint4* row = reinterpret_cast<uint4*>(x + static_cast<int64_t>(t) * p.cols);
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * blockDim.x;
      if (c >= chunks) break;
      uint32_t* words = reinterpret_cast<uint32_t*>(&v[t][i]);
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        words[j] =
            Elem<T>::pack(Elem<T>::round(Elem<T>::low(words[j]) * scale) * weight[i][2 * j],
                          Elem<T>::round(Elem<T>::high(words[j]) * scale) * weight[i][2 * j + 1]);
      }
      row[c] = v[t][i];
    }
  }
  __syncthreads();
}

// One piece times the tokens: sums over the warp, in all lanes.
//
// Tensor cores as dot product engines, without any conversion or shuffle: each lane feeds 16 bytes
// of the first token as its part of row lane / 4 of the first operand (of the second token: row
// lane / 4 + 8), and the same 16 bytes of the weights as its part of column lane / 4 of the second.
// In the 16 x 8 result the diagonals of the two halves hold what belongs together (eight partial
// sums of a token); the rest is never looked at.
template <typename T, int kTokens>
__device__ inline void gemv_dot(const uint4 (&weights)[kGemvRounds],
                                const uint4 (&x)[kTokens][kGemvRounds], int lane,
                                float (&sums)[kTokens]) {
  float acc[2][4] = {};
#pragma unroll
  for (int i = 0; i < kGemvRounds; ++i) {
    const uint4 zero = make_uint4(0, 0, 0, 0), &one = x[0][i];
    const uint4& two = kTokens == 2 ? x[kTokens - 1][i] : zero;
    const uint32_t low[4] = {one.x, two.x, one.y, two.y}, high[4] = {one.z, two.z, one.w, two.w};
    mma_16x8x16<T>(acc[0], low, weights[i].x, weights[i].y);
    mma_16x8x16<T>(acc[1], high, weights[i].z, weights[i].w);
  }
  // Row lane / 4, columns 2 * (lane % 4) and the next: the diagonal is in one of them or elsewhere.
  const int row = lane / 4, column = lane % 4 * 2;
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    const float even = acc[0][2 * t] + acc[1][2 * t], odd = acc[0][2 * t + 1] + acc[1][2 * t + 1];
    sums[t] = warp_sum(row == column ? even : row == column + 1 ? odd : 0.0f);
  }
}

// The finished sums of one group of one token.
template <typename T>
__device__ inline void gemv_write(const GemvParams& p, int group, int token, float first,
                                  float second) {
  if (p.epilogue == Epilogue::SiluMul) {
    static_cast<T*>(p.out)[static_cast<int64_t>(token) * (p.num_rows / 2) + group] =
        Elem<T>::from(silu(first) * second);
    return;
  }
  const int64_t at = static_cast<int64_t>(token) * p.num_rows + group;
  if (p.epilogue == Epilogue::StoreF32) {
    static_cast<float*>(p.out)[at] = first;
  } else {
    static_cast<T*>(p.out)[at] = Elem<T>::from(first);
  }
}

template <typename T, int kTokens, int kNormChunks>
__global__ void __launch_bounds__(kGemvWarps * 32, 1) stream_gemv(const GemvParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ uint64_t full[kGemvWarps * kGemvSlots];
  const int warp = warp_index(), lane = threadIdx.x % 32, warps = blockDim.x / 32;
  const int part = warp % p.parts, first_row = warp / p.parts, row_step = warps / p.parts;
  unsigned char* ring = shared + warp * kGemvSlots * p.slot_bytes;
  uint64_t* arrived = full + warp * kGemvSlots;
  T* normalised = reinterpret_cast<T*>(shared + warps * kGemvSlots * p.slot_bytes);
  // [row of the block][part][token]
  float* partial = reinterpret_cast<float*>(normalised + p.num_tokens * p.cols);

  launch_dependents();
  const int first = static_cast<int>(static_cast<int64_t>(p.num_groups) * blockIdx.x / gridDim.x);
  const int groups =
      static_cast<int>(static_cast<int64_t>(p.num_groups) * (blockIdx.x + 1) / gridDim.x) - first;
  const int num_rows = groups * p.group_rows;
  const int chunks = min(p.part_chunks, p.cols / 8 - part * p.part_chunks);
  const uint32_t piece_bytes = chunks * 16;
  const int64_t row_bytes = static_cast<int64_t>(p.cols) * 2;
  const unsigned char* next = p.weight + part * p.part_chunks * 16 +
                              (static_cast<int64_t>(first) * p.group_rows + first_row) * row_bytes;
  int next_row = first_row;
  const auto fetch = [&](int slot) {
    if (next_row >= num_rows) return;
    if (lane == 0) {
      mbarrier_expect_bytes(&arrived[slot], piece_bytes);
      bulk_copy(ring + slot * p.slot_bytes, next, piece_bytes, &arrived[slot]);
    }
    next_row += row_step;
    next += row_step * row_bytes;
  };
  // A warp's barriers are its own; only the copy engine must see them initialised.
  if (lane == 0) {
    for (int i = 0; i < kGemvSlots; ++i) mbarrier_init(&arrived[i], 1);
    mbarrier_fence_init();
  }
  __syncwarp();
#pragma unroll
  for (int i = 0; i < kGemvSlots; ++i) fetch(i);

  constexpr bool norm = kNormChunks > 0;
  if constexpr (norm) {
    gemv_normalise<T, kTokens, kNormChunks>(p, normalised);
  } else {
    wait_for_predecessor();
  }
  uint4 x[kTokens][kGemvRounds];
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
    const int64_t row = t >= p.num_tokens ? 0 : p.rows && !norm ? p.rows[t] : t;
    const T* source = norm ? normalised : static_cast<const T*>(p.x);
    const uint4* from =
        reinterpret_cast<const uint4*>(source + row * p.cols) + part * p.part_chunks;
#pragma unroll
    for (int i = 0; i < kGemvRounds; ++i) {
      const int c = i * 32 + lane;
      x[t][i] = make_uint4(0, 0, 0, 0);
      if (c < chunks) x[t][i] = norm ? from[c] : load_activation_16(from + c);
    }
  }
  // What the rows are added to comes while they are computed.
  float residual = 0;
  if (p.epilogue == Epilogue::Residual && threadIdx.x < groups * p.num_tokens) {
    residual = load_activation(static_cast<const T*>(p.out) +
                               static_cast<int64_t>(threadIdx.x / groups) * p.num_rows + first +
                               threadIdx.x % groups);
  }

  int slot = 0;
  uint32_t parity = 0;
  for (int row = first_row; row < num_rows; row += row_step) {
    mbarrier_wait(&arrived[slot], parity);
    const uint4* piece = reinterpret_cast<const uint4*>(ring + slot * p.slot_bytes);
    uint4 weights[kGemvRounds];
#pragma unroll
    for (int i = 0; i < kGemvRounds; ++i) {
      const int c = i * 32 + lane;
      weights[i] = c < chunks ? piece[c] : make_uint4(0, 0, 0, 0);
    }
    float sums[kTokens];
    gemv_dot<T, kTokens>(weights, x, lane, sums);
    __syncwarp();
    fetch(slot);
    if (++slot == kGemvSlots) {
      slot = 0;
      parity ^= 1;
    }
    if (lane < p.num_tokens) {
      partial[(row * p.parts + part) * p.num_tokens + lane] =
          lane == 0 ? sums[0] : sums[kTokens - 1];
    }
  }
  __syncthreads();
  for (int i = threadIdx.x; i < groups * p.num_tokens; i += blockDim.x) {
    const int token = i / groups, group = i % groups;
    const float* row = partial + group * p.group_rows * p.parts * p.num_tokens + token;
    float one = 0, two = 0;
    for (int j = 0; j < p.parts; ++j, row += p.num_tokens) one += *row;
    if (p.group_rows == 2) {
      for (int j = 0; j < p.parts; ++j, row += p.num_tokens) two += *row;
    }
    if (p.epilogue == Epilogue::Residual) {
      // The first round's came early.
      if (i != threadIdx.x) {
        residual = load_activation(static_cast<const T*>(p.out) +
                                   static_cast<int64_t>(token) * p.num_rows + first + group);
      }
      one += residual;
    }
    gemv_write<T>(p, first + group, token, one, two);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
