// SPDX-License-Identifier: Apache-2.0
// Up to 64 tokens: Y = X W^T at the speed of memory (compute capability 9.0 and up).
//
// One block a multiprocessor owns a contiguous range of rows. Producer threads bring chunks of all
// its rows into a ring in shared memory, one tensor copy each, 128-byte swizzled; eight warps
// multiply on tensor cores, weights as the 16-row operand, eight tokens as the other. Tensor cores
// not for their rate: a single token would do without. They read a weight with a fraction of the
// instructions, so that the warps drain the ring several times faster than memory fills it. That is
// what hides the dependency between kernels: with programmatic dependent launch the ring is full
// before the block's inputs exist, and the block then has to catch up. For the same reason a block
// stays, where it can, under half of the multiprocessor's shared memory: the next kernel's ring
// fills beside it. That kernel is let in at once: its launch takes microseconds, and attention over
// long contexts reads ahead (let in late, 8 sequences at 32K lose 12 %). Only the products that add
// to the residual stream ask for a little more than half: where attention fills some
// multiprocessors and leaves others empty, two of their blocks on one of those would make the whole
// kernel wait (4 sequences of 576 tokens: 76 us a layer, 67 so).
//
// narrow: up to 48 rows a block; the warps share a chunk by columns and add up at the end, in
// order. wide: more; the warps share a chunk by rows, and long ranges go in passes. pair,
// four: matrices of few rows; a cluster of blocks owns up to 20 rows a block, each block takes its
// share of the columns, and they add up through one another's shared memory. The tokens' inputs
// come in chunks beside the weights, and every block needs all of those of its columns: with 20
// rows to a block they would be most of what it reads. Fours only where so many of them run at
// once: the groups of multiprocessors that may share a cluster are not all multiples of four.
//
// RMSNorm: the inputs are multiplied by the norm weight as they go into the tensor cores, the sums
// by the token's scale at the end. So nobody waits for a norm, and no kernel is spent on it. Only
// for bf16, whose range has room for inputs that are not normalised yet.
//
// Order of summation: 16 columns in a tensor core, chunks in order, then (all but wide) eight
// partial sums in order, then a cluster's blocks in order. It depends on the matrix, not on the
// number of tokens. In batch-invariant mode there are no clusters, and a partial sum has planes of
// 64 columns, so that ordered_gemm.h can compute the same one.
#pragma once

#include "kernels/cuda/linear_write.cuh"
#include "kernels/cuda/stream_common.cuh"

namespace kernels::cuda {

#if defined(__CUDACC__)

// Results of the tensor cores of a block: tiles of 16 rows x 8 tokens.
template <int kTiles, int kTokenTiles>
using StreamSums = float[kTiles][kTokenTiles][4];

// Eight warps, each its share of the columns of every chunk; all rows. Afterwards every copy has
// arrived and was read, and the ring holds partial[warp][token][row].
template <typename T, int kTokenTiles, StreamKind kKind, bool kNorm>
__device__ void stream_by_columns(const StreamParams& p, unsigned char* ring, uint64_t* full,
                                  uint64_t* empty, int chunks, StreamNorm<T, kTokenTiles>& norm) {
#if __CUDA_ARCH__ >= 900
  constexpr int kTiles = StreamRows<kKind>::kTiles;
  const int warp = warp_index(), lane = threadIdx.x % 32;
  StreamSums<kTiles, kTokenTiles> acc = {};
  const uint32_t ring_address = shared_address(ring);
  const int last_tile = (p.pass_rows - 1) / 16 * 16;  // tiles past it repeat it: no branches
  int stage = 0, round = 0;
  for (int chunk = 0; chunk < chunks; ++chunk) {
    mbarrier_wait(&full[stage], round & 1);
    const uint32_t base = ring_address + stage * p.stage_bytes;
    // A step has 16 columns. Step s belongs to warp s % 8, or plane q to warp q % 8.
    constexpr bool kPlanes = kKind == StreamKind::Planes;
    const int first = kPlanes ? (warp - chunk * p.planes & kStreamWarps - 1) * 4 : warp;
    const int end = kPlanes ? min(p.planes * 4, first + 4) : p.planes * 4;
    for (int step = first; step < end; step += kPlanes ? 1 : kStreamWarps) {
      // Past the last column there are zeros, but no norm weights.
      if (kNorm && (chunk * p.planes * 4 + step) * 16 >= p.cols) break;
      uint32_t b[kTokenTiles][2];
      stream_tokens<kTokenTiles>(base + p.weight_bytes, step, lane, b);
      if constexpr (kNorm) {
        norm.add_squares(b);
        norm.apply(b, chunk * p.planes * 4 + step, lane);
      }
      uint32_t a[kTiles][4];
#pragma unroll
      for (int t = 0; t < kTiles; ++t) {
        const int row = step / 4 * p.pass_rows + min(t * 16, last_tile) + lane % 16;
        ldmatrix_x4(a[t], base + stream_offset(row, step % 4 * 2 + lane / 16));
      }
#pragma unroll
      for (int t = 0; t < kTiles; ++t) {
#pragma unroll
        for (int n = 0; n < kTokenTiles; ++n) mma_16x8x16<T>(acc[t][n], a[t], b[n][0], b[n][1]);
      }
    }
    __syncwarp();
    if (lane == 0) mbarrier_arrive(&empty[stage]);
    if (++stage == p.stages) {
      stage = 0;
      ++round;
    }
  }
  constexpr int kTokens = kTokenTiles * 8, kPitch = kTiles * 16 + 4;
  float* partial = reinterpret_cast<float*>(ring);
  if constexpr (kNorm) {
    norm.finish(p, warp, lane);
  } else {
    stream_warps_meet();
  }
#pragma unroll
  for (int t = 0; t < kTiles; ++t) {
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int token = n * 8 + lane % 4 * 2 + i % 2, row = t * 16 + lane / 4 + i / 2 * 8;
        if (token < p.num_tokens) partial[(warp * kTokens + token) * kPitch + row] = acc[t][n][i];
      }
    }
  }
  stream_warps_meet();
#endif
}

template <typename T, int kTokenTiles, StreamKind kKind, bool kNorm>
__device__ void stream_narrow(const StreamParams& p, unsigned char* ring, uint64_t* full,
                              uint64_t* empty, int begin, int chunks) {
#if __CUDA_ARCH__ >= 900
  using Rows = StreamRows<kKind>;
  constexpr int kTokens = kTokenTiles * 8;
  StreamNorm<T, kTokenTiles> norm(ring + p.ring_bytes);
  if constexpr (kNorm) norm.load(p);
  wait_for_predecessor();
  stream_by_columns<T, kTokenTiles, kKind, kNorm>(p, ring, full, empty, chunks, norm);
  const float* partial = reinterpret_cast<const float*>(ring);
  const int rows = min(p.block_rows, p.num_rows - begin);
  const auto sum_of = [&](int token, int row) {
    float sum = 0;
#pragma unroll
    for (int w = 0; w < kStreamWarps; ++w)
      sum += partial[(w * kTokens + token) * Rows::kPitch + row];
    return kNorm ? sum * norm.scales[token] : sum;
  };
  write_sums<T>(p, begin, rows, kStreamWarps * 32, sum_of);
#endif
}

// A block of a cluster: sums over its columns of all rows of the cluster, each row to the block
// that finishes it.
template <typename T, int kTokenTiles, StreamKind kKind>
__device__ void stream_shared(const StreamParams& p, unsigned char* ring, uint64_t* full,
                              uint64_t* empty, uint64_t* all_here, int begin, int chunks,
                              int rank) {
#if __CUDA_ARCH__ >= 900
  using Rows = StreamRows<kKind>;
  constexpr int kTokens = kTokenTiles * 8, kThreads = kStreamWarps * 32;
  constexpr int kOwn = (kTokens * kStreamShare + kThreads - 1) / kThreads;
  const float* partial = reinterpret_cast<const float*>(ring);
  float* received = reinterpret_cast<float*>(ring + p.ring_bytes);
  const int share = p.block_rows / Rows::kCluster, first = begin + rank * share;
  const int own = max(0, min(share, p.num_rows - first));
  wait_for_predecessor();
  float residual[kOwn] = {};
  if (p.epilogue == Epilogue::Residual) {
#pragma unroll
    for (int j = 0; j < kOwn; ++j) {
      const int i = threadIdx.x + j * kThreads;
      if (i >= p.num_tokens * own) break;
      residual[j] = load_activation(static_cast<const T*>(p.out) +
                                    static_cast<int64_t>(i / own) * p.num_rows + first + i % own);
    }
  }
  StreamNorm<T, kTokenTiles> no_norm(nullptr);
  stream_by_columns<T, kTokenTiles, kKind, false>(p, ring, full, empty, chunks, no_norm);
  cluster_wait();  // the other blocks have started: their memory may be written
  const int fours = p.block_rows / 4;
  for (int i = threadIdx.x; i < p.num_tokens * fours; i += kThreads) {
    const int token = i / fours, row = i % fours * 4;
    float4 sum = make_float4(0, 0, 0, 0);
#pragma unroll
    for (int w = 0; w < kStreamWarps; ++w) {
      const float4 v =
          *reinterpret_cast<const float4*>(partial + (w * kTokens + token) * Rows::kPitch + row);
      sum = make_float4(sum.x + v.x, sum.y + v.y, sum.z + v.z, sum.w + v.w);
    }
    send_in_cluster(received + (rank * kTokens + token) * kStreamShare + row % share, all_here,
                    row / share, sum);
  }
  mbarrier_wait(all_here, 0);
#pragma unroll
  for (int j = 0; j < kOwn; ++j) {
    const int i = threadIdx.x + j * kThreads;
    if (i >= p.num_tokens * own) break;
    const int token = i / own, row = i % own;
    float sum = residual[j];
#pragma unroll
    for (int r = 0; r < Rows::kCluster; ++r)
      sum += received[(r * kTokens + token) * kStreamShare + row];
    const int64_t at = static_cast<int64_t>(token) * p.num_rows + first + row;
    if (p.epilogue == Epilogue::StoreF32) {
      static_cast<float*>(p.out)[at] = sum;
    } else {
      static_cast<T*>(p.out)[at] = Elem<T>::from(sum);
    }
  }
#endif
}

// One or two tiles of a warp, from row0 on, times the 64 columns of a chunk. Loads come ahead of
// products: nothing else hides their latency.
template <typename T, int kTokenTiles, int kTiles, bool kNorm>
__device__ inline void stream_plane(const StreamParams& p, StreamSums<kWideTiles, kTokenTiles>& acc,
                                    uint32_t base, int row0, int chunk,
                                    const StreamNorm<T, kTokenTiles>& norm) {
  constexpr int kBatch = kTokenTiles <= 4 ? 4 : 2;
  const int lane = threadIdx.x % 32;
#pragma unroll
  for (int first = 0; first < 4; first += kBatch) {
    uint32_t a[kBatch][kTiles][4], b[kBatch][kTokenTiles][2];
#pragma unroll
    for (int j = 0; j < kBatch; ++j) {
      const int step = first + j;
      stream_tokens<kTokenTiles>(base + p.weight_bytes, step, lane, b[j]);
#pragma unroll
      for (int t = 0; t < kTiles; ++t) {
        const int row = row0 + t * kStreamWarps * 16 + lane % 16;
        ldmatrix_x4(a[j][t], base + stream_offset(row, step * 2 + lane / 16));
      }
    }
#pragma unroll
    for (int j = 0; j < kBatch; ++j) {
      if constexpr (kNorm) norm.apply(b[j], chunk * 4 + first + j, lane);
#pragma unroll
      for (int t = 0; t < kTiles; ++t) {
#pragma unroll
        for (int n = 0; n < kTokenTiles; ++n)
          mma_16x8x16<T>(acc[t][n], a[j][t], b[j][n][0], b[j][n][1]);
      }
    }
  }
}

// Eight warps, each one or two 16-row tiles; all columns.
template <typename T, int kTokenTiles, bool kNorm>
__device__ void stream_wide(const StreamParams& p, unsigned char* ring, uint64_t* full,
                            uint64_t* empty, int begin, int chunks, int passes) {
#if __CUDA_ARCH__ >= 900
  const int warp = warp_index(), lane = threadIdx.x % 32;
  const uint32_t ring_address = shared_address(ring);
  const int end = min(begin + p.block_rows, p.num_rows);
  StreamNorm<T, kTokenTiles> norm(ring + p.ring_bytes);
  if constexpr (kNorm) norm.load(p);
  wait_for_predecessor();
  const bool two_tiles = (warp + kStreamWarps) * 16 < p.pass_rows;
  const int row0 = warp * 16 < p.pass_rows ? warp * 16 : 0;  // without a tile: any
  int stage = 0, round = 0;
  for (int pass = 0; pass < passes; ++pass) {
    StreamSums<kWideTiles, kTokenTiles> acc = {};
    for (int chunk = 0; chunk < chunks; ++chunk) {
      mbarrier_wait(&full[stage], round & 1);
      const uint32_t base = ring_address + stage * p.stage_bytes;
      if (kNorm && pass == 0 && warp / 4 == chunk % 2) {
        uint32_t b[kTokenTiles][2];
        stream_tokens<kTokenTiles>(base + p.weight_bytes, warp % 4, lane, b);
        norm.add_squares(b);
      }
      if (two_tiles) {
        stream_plane<T, kTokenTiles, 2, kNorm>(p, acc, base, row0, chunk, norm);
      } else {
        stream_plane<T, kTokenTiles, 1, kNorm>(p, acc, base, row0, chunk, norm);
      }
      __syncwarp();
      if (lane == 0) mbarrier_arrive(&empty[stage]);
      if (++stage == p.stages) {
        stage = 0;
        ++round;
      }
    }
    if (kNorm && pass == 0) norm.finish(p, warp, lane);
    const int pass_begin = begin + pass * p.pass_rows, row_end = min(pass_begin + p.pass_rows, end);
#pragma unroll
    for (int n = 0; n < kTokenTiles; ++n) {
      float scale[2] = {1, 1};
      if constexpr (kNorm) {
        scale[0] = norm.scales[n * 8 + lane % 4 * 2];
        scale[1] = norm.scales[n * 8 + lane % 4 * 2 + 1];
      }
#pragma unroll
      for (int t = 0; t < kWideTiles; ++t) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
          const int token = n * 8 + lane % 4 * 2 + i % 2;
          const int row = pass_begin + (warp + t * kStreamWarps) * 16 + lane / 4 + i / 2 * 8;
          const bool valid = token < p.num_tokens && row < row_end;
          const float sum = acc[t][n][i] * scale[i % 2];
          if (p.epilogue == Epilogue::SiluMul) {
            // Gate and up of a pair are in lanes four apart.
            const float other = __shfl_xor_sync(0xffffffffu, sum, 4);
            if (valid && row % 2 == 0) {
              static_cast<T*>(p.out)[static_cast<int64_t>(token) * (p.num_rows / 2) + row / 2] =
                  Elem<T>::from(silu(sum) * other);
            }
          } else if (valid) {
            write_sum<T>(p.out, p.epilogue, p.num_rows, token, row, sum);
          }
        }
      }
    }
  }
#endif
}

template <typename T, int kTokenTiles, StreamKind kKind, bool kNorm>
__global__ void __launch_bounds__(kStreamThreads, 1)
    stream_mma(const __grid_constant__ CUtensorMap w_map, const __grid_constant__ CUtensorMap x_map,
               const StreamParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(1024) unsigned char ring[];
  __shared__ uint64_t full[kStreamMaxStages], empty[kStreamMaxStages], all_here;
  constexpr int kCluster = StreamRows<kKind>::kCluster;

  launch_dependents();
  if (threadIdx.x == 0) {
    for (int i = 0; i < p.stages; ++i) {
      mbarrier_init(&full[i], 2);
      mbarrier_init(&empty[i], kStreamWarps);
    }
    if (kCluster > 1) mbarrier_init(&all_here, 1);
    mbarrier_fence_init();
    if (kCluster > 1) mbarrier_expect_bytes(&all_here, p.num_tokens * p.block_rows * 4);
  }
  if (kCluster > 1) cluster_arrive();
  __syncthreads();
  const int rank = blockIdx.x % kCluster, begin = blockIdx.x / kCluster * p.block_rows;
  const int rows = min(p.block_rows, p.num_rows - begin);
  const int passes = (rows + p.pass_rows - 1) / p.pass_rows;
  const int all_chunks = (p.cols + p.planes * 64 - 1) / (p.planes * 64);
  const int first_chunk = all_chunks * rank / kCluster;
  const int chunks = all_chunks * (rank + 1) / kCluster - first_chunk;

  // One thread sends for the weights, at once; another for the tokens, when they exist: a copy
  // costs its thread about 150 ns.
  const int producer = warp_index() - kStreamWarps;
  if (producer >= 0) {
    if (producer == 1) wait_for_predecessor();
    if (threadIdx.x % 32 == 0) {
      const int bytes = (producer == 0 ? p.pass_rows : kTokenTiles * 8) * p.planes * 128;
      int stage = 0, round = 0;
      for (int pass = 0; pass < passes; ++pass) {
        for (int chunk = 0; chunk < chunks; ++chunk) {
          if (round > 0) mbarrier_wait(&empty[stage], (round - 1) & 1);
          mbarrier_expect_bytes(&full[stage], bytes);
          unsigned char* target = ring + stage * p.stage_bytes;
          const int plane = (first_chunk + chunk) * p.planes;
          if (producer == 0) {
            tensor_copy(target, &w_map, begin + pass * p.pass_rows, plane, &full[stage]);
          } else {
            tensor_copy(target + p.weight_bytes, &x_map, 0, plane, &full[stage]);
          }
          if (++stage == p.stages) {
            stage = 0;
            ++round;
          }
        }
      }
    }
    __syncwarp();
    wait_for_predecessor();
    if (kCluster > 1) cluster_wait();
    return;
  }
  if constexpr (kKind == StreamKind::Wide) {
    stream_wide<T, kTokenTiles, kNorm>(p, ring, full, empty, begin, chunks, passes);
  } else if constexpr (kCluster > 1) {
    stream_shared<T, kTokenTiles, kKind>(p, ring, full, empty, &all_here, begin, chunks, rank);
  } else {
    stream_narrow<T, kTokenTiles, kKind, kNorm>(p, ring, full, empty, begin, chunks);
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
