// SPDX-License-Identifier: Apache-2.0
// One to four tokens: y = W x at the speed of memory (compute capability 9.0 and up).
//
// One block a multiprocessor owns a contiguous range of rows. A producer thread copies them in
// pieces of up to 10 KB into a ring in shared memory (bulk copies reach more of the memory's rate
// than register loads do); each of kConsumers warps owns kDepth slots of the ring and computes
// groups of one or two rows, so that the parity of a slot's barrier is never ambiguous. The first
// pieces are on their way before the block waits for the kernel before it: with programmatic
// dependent launch the memory keeps working while activations change hands. The block stays under
// half of the multiprocessor's shared memory for that reason.
//
// Order of summation: lane l adds columns 8l .. 8l+7, then those 256 further on, and so on, even and
// odd columns apart; pieces of a row in order; lanes by a butterfly. It depends on the number of
// columns only.
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kGemvConsumers = 5;
constexpr int kGemvDepth = 2;
constexpr int kGemvSlots = kGemvConsumers * kGemvDepth;
constexpr int kGemvSlotBytes = 10240;
constexpr int kGemvThreads = 32 * (kGemvConsumers + 1);

struct GemvParams {
  const unsigned char* weight;
  const void* x;
  const int32_t* rows;
  const float* norm_weight;
  void* out;
  float eps;
  int num_tokens;
  int num_rows;        // of the weight
  int cols;
  int group_rows;      // rows finished together: 2, or 1 when a pair does not fit a piece
  int piece_rows;      // rows in a piece: group_rows or 1
  int parts;           // pieces a row is cut into; 1 when piece_rows is 2
  int num_groups;
  Epilogue epilogue;
};

inline int gemv_shared_bytes(int64_t cols, int tokens) {
  return static_cast<int>(kGemvSlots * kGemvSlotBytes + tokens * cols * 2);
}

#if defined(__CUDACC__)

// Which bytes piece `index` of a consumer is.
struct GemvPiece {
  const unsigned char* source;
  uint32_t bytes;
};

__device__ inline GemvPiece gemv_piece(const GemvParams& p, int group, int index) {
  const int part_cols = p.cols / p.parts;
  const int row = group * p.group_rows + index / p.parts * p.piece_rows;
  const int rows = min(p.piece_rows, p.num_rows - row);
  return {p.weight + (static_cast<int64_t>(row) * p.cols + index % p.parts * part_cols) * 2,
          static_cast<uint32_t>(max(rows, 0) * part_cols * 2)};
}

// Copies (and normalises) the tokens' inputs into shared memory. All threads of the block.
template <typename T, int kTokens>
__device__ void gemv_stage_x(const GemvParams& p, T* x, float* scratch) {
  const int chunks = p.cols / 8;
  for (int t = 0; t < kTokens; ++t) {
    uint4* row = reinterpret_cast<uint4*>(x + static_cast<int64_t>(t) * p.cols);
    if (t >= p.num_tokens) {
      for (int c = threadIdx.x; c < chunks; c += kGemvThreads) row[c] = make_uint4(0, 0, 0, 0);
      continue;
    }
    const int64_t source_row = p.rows ? p.rows[t] : t;
    const uint4* source =
        reinterpret_cast<const uint4*>(static_cast<const T*>(p.x) + source_row * p.cols);
    float squares = 0;
    for (int c = threadIdx.x; c < chunks; c += kGemvThreads) {
      const uint4 v = load_activation_16(source + c);
      row[c] = v;
      const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const float low = Elem<T>::low(words[i]), high = Elem<T>::high(words[i]);
        squares += low * low + high * high;
      }
    }
    if (p.norm_weight == nullptr) continue;
    const float sum = block_sum(squares, scratch, kGemvThreads / 32);
    const float scale = rsqrtf(sum / p.cols + p.eps);
    for (int c = threadIdx.x; c < chunks; c += kGemvThreads) {
      const uint4 v = row[c];
      const float4 w0 = reinterpret_cast<const float4*>(p.norm_weight)[2 * c];
      const float4 w1 = reinterpret_cast<const float4*>(p.norm_weight)[2 * c + 1];
      const uint32_t words[4] = {v.x, v.y, v.z, v.w};
      const float w[8] = {w0.x, w0.y, w0.z, w0.w, w1.x, w1.y, w1.z, w1.w};
      uint32_t result[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        result[i] = Elem<T>::pack(Elem<T>::round(Elem<T>::low(words[i]) * scale) * w[2 * i],
                                  Elem<T>::round(Elem<T>::high(words[i]) * scale) * w[2 * i + 1]);
      }
      row[c] = make_uint4(result[0], result[1], result[2], result[3]);
    }
  }
  __syncthreads();
}

// acc[r][t] += row r of the piece times token t, this lane's share.
template <typename T, int kTokens, int kRows>
__device__ inline void gemv_dot(const unsigned char* slot, const T* x, int64_t x_stride, int cols,
                                int lane, float (&acc)[2][kTokens]) {
  const uint4* w = reinterpret_cast<const uint4*>(slot);
  const int chunks = cols / 8;
  float even[kRows][kTokens] = {}, odd[kRows][kTokens] = {};
#pragma unroll 4
  for (int c = lane; c < chunks; c += 32) {
    uint4 weights[kRows];
#pragma unroll
    for (int r = 0; r < kRows; ++r) weights[r] = w[r * chunks + c];
#pragma unroll
    for (int t = 0; t < kTokens; ++t) {
      const uint4 v = reinterpret_cast<const uint4*>(x + t * x_stride)[c];
      const uint32_t xs[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
      for (int r = 0; r < kRows; ++r) {
        const uint32_t ws[4] = {weights[r].x, weights[r].y, weights[r].z, weights[r].w};
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          even[r][t] = fmaf(Elem<T>::low(ws[i]), Elem<T>::low(xs[i]), even[r][t]);
          odd[r][t] = fmaf(Elem<T>::high(ws[i]), Elem<T>::high(xs[i]), odd[r][t]);
        }
      }
    }
  }
#pragma unroll
  for (int r = 0; r < kRows; ++r) {
#pragma unroll
    for (int t = 0; t < kTokens; ++t) acc[r][t] += even[r][t] + odd[r][t];
  }
}

// The finished sums of one group; lane t writes token t.
template <typename T, int kTokens>
__device__ inline void gemv_finish(const GemvParams& p, int group, int lane, const float* residual,
                                   float (&acc)[2][kTokens]) {
  float mine[2] = {0, 0};
#pragma unroll
  for (int t = 0; t < kTokens; ++t) {
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      const float sum = warp_sum(acc[r][t]);
      if (lane == t) mine[r] = sum;
    }
  }
  if (lane >= p.num_tokens) return;
  const int row = group * p.group_rows;
  if (p.epilogue == Epilogue::SiluMul) {
    T* out = static_cast<T*>(p.out) + static_cast<int64_t>(lane) * (p.num_rows / 2);
    out[row / 2] = Elem<T>::from(silu(mine[0]) * mine[1]);
  } else {
    const int64_t at = static_cast<int64_t>(lane) * p.num_rows + row;
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      if (r >= p.group_rows || row + r >= p.num_rows) break;
      if (p.epilogue == Epilogue::StoreF32) {
        static_cast<float*>(p.out)[at + r] = mine[r];
      } else if (p.epilogue == Epilogue::Residual) {
        static_cast<T*>(p.out)[at + r] = Elem<T>::from(residual[r] + mine[r]);
      } else {
        static_cast<T*>(p.out)[at + r] = Elem<T>::from(mine[r]);
      }
    }
  }
}

template <typename T, int kTokens>
__global__ void __launch_bounds__(kGemvThreads, 1) stream_gemv(const GemvParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ uint64_t full[kGemvSlots], empty[kGemvSlots];
  __shared__ float scratch[kGemvThreads / 32];
  unsigned char* slots = shared;
  T* x = reinterpret_cast<T*>(shared + kGemvSlots * kGemvSlotBytes);
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;

  launch_dependents();
  if (threadIdx.x == 0) {
    for (int i = 0; i < kGemvSlots; ++i) {
      mbarrier_init(&full[i], 1);
      mbarrier_init(&empty[i], 1);
    }
    mbarrier_fence_init();
  }
  __syncthreads();

  const int first = static_cast<int>(static_cast<int64_t>(p.num_groups) * blockIdx.x / gridDim.x);
  const int last =
      static_cast<int>(static_cast<int64_t>(p.num_groups) * (blockIdx.x + 1) / gridDim.x);
  const int pieces = p.group_rows / p.piece_rows * p.parts;  // of a group
  const int rounds = (last - first + kGemvConsumers - 1) / kGemvConsumers * pieces;

  // Round q: the q-th piece of every consumer.
  const auto issue = [&](int q) {
    for (int c = 0; c < kGemvConsumers; ++c) {
      const int group = first + q / pieces * kGemvConsumers + c;
      if (group >= last) break;
      const int slot = c * kGemvDepth + q % kGemvDepth;
      if (q >= kGemvDepth) mbarrier_wait(&empty[slot], (q / kGemvDepth - 1) & 1);
      const GemvPiece piece = gemv_piece(p, group, q % pieces);
      mbarrier_expect_bytes(&full[slot], piece.bytes);
      if (piece.bytes > 0) {
        bulk_copy(slots + slot * kGemvSlotBytes, piece.source, piece.bytes, &full[slot]);
      }
    }
  };
  const bool producer = warp == kGemvConsumers;
  if (producer && lane == 0) {
    for (int q = 0; q < min(kGemvDepth, rounds); ++q) issue(q);
  }
  if (p.norm_weight != nullptr) {
    for (int i = threadIdx.x * 32; i < p.cols; i += kGemvThreads * 32) {
      asm volatile("prefetch.global.L2 [%0];" ::"l"(p.norm_weight + i));
    }
  }
  __syncwarp();
  wait_for_predecessor();
  gemv_stage_x<T, kTokens>(p, x, scratch);

  if (producer) {
    if (lane == 0) {
      for (int q = kGemvDepth; q < rounds; ++q) issue(q);
    }
    return;
  }
  const int part_cols = p.cols / p.parts;
  int q = 0;
  for (int group = first + warp; group < last; group += kGemvConsumers) {
    float residual[2] = {0, 0};
    if (p.epilogue == Epilogue::Residual) {
      if (lane < p.num_tokens) {
        const int row = group * p.group_rows;
        const T* at = static_cast<const T*>(p.out) + static_cast<int64_t>(lane) * p.num_rows + row;
        for (int r = 0; r < p.group_rows && row + r < p.num_rows; ++r) {
          residual[r] = load_activation(at + r);
        }
      }
    }
    float acc[2][kTokens] = {};
    for (int i = 0; i < pieces; ++i, ++q) {
      const int slot = warp * kGemvDepth + q % kGemvDepth;
      mbarrier_wait(&full[slot], (q / kGemvDepth) & 1);
      const unsigned char* data = slots + slot * kGemvSlotBytes;
      if (p.piece_rows == 2) {
        gemv_dot<T, kTokens, 2>(data, x, p.cols, part_cols, lane, acc);
      } else {
        float part[2][kTokens] = {};
        gemv_dot<T, kTokens, 1>(data, x + i % p.parts * part_cols, p.cols, part_cols, lane, part);
        const bool second = i >= p.parts;
#pragma unroll
        for (int t = 0; t < kTokens; ++t) {
          acc[0][t] += second ? 0.0f : part[0][t];
          acc[1][t] += second ? part[0][t] : 0.0f;
        }
      }
      __syncwarp();
      if (lane == 0) mbarrier_arrive(&empty[slot]);
    }
    gemv_finish<T, kTokens>(p, group, lane, residual, acc);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
