// SPDX-License-Identifier: Apache-2.0
// Up to 64 tokens: Y = X W^T at the speed of memory (compute capability 9.0 and up).
//
// One block a multiprocessor owns a contiguous range of rows. A producer thread brings chunks of
// all its rows into a ring in shared memory, one tensor copy each, 128-byte swizzled; eight warps
// multiply on tensor cores, weights as the 16-row operand, eight tokens as the other. Tensor cores
// not for their rate: a single token would do without. They read a weight with a fraction of the
// instructions, so that the warps drain the ring several times faster than memory fills it. That is
// what hides the dependency between kernels: with programmatic dependent launch the ring is full
// before the block's inputs exist, and the block then has to catch up. For the same reason a block
// stays, where it can, under half of the multiprocessor's shared memory: the next kernel's ring
// fills beside it. That kernel is let in at once: its launch takes microseconds, and attention over
// long contexts reads ahead (let in late, 8 sequences at 32K lose 12 %).
//
// narrow: up to 48 rows a block; the warps share a chunk by columns and add up at the end, in
// order. wide: more; the warps share a chunk by rows, and long ranges go in passes. The tokens'
// inputs come in chunks beside the weights, normalised by a kernel before.
//
// Order of summation: 16 columns in a tensor core, chunks in order, then (narrow) eight partial
// sums in order. It depends on the matrix, not on the number of tokens.
#pragma once

#include <cuda.h>

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kStreamWarps = 8;
constexpr int kStreamThreads = 32 * (kStreamWarps + 1);
constexpr int kStreamMaxStages = 12;
constexpr int kNarrowTiles = 3;  // 16-row tiles of a narrow block
constexpr int kWideTiles = 2;    // of a warp of a wide block
constexpr int kNarrowRows = kNarrowTiles * 16;

struct StreamParams {
  void* out;
  int num_tokens;
  int num_rows, cols;
  int block_rows;  // rows of a block
  int pass_rows;   // rows of one pass: what a copy brings
  int planes;      // columns of a chunk / 64
  int stages;
  int weight_bytes;  // of a stage, a multiple of 1,024
  int stage_bytes;
  int ring_bytes;
  Epilogue epilogue;
};

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

template <typename T>
__device__ inline void stream_write(const StreamParams& p, int token, int row, float sum) {
  const int64_t at = static_cast<int64_t>(token) * p.num_rows + row;
  if (p.epilogue == Epilogue::StoreF32) {
    static_cast<float*>(p.out)[at] = sum;
  } else if (p.epilogue == Epilogue::Residual) {
    T* out = static_cast<T*>(p.out) + at;
    *out = Elem<T>::from(load_activation(out) + sum);
  } else {
    static_cast<T*>(p.out)[at] = Elem<T>::from(sum);
  }
}

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

// Eight warps, each its share of the columns of every chunk; all rows.
template <typename T, int kTokenTiles>
__device__ void stream_narrow(const StreamParams& p, unsigned char* ring, uint64_t* full,
                              uint64_t* empty, int begin, int chunks) {
#if __CUDA_ARCH__ >= 900
  const int warp = warp_index(), lane = threadIdx.x % 32;
  float acc[kNarrowTiles][kTokenTiles][4] = {};
  const uint32_t ring_address = shared_address(ring);
  int stage = 0, round = 0;
  for (int chunk = 0; chunk < chunks; ++chunk) {
    mbarrier_wait(&full[stage], round & 1);
    const uint32_t base = ring_address + stage * p.stage_bytes;
    for (int step = warp; step < p.planes * 4; step += kStreamWarps) {
      uint32_t b[kTokenTiles][2];
      stream_tokens<kTokenTiles>(base + p.weight_bytes, step, lane, b);
#pragma unroll
      for (int t = 0; t < kNarrowTiles; ++t) {
        if (t * 16 >= p.pass_rows) break;
        uint32_t a[4];
        ldmatrix_x4(a, base + stream_offset(step / 4 * p.pass_rows + t * 16 + lane % 16,
                                            step % 4 * 2 + lane / 16));
#pragma unroll
        for (int n = 0; n < kTokenTiles; ++n) mma_16x8x16<T>(acc[t][n], a, b[n][0], b[n][1]);
      }
    }
    __syncwarp();
    if (lane == 0) mbarrier_arrive(&empty[stage]);
    if (++stage == p.stages) {
      stage = 0;
      ++round;
    }
  }
  // Every copy has arrived and was read: the ring becomes partial[warp][token][row].
  constexpr int kTokens = kTokenTiles * 8;
  float* partial = reinterpret_cast<float*>(ring);
  asm volatile("bar.sync 1, %0;" ::"n"(kStreamWarps * 32) : "memory");
#pragma unroll
  for (int t = 0; t < kNarrowTiles; ++t) {
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int token = n * 8 + lane % 4 * 2 + i % 2, row = t * 16 + lane / 4 + i / 2 * 8;
        if (token < p.num_tokens)
          partial[(warp * kTokens + token) * kNarrowRows + row] = acc[t][n][i];
      }
    }
  }
  asm volatile("bar.sync 1, %0;" ::"n"(kStreamWarps * 32) : "memory");
  const int rows = min(p.block_rows, p.num_rows - begin);
  const auto sum_of = [&](int token, int row) {
    float sum = 0;
#pragma unroll
    for (int w = 0; w < kStreamWarps; ++w)
      sum += partial[(w * kTokens + token) * kNarrowRows + row];
    return sum;
  };
  if (p.epilogue == Epilogue::SiluMul) {
    T* out = static_cast<T*>(p.out) + begin / 2;
    for (int i = threadIdx.x; i < p.num_tokens * (rows / 2); i += kStreamWarps * 32) {
      const int token = i / (rows / 2), pair = i % (rows / 2);
      out[static_cast<int64_t>(token) * (p.num_rows / 2) + pair] =
          Elem<T>::from(silu(sum_of(token, 2 * pair)) * sum_of(token, 2 * pair + 1));
    }
  } else {
    for (int i = threadIdx.x; i < p.num_tokens * rows; i += kStreamWarps * 32) {
      stream_write<T>(p, i / rows, begin + i % rows, sum_of(i / rows, i % rows));
    }
  }
#endif
}

// Eight warps, each one or two 16-row tiles; all columns.
template <typename T, int kTokenTiles>
__device__ void stream_wide(const StreamParams& p, unsigned char* ring, uint64_t* full,
                            uint64_t* empty, int begin, int chunks, int passes) {
#if __CUDA_ARCH__ >= 900
  const int warp = warp_index(), lane = threadIdx.x % 32;
  const uint32_t ring_address = shared_address(ring);
  const int end = min(begin + p.block_rows, p.num_rows);
  int stage = 0, round = 0;
  for (int pass = 0; pass < passes; ++pass) {
    float acc[kWideTiles][kTokenTiles][4] = {};
    for (int chunk = 0; chunk < chunks; ++chunk) {
      mbarrier_wait(&full[stage], round & 1);
      const uint32_t base = ring_address + stage * p.stage_bytes;
#pragma unroll 4
      for (int step = 0; step < p.planes * 4; ++step) {
        uint32_t b[kTokenTiles][2];
        stream_tokens<kTokenTiles>(base + p.weight_bytes, step, lane, b);
#pragma unroll
        for (int t = 0; t < kWideTiles; ++t) {
          const int tile = warp + t * kStreamWarps;
          if (tile * 16 >= p.pass_rows) break;
          uint32_t a[4];
          ldmatrix_x4(a, base + stream_offset(step / 4 * p.pass_rows + tile * 16 + lane % 16,
                                              step % 4 * 2 + lane / 16));
#pragma unroll
          for (int n = 0; n < kTokenTiles; ++n) mma_16x8x16<T>(acc[t][n], a, b[n][0], b[n][1]);
        }
      }
      __syncwarp();
      if (lane == 0) mbarrier_arrive(&empty[stage]);
      if (++stage == p.stages) {
        stage = 0;
        ++round;
      }
    }
    const int row0 = begin + pass * p.pass_rows, row_end = min(row0 + p.pass_rows, end);
#pragma unroll
    for (int t = 0; t < kWideTiles; ++t) {
#pragma unroll
      for (int n = 0; n < kTokenTiles; ++n) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int token = n * 8 + lane % 4 * 2 + i % 2;
          const int row = row0 + (warp + t * kStreamWarps) * 16 + lane / 4 + i / 2 * 8;
          const bool valid = token < p.num_tokens && row < row_end;
          if (p.epilogue == Epilogue::SiluMul) {
            // Gate and up of a pair are in lanes four apart.
            const float other = __shfl_xor_sync(0xffffffffu, acc[t][n][i], 4);
            if (valid && row % 2 == 0) {
              static_cast<T*>(p.out)[static_cast<int64_t>(token) * (p.num_rows / 2) + row / 2] =
                  Elem<T>::from(silu(acc[t][n][i]) * other);
            }
          } else if (valid) {
            stream_write<T>(p, token, row, acc[t][n][i]);
          }
        }
      }
    }
  }
#endif
}

template <typename T, int kTokenTiles, bool kWide>
__global__ void __launch_bounds__(kStreamThreads, 1)
    stream_mma(const __grid_constant__ CUtensorMap w_map, const __grid_constant__ CUtensorMap x_map,
               const StreamParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(1024) unsigned char ring[];
  __shared__ uint64_t full[kStreamMaxStages], empty[kStreamMaxStages];

  launch_dependents();
  if (threadIdx.x == 0) {
    for (int i = 0; i < p.stages; ++i) {
      mbarrier_init(&full[i], 1);
      mbarrier_init(&empty[i], kStreamWarps);
    }
    mbarrier_fence_init();
  }
  __syncthreads();
  const int begin = blockIdx.x * p.block_rows;
  const int rows = min(p.block_rows, p.num_rows - begin);
  const int passes = (rows + p.pass_rows - 1) / p.pass_rows;
  const int chunks = (p.cols + p.planes * 64 - 1) / (p.planes * 64);

  const int steps = passes * chunks, ahead = min(p.stages, steps);
  const uint32_t bytes = (p.pass_rows + kTokenTiles * 8) * static_cast<uint32_t>(p.planes) * 128;
  const auto copy_weights = [&](int step, int stage) {
    mbarrier_expect_bytes(&full[stage], bytes);
    tensor_copy(ring + stage * p.stage_bytes, &w_map, begin + step / chunks * p.pass_rows,
                step % chunks * p.planes, &full[stage]);
  };
  const auto copy_tokens = [&](int step, int stage) {
    tensor_copy(ring + stage * p.stage_bytes + p.weight_bytes, &x_map, 0, step % chunks * p.planes,
                &full[stage]);
  };

  // Weights first, then wait for whoever makes the inputs.
  const bool producer = threadIdx.x == kStreamWarps * 32;
  if (producer) {
    for (int step = 0; step < ahead; ++step) copy_weights(step, step);
  }
  __syncwarp();
  wait_for_predecessor();
  if (producer) {
    for (int step = 0; step < ahead; ++step) copy_tokens(step, step);
    int stage = 0, round = 0;
    for (int step = ahead; step < steps; ++step) {
      mbarrier_wait(&empty[stage], round & 1);
      copy_weights(step, stage);
      copy_tokens(step, stage);
      if (++stage == p.stages) {
        stage = 0;
        ++round;
      }
    }
  }
  if (threadIdx.x >= kStreamWarps * 32) return;
  if constexpr (kWide) {
    stream_wide<T, kTokenTiles>(p, ring, full, empty, begin, chunks, passes);
  } else {
    stream_narrow<T, kTokenTiles>(p, ring, full, empty, begin, chunks);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
