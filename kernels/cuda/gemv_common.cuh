// SPDX-License-Identifier: Apache-2.0
// Products of a matrix and one or two tokens, the parts of stream_gemv.cuh: inputs into shared
// memory, the dot product of a piece of a row, what is done with the sum.
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
constexpr int kGemvPieceBytes = 5120;  // of a row, at most: what one copy brings
constexpr int kGemvChunks = 4;         // 16-byte pieces of a token that a thread prepares
constexpr int kGemvMaxCols = kGemvChunks * kGemvThreads * 8;

struct GemvInput {
  const void* x;             // [*, cols]
  const int32_t* rows;       // of x, one a token; null: 0, 1
  const float* norm_weight;  // null: x as it is
  float eps;
  int num_tokens;
  int cols;
};

#if defined(__CUDACC__)

// The tokens' inputs into shared memory, normalised where there is a norm weight. wait() returns
// when the inputs exist; all threads of the block call it. All threads of the block.
template <typename T, int kTokens, typename Wait>
__device__ inline void gemv_stage_x(const GemvInput& p, T* x, float (&scratch)[kTokens][kGemvWarps],
                                    const Wait& wait) {
  const int chunks = p.cols / 8;
  float weight[kGemvChunks][8] = {};
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
  wait();
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

// Tensor cores as dot product engines, without any conversion or shuffle: each lane feeds 16 bytes
// of one operand as its part of row lane / 4 of the first matrix (of another vector: row lane / 4 +
// 8), and the same 16 bytes of the other operand as its part of column lane / 4 of the second. In
// the 16 x 8 result the diagonals of the two halves hold what belongs together (eight partial sums
// of a product); the rest is never looked at. Loads come in batches ahead of the products: there
// are too few warps to hide their latency otherwise.
constexpr int kGemvBatch = 5;  // 512 bytes of a piece each

struct DiagonalSums {
  float acc[2][2][4] = {};

  template <typename T>
  __device__ void add(int chain, const uint4& first, const uint4& second, const uint4& columns) {
    const uint32_t low[4] = {first.x, second.x, first.y, second.y};
    const uint32_t high[4] = {first.z, second.z, first.w, second.w};
    mma_16x8x16<T>(acc[chain][0], low, columns.x, columns.y);
    mma_16x8x16<T>(acc[chain][1], high, columns.z, columns.w);
  }
  // This lane's part of the sum of the first (half 0) or second vector.
  __device__ float diagonal(int half, int lane) const {
    // Row lane / 4, columns 2 * (lane % 4) and the next: the diagonal is in one of them or
    // elsewhere.
    const int row = lane / 4, column = lane % 4 * 2, at = 2 * half;
    const float even = (acc[0][0][at] + acc[0][1][at]) + (acc[1][0][at] + acc[1][1][at]);
    const float odd =
        (acc[0][0][at + 1] + acc[0][1][at + 1]) + (acc[1][0][at + 1] + acc[1][1][at + 1]);
    return row == column ? even : row == column + 1 ? odd : 0.0f;
  }
};

// Chunk `round` of a vector of `chunks` 16-byte pieces; zeros past its end.
__device__ inline uint4 gemv_chunk(const void* vector, int round, int chunks, int lane) {
  const int c = round * 32 + lane;
  return c < chunks ? static_cast<const uint4*>(vector)[c] : make_uint4(0, 0, 0, 0);
}

// sums[t] += one piece of a row times token t, spread over the lanes.
template <typename T, int kTokens>
__device__ inline void gemv_dot(const unsigned char* slot, const T* x, int64_t x_stride, int chunks,
                                int lane, float (&sums)[kTokens]) {
  const uint4 zero = make_uint4(0, 0, 0, 0);
  DiagonalSums diagonals;
  for (int i = 0; i * 32 < chunks; i += kGemvBatch) {
    uint4 weights[kGemvBatch], tokens[kTokens][kGemvBatch];
#pragma unroll
    for (int j = 0; j < kGemvBatch; ++j) {
      weights[j] = gemv_chunk(slot, i + j, chunks, lane);
#pragma unroll
      for (int t = 0; t < kTokens; ++t) {
        tokens[t][j] = gemv_chunk(x + t * x_stride, i + j, chunks, lane);
      }
    }
#pragma unroll
    for (int j = 0; j < kGemvBatch; ++j) {
      diagonals.add<T>(j % 2, tokens[0][j], kTokens == 2 ? tokens[kTokens - 1][j] : zero,
                       weights[j]);
    }
  }
#pragma unroll
  for (int t = 0; t < kTokens; ++t) sums[t] += diagonals.diagonal(t, lane);
}

// The same for two pieces and one token: the token is read once.
template <typename T>
__device__ inline void gemv_dot_pair(const unsigned char* slot, const unsigned char* other,
                                     const T* x, int chunks, int lane, float& sum,
                                     float& other_sum) {
  DiagonalSums diagonals;
  for (int i = 0; i * 32 < chunks; i += kGemvBatch) {
    uint4 first[kGemvBatch], second[kGemvBatch], token[kGemvBatch];
#pragma unroll
    for (int j = 0; j < kGemvBatch; ++j) {
      first[j] = gemv_chunk(slot, i + j, chunks, lane);
      second[j] = gemv_chunk(other, i + j, chunks, lane);
      token[j] = gemv_chunk(x, i + j, chunks, lane);
    }
#pragma unroll
    for (int j = 0; j < kGemvBatch; ++j) diagonals.add<T>(j % 2, first[j], second[j], token[j]);
  }
  sum += diagonals.diagonal(0, lane);
  other_sum += diagonals.diagonal(1, lane);
}

// The finished sums of one group of a matrix of `rows` rows for one token.
template <typename T>
__device__ inline void gemv_write(void* out, int rows, Epilogue epilogue, int group, int token,
                                  float residual, float first, float second) {
  if (epilogue == Epilogue::SiluMul) {
    static_cast<T*>(out)[static_cast<int64_t>(token) * (rows / 2) + group] =
        Elem<T>::from(silu(first) * second);
    return;
  }
  const int64_t at = static_cast<int64_t>(token) * rows + group;
  if (epilogue == Epilogue::StoreF32) {
    static_cast<float*>(out)[at] = first;
  } else {
    static_cast<T*>(out)[at] = Elem<T>::from(residual + first);
  }
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
