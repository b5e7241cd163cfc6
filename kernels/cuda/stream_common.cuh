// SPDX-License-Identifier: Apache-2.0
// Parts of stream_mma.cuh: its parameters, inputs from the ring, the norm.
#pragma once

#include <cuda.h>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kStreamWarps = 8;
constexpr int kStreamThreads = 32 * (kStreamWarps + 2);
constexpr int kStreamMaxStages = 12;
constexpr int kWideTiles = 2;     // 16-row tiles of a warp of a wide block
constexpr int kStreamShare = 20;  // rows that a block of a cluster finishes

// Planes: as narrow, but the columns are shared out by planes of 64 (batch-invariant mode).
enum class StreamKind { Wide, Narrow, Planes, Pair, Four };

// 16-row tiles of a block, or of a cluster of blocks, that is not wide.
template <StreamKind kKind>
struct StreamRows {
  static constexpr int kCluster = kKind == StreamKind::Pair ? 2 : kKind == StreamKind::Four ? 4 : 1;
  static constexpr int kTiles = kKind == StreamKind::Four ? 5 : 3;
  static constexpr int kPitch = kTiles * 16 + 4;  // of a token's partial sums: no bank conflicts
};

struct StreamParams {
  void* out;
  int num_tokens;
  int num_rows, cols;
  int block_rows;  // rows of a block, of a cluster where it shares them
  int pass_rows;   // rows of one pass: what a copy brings
  int planes;      // columns of a chunk / 64
  int stages;
  int weight_bytes;  // of a stage, a multiple of 1,024
  int stage_bytes;
  int ring_bytes;
  Epilogue epilogue;
  const float* norm_weight;  // null: x as it is
  float eps;
};

// Behind the ring: [8][tokens] sums of squares, [tokens] scales, then the norm weights of the
// columns as elements; or what the blocks of a cluster send, [blocks][tokens][kStreamShare].
inline int stream_norm_bytes(int tokens, int cols) {
  return (kStreamWarps + 1) * tokens * 4 + cols * 2;
}
inline int stream_shared_bytes(int cluster, int tokens) {
  return cluster * tokens * kStreamShare * 4;
}

#if defined(__CUDACC__)

// Byte offset in a stage of 16-byte piece `piece` of row `row` of 128-byte rows, 128-byte swizzled.
__device__ inline uint32_t stream_offset(uint32_t row, uint32_t piece) {
  return row * 128 + ((piece ^ (row & 7)) << 4);
}

#if __CUDA_ARCH__ >= 900
__device__ inline void tensor_copy(void* shared, const CUtensorMap* map, int row, int plane,
                                   uint64_t* barrier) {
  asm volatile(
      "cp.async.bulk.tensor.3d.shared::cluster.global.tile.mbarrier::complete_tx::bytes "
      "[%0], [%1, {%2, %3, %4}], [%5];" ::"r"(shared_address(shared)),
      "l"(map), "r"(0), "r"(row), "r"(plane), "r"(shared_address(barrier))
      : "memory");
}
#endif

__device__ inline void stream_warps_meet() {
  asm volatile("bar.sync 1, %0;" ::"n"(kStreamWarps * 32) : "memory");
}

// The norm of one block: x * weight on its way into the tensor cores, squares on the side.
template <typename T, int kTokenTiles>
struct StreamNorm {
  static constexpr int kTokens = kTokenTiles * 8;
  float* squares;  // [warps][tokens]
  float* scales;   // [tokens]
  uint32_t* weights;
  float sums[kTokenTiles] = {};  // of token 8 * n + lane / 4, this lane's columns

  __device__ explicit StreamNorm(unsigned char* memory) {
    squares = reinterpret_cast<float*>(memory);
    scales = squares + kStreamWarps * kTokens;
    weights = reinterpret_cast<uint32_t*>(scales + kTokens);
  }
  // The eight warps; they meet before they use them.
  __device__ void load(const StreamParams& p) {
    for (int i = threadIdx.x; i < p.cols / 2; i += kStreamWarps * 32) {
      const float2 pair = reinterpret_cast<const float2*>(p.norm_weight)[i];
      weights[i] = Elem<T>::pack(pair.x, pair.y);
    }
    stream_warps_meet();
  }
  __device__ void add_squares(const uint32_t (&b)[kTokenTiles][2]) {
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
#pragma unroll
      for (int i = 0; i < 2; ++i) {
        const float low = Elem<T>::low(b[n][i]), high = Elem<T>::high(b[n][i]);
        sums[n] += low * low + high * high;
      }
    }
  }
  // step16: columns 16 * step16 and the next 15.
  __device__ void apply(uint32_t (&b)[kTokenTiles][2], int step16, int lane) const {
    const uint32_t *at = weights + step16 * 8 + lane % 4, w[2] = {at[0], at[4]};
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
      b[n][0] = Elem<T>::multiply(b[n][0], w[0]);
      b[n][1] = Elem<T>::multiply(b[n][1], w[1]);
    }
  }
  // The eight warps, when all columns are in `sums`.
  __device__ void finish(const StreamParams& p, int warp, int lane) {
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
      sums[n] += __shfl_xor_sync(0xffffffffu, sums[n], 1);
      sums[n] += __shfl_xor_sync(0xffffffffu, sums[n], 2);
      if (lane % 4 == 0) squares[warp * kTokens + n * 8 + lane / 4] = sums[n];
    }
    stream_warps_meet();
    if (threadIdx.x < kTokens) {
      float sum = 0;
#pragma unroll
      for (int w = 0; w < kStreamWarps; ++w) sum += squares[w * kTokens + threadIdx.x];
      scales[threadIdx.x] = rsqrtf(sum / p.cols + p.eps);
    }
    stream_warps_meet();
  }
};

// The fragments of eight tokens each for 16 columns of a stage: column 16 * step of its chunk.
template <int kTokenTiles>
__device__ inline void stream_tokens(uint32_t tokens, int step, int lane,
                                     uint32_t (&b)[kTokenTiles][2]) {
  const uint32_t plane = tokens + step / 4 * (kTokenTiles * 8 * 128);
  if constexpr (kTokenTiles == 1) {
    const uint32_t address = plane + stream_offset(lane % 8, step % 4 * 2 + lane / 8 % 2);
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0,%1}, [%2];"
                 : "=r"(b[0][0]), "=r"(b[0][1])
                 : "r"(address)
                 : "memory");
  } else {
#pragma unroll
    for (int n = 0; n < kTokenTiles; n += 2) {
      uint32_t r[4];
      ldmatrix_x4(
          r, plane + stream_offset(n * 8 + lane % 8 + lane / 16 * 8, step % 4 * 2 + lane / 8 % 2));
      b[n][0] = r[0];
      b[n][1] = r[1];
      b[n + 1][0] = r[2];
      b[n + 1][1] = r[3];
    }
  }
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
