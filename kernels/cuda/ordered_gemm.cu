// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/ordered_gemm.h"

#include "kernels/cuda/launch.h"
#include "kernels/cuda/stream_common.cuh"
#include "kernels/cuda/wgmma.cuh"

namespace kernels::cuda {

namespace {

constexpr int kGroups = kGemmTokens / 64;
constexpr int kThreads = 128 * (kGroups + 1);
constexpr int kXBytes = kGemmTokens * 128;  // of a stage: one plane of all tokens of a tile

template <bool kNarrow>
struct GemmShape {
  static constexpr int kHalves = kNarrow ? 1 : 2;  // 128 rows each
  static constexpr int kStages = kNarrow ? 5 : 4;
  static constexpr int kStageBytes = kXBytes + kHalves * 128 * 128;
  static constexpr int kSharedBytes = kStages * kStageBytes + 1024;
};

struct GemmBarriers {
  uint64_t full[5], empty[5];
};

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

// Plane number `i` in order of computation: narrow, all of the first sum, then of the second, ...
struct PlaneOrder {
  int planes, plane, sum = 0;
  __device__ explicit PlaneOrder(int planes_) : planes(planes_), plane(0) {}
  template <bool kNarrow>
  __device__ void next() {
    plane += kNarrow ? kGemmPartials : 1;
    if (kNarrow && plane >= planes) plane = ++sum;
  }
};

// One thread: planes of both matrices through the ring.
template <bool kNarrow>
__device__ inline void gemm_produce(const OrderedGemmParams& p, unsigned char* ring,
                                    GemmBarriers* barriers, const CUtensorMap* w_map,
                                    const CUtensorMap* x_map, int token0, int row0) {
  using Shape = GemmShape<kNarrow>;
  const int planes = p.cols / 64, ahead = min(planes, Shape::kStages);
  const auto copy_w = [&](int stage, int plane) {
    mbarrier_expect_bytes(&barriers->full[stage], Shape::kStageBytes);
    tensor_copy(ring + stage * Shape::kStageBytes + kXBytes, w_map, row0, plane,
                &barriers->full[stage]);
  };
  const auto copy_x = [&](int stage, int plane) {
    tensor_copy(ring + stage * Shape::kStageBytes, x_map, token0, plane, &barriers->full[stage]);
  };
  PlaneOrder order(planes), first(planes);
  for (int i = 0; i < ahead; ++i, order.next<kNarrow>()) copy_w(i, order.plane);
  wait_for_predecessor();
  for (int i = 0; i < ahead; ++i, first.next<kNarrow>()) copy_x(i, first.plane);
  int stage = 0, round = 0;
  for (int i = ahead; i < planes; ++i, order.next<kNarrow>()) {
    mbarrier_wait(&barriers->empty[stage], round & 1);
    copy_w(stage, order.plane);
    copy_x(stage, order.plane);
    if (++stage == Shape::kStages) {
      stage = 0;
      ++round;
    }
  }
}

// Rows `row` and the next for one token.
template <typename T>
__device__ inline void gemm_write(const OrderedGemmParams& p, int64_t token, int row, float first,
                                  float second) {
  if (token >= p.num_tokens || row >= p.num_rows) return;
  if (p.epilogue == Epilogue::SiluMul) {
    static_cast<T*>(p.out)[token * (p.num_rows / 2) + row / 2] =
        Elem<T>::from(silu(first) * second);
    return;
  }
  const int64_t at = token * p.num_rows + row;
  const bool both = row + 1 < p.num_rows;
  if (p.epilogue == Epilogue::StoreF32) {
    float* out = static_cast<float*>(p.out) + at;
    out[0] = first;
    if (both) out[1] = second;
    return;
  }
  T* out = static_cast<T*>(p.out) + at;
  if (both && p.num_rows % 2 == 0) {
    uint32_t* pair = reinterpret_cast<uint32_t*>(out);
    if (p.epilogue == Epilogue::Residual) {
      const uint32_t residual = __ldcg(pair);
      first = Elem<T>::low(residual) + first;
      second = Elem<T>::high(residual) + second;
    }
    *pair = Elem<T>::pack(first, second);
    return;
  }
  const bool residual = p.epilogue == Epilogue::Residual;
  out[0] = Elem<T>::from(residual ? load_activation(out) + first : first);
  if (both) out[1] = Elem<T>::from(residual ? load_activation(out + 1) + second : second);
}

// One warpgroup: 64 tokens x all rows of the tile.
template <typename T, bool kNarrow>
__device__ __forceinline__ void gemm_consume(const OrderedGemmParams& p, uint32_t ring,
                                             GemmBarriers* barriers, int token0, int row0,
                                             int group) {
  using Shape = GemmShape<kNarrow>;
  constexpr int kHalves = Shape::kHalves;
  const int lane = threadIdx.x % 32, planes = p.cols / 64;
  float acc[kHalves][64], sums[64];
#pragma unroll
  for (int i = 0; i < 64; ++i) {
    sums[i] = 0;
#pragma unroll
    for (int h = 0; h < kHalves; ++h) acc[h][i] = 0;
  }
  const auto release = [&](int stage) {
    __syncwarp();
    if (lane == 0) mbarrier_arrive(&barriers->empty[stage]);
  };
  int stage = 0, round = 0;
  for (int sum = 0; sum < (kNarrow ? kGemmPartials : 1); ++sum) {
    const int count = kNarrow ? (planes - sum + kGemmPartials - 1) / kGemmPartials : planes;
    int before = -1;  // the stage whose products may still run
#pragma unroll
    for (int h = 0; h < kHalves; ++h) pin_registers(acc[h]);
    for (int i = 0; i < count; ++i) {
      mbarrier_wait(&barriers->full[stage], round & 1);
      const uint32_t x = ring + stage * Shape::kStageBytes + group * 64 * 128;
      const uint32_t w = ring + stage * Shape::kStageBytes + kXBytes;
      wgmma_fence();
#pragma unroll
      for (int k = 0; k < 4; ++k) {
#pragma unroll
        for (int h = 0; h < kHalves; ++h) {
          wgmma_rows<T>(acc[h], row_descriptor(x + k * 32),
                        row_descriptor(w + h * 128 * 128 + k * 32), i > 0 || k > 0);
        }
      }
      wgmma_commit();
      wgmma_wait<1>();
      if (before >= 0) release(before);
      before = stage;
      if (++stage == Shape::kStages) {
        stage = 0;
        ++round;
      }
    }
    wgmma_wait<0>();
#pragma unroll
    for (int h = 0; h < kHalves; ++h) pin_registers(acc[h]);
    if (before >= 0) release(before);
    if (kNarrow && count > 0) {
#pragma unroll
      for (int i = 0; i < 64; ++i) sums[i] += acc[0][i];
    }
  }
  const int64_t token = token0 + group * 64 + threadIdx.x / 32 % 4 * 16 + lane / 4;
#pragma unroll
  for (int h = 0; h < kHalves; ++h) {
#pragma unroll
    for (int i = 0; i < 64; i += 2) {
      const int row = row0 + h * 128 + i / 4 * 8 + lane % 4 * 2;
      const float first = kNarrow ? sums[i] : acc[h][i];
      const float second = kNarrow ? sums[i + 1] : acc[h][i + 1];
      gemm_write<T>(p, token + i / 2 % 2 * 8, row, first, second);
    }
  }
}

#endif  // __CUDA_ARCH_FEAT_SM90_ALL

// Blocks in order of tokens, then rows: those that run together read the same weights.
template <typename T, bool kNarrow>
__global__ void __launch_bounds__(kThreads, 1)
    ordered_gemm_tiles(const __grid_constant__ CUtensorMap w_map,
                       const __grid_constant__ CUtensorMap x_map, const OrderedGemmParams p) {
#if defined(__CUDA_ARCH_FEAT_SM90_ALL)
  using Shape = GemmShape<kNarrow>;
  extern __shared__ unsigned char shared[];
  __shared__ GemmBarriers barriers;
  unsigned char* ring = shared + (1024 - shared_address(shared) % 1024) % 1024;
  launch_dependents();
  if (threadIdx.x == 0) {
    for (int i = 0; i < Shape::kStages; ++i) {
      mbarrier_init(&barriers.full[i], 1);
      mbarrier_init(&barriers.empty[i], kGroups * 4);
    }
    mbarrier_fence_init();
  }
  __syncthreads();
  const int token_tiles = (p.num_tokens + kGemmTokens - 1) / kGemmTokens;
  const int token0 = static_cast<int>(blockIdx.x) % token_tiles * kGemmTokens;
  const int row0 = static_cast<int>(blockIdx.x) / token_tiles * Shape::kHalves * 128;
  if (threadIdx.x >= kGroups * 128) {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 32;");
    if (threadIdx.x == kGroups * 128) {
      gemm_produce<kNarrow>(p, ring, &barriers, &w_map, &x_map, token0, row0);
    }
  } else {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 160;");
    wait_for_predecessor();
    gemm_consume<T, kNarrow>(p, shared_address(ring), &barriers, token0, row0, threadIdx.x / 128);
  }
#endif
}

template <typename T, bool kNarrow>
CudaStatus run(const OrderedGemmParams& p, const CUtensorMap& w_map, const CUtensorMap& x_map,
               const CudaContext& context) {
  const int tile_rows = ordered_gemm_rows(kNarrow);
  LaunchShape shape;
  shape.grid = dim3((p.num_tokens + kGemmTokens - 1) / kGemmTokens *
                    ((p.num_rows + tile_rows - 1) / tile_rows));
  shape.threads = kThreads;
  shape.shared_bytes = GemmShape<kNarrow>::kSharedBytes;
  return launch(context, ordered_gemm_tiles<T, kNarrow>, shape, w_map, x_map, p);
}

}  // namespace

bool ordered_gemm_fits(const CudaContext& context) {
  return context.ordered_gemm && context.compute_capability == 90 &&
         GemmShape<false>::kSharedBytes + 1024 <= context.max_shared_bytes &&
         GemmShape<true>::kSharedBytes + 1024 <= context.max_shared_bytes;
}

CudaStatus ordered_gemm(const OrderedGemmParams& p, DType dtype, const CUtensorMap& w_map,
                        const CUtensorMap& x_map, const CudaContext& context) {
  if (dtype == DType::BF16) {
    return p.narrow ? run<__nv_bfloat16, true>(p, w_map, x_map, context)
                    : run<__nv_bfloat16, false>(p, w_map, x_map, context);
  }
  return p.narrow ? run<__half, true>(p, w_map, x_map, context)
                  : run<__half, false>(p, w_map, x_map, context);
}

}  // namespace kernels::cuda
