// SPDX-License-Identifier: Apache-2.0
// Up to 64 tokens: Y = X W^T on tensor cores, the weights streamed once (compute capability 8.0
// up).
//
// One block a multiprocessor owns a contiguous range of rows and takes them in passes of up to
// kRowTile rows. A pass walks all columns in chunks of kChunk through a ring of cp.async stages
// that hold the chunk of the weights and of the tokens; the ring runs on across passes. On tensor
// cores the tokens are the 16-row operand and eight weight rows the other. kRowWarps x kColWarps =
// 8 warps share a chunk: kColWarps of them take 32 columns each and add up through shared memory,
// in order of the columns, when the pass is over. With programmatic dependent launch the weights of
// the first stages are on their way before the block waits for its predecessor.
//
// Order of summation: 16 columns in a tensor core, chunks in order, then the kColWarps partial sums
// in order. It depends on the number of columns and on the instance, which depends on the number of
// rows: not on the number of tokens.
#pragma once

#include "kernels/cuda/linear_write.cuh"

namespace kernels::cuda {

constexpr int kSkinnyThreads = 256;
constexpr int kSkinnyUnits = 3;  // eight-row units of a warp

struct SkinnyParams {
  const void* weight;  // [num_rows, cols]
  const void* x;       // [num_tokens, cols]
  void* out;
  int num_tokens;
  int num_rows;
  int cols;
  int row_granule;  // 2 with SiluMul: a pair stays in one pass
  Epilogue epilogue;
};

template <int kTokenTiles, int kRowWarps, int kStages>
struct SkinnyShape {
  static constexpr int kColWarps = 8 / kRowWarps;
  static constexpr int kRowTile = kRowWarps * kSkinnyUnits * 8;
  static constexpr int kChunk = kColWarps * 32;
  static constexpr int kTokens = kTokenTiles * 16;
  static constexpr int kPitch = kChunk * 2 + 16;  // bytes; keeps ldmatrix free of bank conflicts
  static constexpr int kStageBytes = (kRowTile + kTokens) * kPitch;
  static constexpr int kReduceBytes = kColWarps * kTokens * kRowTile * 4;
  static constexpr int kSharedBytes = kStages * kStageBytes + kReduceBytes;
};

#if defined(__CUDACC__)

template <typename T, int kTokenTiles, int kRowWarps, int kStages>
__global__ void __launch_bounds__(kSkinnyThreads, 1) skinny_mma(const SkinnyParams p) {
  using Shape = SkinnyShape<kTokenTiles, kRowWarps, kStages>;
  constexpr int kPitch = Shape::kPitch, kRowTile = Shape::kRowTile;
  extern __shared__ __align__(128) unsigned char shared[];
  float* partial = reinterpret_cast<float*>(shared + kStages * Shape::kStageBytes);
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int row_warp = warp % kRowWarps, col_warp = warp / kRowWarps;

  launch_dependents();
  const int64_t granules = p.num_rows / p.row_granule;
  const int begin = static_cast<int>(granules * blockIdx.x / gridDim.x) * p.row_granule;
  const int end = static_cast<int>(granules * (blockIdx.x + 1) / gridDim.x) * p.row_granule;
  const int chunks = (p.cols + Shape::kChunk - 1) / Shape::kChunk;
  const int passes = (end - begin + kRowTile - 1) / kRowTile;
  const int pass_rows = passes == 0 ? 0
                                    : ((end - begin + passes - 1) / passes + p.row_granule - 1) /
                                          p.row_granule * p.row_granule;
  const int steps = passes * chunks;

  constexpr int kPieces = Shape::kChunk / 8;  // 16-byte pieces of a row in a chunk
  const auto load_weights = [&](int step) {
    const int pass = step / chunks, column = step % chunks * Shape::kChunk;
    unsigned char* stage = shared + step % kStages * Shape::kStageBytes;
    const int row0 = begin + pass * pass_rows, rows = min(pass_rows, end - row0);
    const T* source = static_cast<const T*>(p.weight) + static_cast<int64_t>(row0) * p.cols;
    for (int i = threadIdx.x; i < rows * kPieces; i += kSkinnyThreads) {
      const int row = i / kPieces, c = column + i % kPieces * 8;
      cp_async_16(shared_address(stage + row * kPitch + i % kPieces * 16),
                  source + (c < p.cols ? static_cast<int64_t>(row) * p.cols + c : 0), c < p.cols);
    }
  };
  const auto load_tokens = [&](int step) {
    const int column = step % chunks * Shape::kChunk;
    unsigned char* stage = shared + step % kStages * Shape::kStageBytes + kRowTile * kPitch;
    const T* source = static_cast<const T*>(p.x);
    for (int i = threadIdx.x; i < p.num_tokens * kPieces; i += kSkinnyThreads) {
      const int token = i / kPieces, c = column + i % kPieces * 8;
      cp_async_16(shared_address(stage + token * kPitch + i % kPieces * 16),
                  source + (c < p.cols ? static_cast<int64_t>(token) * p.cols + c : 0), c < p.cols);
    }
  };

  for (int s = 0; s < kStages - 1; ++s) {
    if (s < steps) load_weights(s);
  }
  wait_for_predecessor();
  for (int s = 0; s < kStages - 1; ++s) {
    if (s < steps) load_tokens(s);
    cp_async_commit();
  }

  float acc[kTokenTiles][kSkinnyUnits][4] = {};
  const uint32_t shared_base = shared_address(shared);
  for (int step = 0; step < steps; ++step) {
    cp_async_wait<kStages - 2>();
    __syncthreads();
    if (step + kStages - 1 < steps) {
      load_weights(step + kStages - 1);
      load_tokens(step + kStages - 1);
    }
    cp_async_commit();

    const uint32_t stage = shared_base + step % kStages * Shape::kStageBytes;
    const uint32_t weights =
        stage + (row_warp * kSkinnyUnits * 8 + lane % 8) * kPitch + col_warp * 64 + lane / 8 * 16;
    const uint32_t tokens =
        stage + (kRowTile + lane % 16) * kPitch + col_warp * 64 + lane / 16 * 16;
    uint32_t b[kSkinnyUnits][4];
#pragma unroll
    for (int u = 0; u < kSkinnyUnits; ++u) ldmatrix_x4(b[u], weights + u * 8 * kPitch);
#pragma unroll
    for (int t = 0; t < kTokenTiles; ++t) {
#pragma unroll
      for (int k = 0; k < 2; ++k) {
        uint32_t a[4];
        ldmatrix_x4(a, tokens + t * 16 * kPitch + k * 32);
#pragma unroll
        for (int u = 0; u < kSkinnyUnits; ++u) {
          mma_16x8x16<T>(acc[t][u], a, b[u][2 * k], b[u][2 * k + 1]);
        }
      }
    }
    if (step % chunks != chunks - 1) continue;

      // The pass is over: partial[col_warp][token][row], summed in order of col_warp.
#pragma unroll
    for (int t = 0; t < kTokenTiles; ++t) {
#pragma unroll
      for (int u = 0; u < kSkinnyUnits; ++u) {
        float* at = partial + (col_warp * Shape::kTokens + t * 16 + lane / 4) * kRowTile +
                    (row_warp * kSkinnyUnits + u) * 8 + lane % 4 * 2;
        *reinterpret_cast<float2*>(at) = make_float2(acc[t][u][0], acc[t][u][1]);
        *reinterpret_cast<float2*>(at + 8 * kRowTile) = make_float2(acc[t][u][2], acc[t][u][3]);
#pragma unroll
        for (int i = 0; i < 4; ++i) acc[t][u][i] = 0;
      }
    }
    __syncthreads();
    const int row0 = begin + step / chunks * pass_rows, rows = min(pass_rows, end - row0);
    const auto sum_of = [&](int token, int row) {
      float sum = 0;
#pragma unroll
      for (int w = 0; w < Shape::kColWarps; ++w) {
        sum += partial[(w * Shape::kTokens + token) * kRowTile + row];
      }
      return sum;
    };
    write_sums<T>(p, row0, rows, kSkinnyThreads, sum_of);
  }
  cp_async_wait<0>();
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
