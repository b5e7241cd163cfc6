// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/linear.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "kernels/cuda/launch.h"
#include "kernels/cuda/linear_rows.cuh"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda/ordered_gemm.h"
#include "kernels/cuda/skinny_mma.cuh"
#include "kernels/cuda/stream_gemv.cuh"
#include "kernels/cuda/stream_mma.cuh"
#include "kernels/cuda/tensor_map.h"

namespace kernels::cuda {

namespace {

constexpr int kStreamMinSharedCols = 512;  // fewer are not worth a cluster
constexpr int kStreamMaxPassRows = 256;    // two tiles a warp
// A block of half a multiprocessor's shared memory, and one that has none of its own kind beside
// it.
constexpr int kStreamSharedBytes = 108 * 1024, kStreamAloneBytes = 116 * 1024;
constexpr int kStreamPassRows = 192;  // where there are several passes: each reads the tokens

// Whether stream_mma may multiply inputs by a norm weight before they are normalised.
template <typename T>
constexpr bool kFoldsNorm = std::is_same_v<T, __nv_bfloat16>;

// A row-major [rows, cols] matrix as [cols / 64][rows][64]: a box holds `planes` x `box_rows` lines
// of 128 bytes.
bool encode_map(CUtensorMap* map, DType dtype, const void* data, int64_t rows, int64_t cols,
                int box_rows, int planes) {
  TensorShape shape;
  shape.rank = 3;
  shape.dims[0] = shape.box[0] = 64;
  shape.dims[1] = static_cast<uint64_t>(rows);
  shape.dims[2] = static_cast<uint64_t>(cols / 64);
  shape.strides[0] = static_cast<uint64_t>(cols) * 2;
  shape.strides[1] = 128;
  shape.box[1] = static_cast<uint32_t>(box_rows);
  shape.box[2] = static_cast<uint32_t>(planes);
  return encode_tensor_map(map, dtype, data, shape);
}

template <typename T, int kTokens>
CudaStatus launch_gemv(const GemvParams& p, const LaunchShape& shape, const CudaContext& context) {
  switch (gemv_norm_chunks(p, shape.threads / 32)) {
    case 0:
      return launch(context, stream_gemv<T, kTokens, 0>, shape, p);
    case kGemvFewChunks:
      return launch(context, stream_gemv<T, kTokens, kGemvFewChunks>, shape, p);
    default:
      return launch(context, stream_gemv<T, kTokens, kGemvManyChunks>, shape, p);
  }
}

template <typename T>
CudaStatus run_gemv(const LinearCall& call, const CudaContext& context, bool* fits) {
  GemvParams p = {};
  LaunchShape shape;
  *fits = context.compute_capability >= 90 && call.num_tokens <= kGemvMaxTokens &&
          call.weight.cols % 8 == 0 && call.weight.cols <= kGemvMaxCols;
  if (!*fits) return cudaSuccess;
  p.weight = static_cast<const unsigned char*>(call.weight.data);
  p.x = call.x;
  p.rows = call.rows;
  p.norm_weight = call.norm_weight;
  p.out = call.out;
  p.eps = call.eps;
  p.num_tokens = static_cast<int>(call.num_tokens);
  p.num_rows = static_cast<int>(call.weight.rows);
  p.cols = static_cast<int>(call.weight.cols);
  p.epilogue = call.epilogue;
  p.group_rows = call.epilogue == Epilogue::SiluMul ? 2 : 1;
  p.num_groups = p.num_rows / p.group_rows;
  const int blocks = std::min(context.num_sms, p.num_groups);
  int warps = 0;
  shape.shared_bytes = plan_gemv(blocks, &p, &warps);
  *fits = shape.shared_bytes > 0 && shape.shared_bytes <= context.max_shared_bytes - 1024;
  if (!*fits) return cudaSuccess;
  shape.grid = dim3(blocks);
  shape.threads = warps * 32;
  return p.num_tokens == 1 ? launch_gemv<T, 1>(p, shape, context)
                           : launch_gemv<T, 2>(p, shape, context);
}

// Shapes of a launch: rows to blocks (or clusters) and passes, columns to chunks, shared memory to
// stages.
bool plan_stream(const LinearCall& call, int token_tiles, const CudaContext& context,
                 StreamParams* p, StreamKind* kind, LaunchShape* shape) {
  const int granule = call.epilogue == Epilogue::SiluMul ? 2 : 1;
  const auto up = [](int value, int unit) { return (value + unit - 1) / unit * unit; };
  const auto share = [](int value, int among) { return (value + among - 1) / among; };
  const int rows = static_cast<int>(call.weight.rows), cols = static_cast<int>(call.weight.cols);
  p->num_rows = rows;
  p->cols = cols;
  p->num_tokens = static_cast<int>(call.num_tokens);
  p->block_rows = std::max(up(share(rows, context.num_sms), granule), 8);
  int pitch = StreamRows<StreamKind::Narrow>::kPitch;
  *kind = p->block_rows > StreamRows<StreamKind::Narrow>::kTiles * 16 ? StreamKind::Wide
                                                                      : StreamKind::Narrow;
  if (!context.batch_invariant && p->norm_weight == nullptr && granule == 1 &&
      cols >= kStreamMinSharedCols) {
    for (const int cluster : {4, 2}) {
      const int clusters = cluster == 4 ? context.clusters_of_four : context.num_sms / cluster;
      if (clusters == 0) continue;
      const int cluster_rows = up(share(rows, clusters), 4 * cluster);
      if (cluster_rows > cluster * kStreamShare) continue;
      *kind = cluster == 4 ? StreamKind::Four : StreamKind::Pair;
      if (cluster == 4) pitch = StreamRows<StreamKind::Four>::kPitch;
      p->block_rows = cluster_rows;
      shape->cluster = cluster;
      break;
    }
  }
  shape->grid = dim3(share(rows, p->block_rows) * shape->cluster);
  shape->threads = kStreamThreads;
  p->pass_rows = p->block_rows;
  if (p->block_rows > kStreamMaxPassRows) {
    p->pass_rows = up(share(p->block_rows, share(p->block_rows, kStreamPassRows)), 8);
  }
  p->planes = *kind == StreamKind::Wide ? 1 : shape->cluster == 1 && p->block_rows <= 24 ? 4 : 2;
  if (context.batch_invariant && *kind == StreamKind::Narrow) {
    *kind = StreamKind::Planes;
    p->planes = 4;
  }
  p->planes = std::min(p->planes, cols / 64);
  p->weight_bytes = up(p->pass_rows * p->planes * 128, 1024);
  p->stage_bytes = p->weight_bytes + p->planes * token_tiles * 8 * 128;
  const int tokens = token_tiles * 8;
  const int reduce_bytes = *kind == StreamKind::Wide ? 0 : kStreamWarps * tokens * pitch * 4;
  const int tail_bytes = shape->cluster > 1 ? stream_shared_bytes(shape->cluster, tokens)
                         : p->norm_weight   ? stream_norm_bytes(tokens, cols)
                                            : 0;
  constexpr int kSlack = 2048;  // the last tile reads past its rows
  const int whole = context.max_shared_bytes - 2048, half = std::min(kStreamSharedBytes, whole);
  for (const auto& [budget, least] : {std::pair{half, 3}, {whole, 2}}) {
    p->stages = std::min((budget - kSlack - tail_bytes) / p->stage_bytes, kStreamMaxStages);
    p->ring_bytes = std::max(p->stages * p->stage_bytes, reduce_bytes) + kSlack;
    shape->shared_bytes = p->ring_bytes + tail_bytes;
    if (p->stages < least || shape->shared_bytes > budget) continue;
    if (call.epilogue == Epilogue::Residual)
      shape->shared_bytes = std::max(shape->shared_bytes, std::min(kStreamAloneBytes, whole));
    return true;
  }
  return false;
}

template <typename T, int kTokenTiles>
CudaStatus run_stream_as(const LinearCall& call, const void* x, const float* norm_weight,
                         const CudaContext& context, bool* fits) {
  StreamParams p = {};
  StreamKind kind = StreamKind::Narrow;
  LaunchShape shape;
  CUtensorMap w_map = {}, x_map = {};
  p.norm_weight = norm_weight;
  p.eps = call.eps;
  *fits = plan_stream(call, kTokenTiles, context, &p, &kind, &shape) &&
          encode_map(&w_map, call.weight.dtype, call.weight.data, call.weight.rows,
                     call.weight.cols, p.pass_rows, p.planes) &&
          encode_map(&x_map, call.weight.dtype, x, call.num_tokens, call.weight.cols,
                     kTokenTiles * 8, p.planes);
  if (!*fits) return cudaSuccess;
  p.out = call.out;
  p.epilogue = call.epilogue;
  const auto run = [&](auto kernel) { return launch(context, kernel, shape, w_map, x_map, p); };
  if (kind == StreamKind::Pair) return run(stream_mma<T, kTokenTiles, StreamKind::Pair, false>);
  if (kind == StreamKind::Four) return run(stream_mma<T, kTokenTiles, StreamKind::Four, false>);
  if constexpr (kFoldsNorm<T>) {
    if (norm_weight != nullptr && kind == StreamKind::Wide)
      return run(stream_mma<T, kTokenTiles, StreamKind::Wide, true>);
    if (norm_weight != nullptr) return run(stream_mma<T, kTokenTiles, StreamKind::Narrow, true>);
  }
  if (kind == StreamKind::Wide) return run(stream_mma<T, kTokenTiles, StreamKind::Wide, false>);
  return kind == StreamKind::Planes ? run(stream_mma<T, kTokenTiles, StreamKind::Planes, false>)
                                    : run(stream_mma<T, kTokenTiles, StreamKind::Narrow, false>);
}

// x: the inputs, already gathered; normalised where norm_weight is null.
template <typename T>
CudaStatus run_stream(const LinearCall& call, const void* x, const float* norm_weight,
                      const CudaContext& context, bool* fits) {
  if (call.num_tokens <= 8) return run_stream_as<T, 1>(call, x, norm_weight, context, fits);
  if (call.num_tokens <= 16) return run_stream_as<T, 2>(call, x, norm_weight, context, fits);
  if (call.num_tokens <= 32) return run_stream_as<T, 4>(call, x, norm_weight, context, fits);
  return run_stream_as<T, 8>(call, x, norm_weight, context, fits);
}

template <typename T, int kTokenTiles, int kRowWarps, int kStages>
CudaStatus run_skinny_as(const SkinnyParams& p, const CudaContext& context, bool* fits) {
  LaunchShape shape;
  shape.grid = dim3(std::min(context.num_sms, p.num_rows / p.row_granule));
  shape.threads = kSkinnyThreads;
  shape.shared_bytes = SkinnyShape<kTokenTiles, kRowWarps, kStages>::kSharedBytes;
  *fits = shape.shared_bytes <= context.max_shared_bytes;
  if (!*fits) return cudaSuccess;
  return launch(context, skinny_mma<T, kTokenTiles, kRowWarps, kStages>, shape, p);
}

template <typename T, int kTokenTiles, int kRowWarps>
CudaStatus run_skinny_tile(const SkinnyParams& p, const CudaContext& context, bool* fits) {
  constexpr int kDeep = kTokenTiles == 1 ? 5 : kTokenTiles == 2 || kRowWarps == 2 ? 4 : 3;
  const CudaStatus status = run_skinny_as<T, kTokenTiles, kRowWarps, kDeep>(p, context, fits);
  if (*fits) return status;
  return run_skinny_as<T, kTokenTiles, kRowWarps, 2>(p, context, fits);
}

template <typename T>
CudaStatus run_skinny(const LinearCall& call, const void* x, const CudaContext& context,
                      bool* fits) {
  SkinnyParams p = {};
  p.weight = call.weight.data;
  p.x = x;
  p.out = call.out;
  p.num_tokens = static_cast<int>(call.num_tokens);
  p.num_rows = static_cast<int>(call.weight.rows);
  p.cols = static_cast<int>(call.weight.cols);
  p.epilogue = call.epilogue;
  p.row_granule = call.epilogue == Epilogue::SiluMul ? 2 : 1;
  const bool few_rows = p.num_rows <= context.num_sms * 24;
  const int tiles = (p.num_tokens + 15) / 16;
  if (tiles == 1) {
    return few_rows ? run_skinny_tile<T, 1, 1>(p, context, fits)
                    : run_skinny_tile<T, 1, 2>(p, context, fits);
  }
  if (tiles == 2) {
    return few_rows ? run_skinny_tile<T, 2, 1>(p, context, fits)
                    : run_skinny_tile<T, 2, 2>(p, context, fits);
  }
  return few_rows ? run_skinny_tile<T, 4, 1>(p, context, fits)
                  : run_skinny_tile<T, 4, 2>(p, context, fits);
}

// Tokens in slices, by one family that holds the largest slice.
template <typename T>
CudaStatus run_slices(const LinearCall& call, const void* x, bool stream,
                      const CudaContext& context) {
  const bool large = stream || SkinnyShape<4, 1, 2>::kSharedBytes <= context.max_shared_bytes;
  const int64_t step = large ? kMaxSkinnyTokens : kMaxSkinnyTokens / 2;
  const int64_t x_bytes = call.weight.cols * 2;
  const int64_t out_bytes = call.weight.rows * (call.epilogue == Epilogue::StoreF32  ? 4
                                                : call.epilogue == Epilogue::SiluMul ? 1
                                                                                     : 2);
  LinearCall slice = call;
  for (int64_t first = 0; first < call.num_tokens; first += step) {
    slice.num_tokens = std::min(step, call.num_tokens - first);
    slice.out = static_cast<char*>(call.out) + first * out_bytes;
    const void* inputs = static_cast<const char*>(x) + first * x_bytes;
    bool fits = false;
    const CudaStatus status = stream ? run_stream<T>(slice, inputs, nullptr, context, &fits)
                                     : run_skinny<T>(slice, inputs, context, &fits);
    if (!fits) return cudaErrorInvalidValue;
    if (status != cudaSuccess) return status;
  }
  return cudaSuccess;
}

// Whether ordered_gemm.h is faster than slices of stream_mma.cuh: its tiles at the rate of the
// tensor cores against the weights at the rate of memory once for each slice.
bool prefers_gemm(const LinearCall& call, bool narrow, const CudaContext& context) {
  constexpr double kTileColumnUs = 1.5e-3;  // 192 tokens x 1 row x 16 columns of a tile
  constexpr double kSliceByteUs = 2.5e-7, kSliceUs = 2;
  const int64_t tile_rows = ordered_gemm_rows(narrow);
  const int64_t tiles = (call.num_tokens + kGemmTokens - 1) / kGemmTokens *
                        ((call.weight.rows + tile_rows - 1) / tile_rows);
  const int64_t waves = (tiles + context.num_sms - 1) / context.num_sms;
  const int64_t slices = (call.num_tokens + kMaxSkinnyTokens - 1) / kMaxSkinnyTokens;
  const auto columns = static_cast<double>(call.weight.cols);
  const double gemm = static_cast<double>(waves * tile_rows) * columns / 16 * kTileColumnUs;
  const double bytes = static_cast<double>(call.weight.rows) * columns * 2;
  return gemm < static_cast<double>(slices) * (bytes * kSliceByteUs + kSliceUs);
}

// Any number of tokens with an order of summation that depends on the matrix and the device alone.
// x as above.
template <typename T>
CudaStatus run_invariant(const LinearCall& call, const void* x, const CudaContext& context) {
  LinearCall slice = call;
  slice.num_tokens = kMaxSkinnyTokens;
  StreamParams p = {};
  StreamKind kind = StreamKind::Narrow;
  LaunchShape shape;
  const bool stream = context.compute_capability >= 90 && call.weight.cols % 64 == 0 &&
                      plan_stream(slice, kMaxSkinnyTokens / 8, context, &p, &kind, &shape);
  const bool narrow = kind == StreamKind::Planes;
  if (stream && call.num_tokens > kMaxSkinnyTokens && ordered_gemm_fits(context) &&
      prefers_gemm(call, narrow, context)) {
    CUtensorMap w_map = {}, x_map = {};
    if (!encode_map(&w_map, call.weight.dtype, call.weight.data, call.weight.rows, call.weight.cols,
                    ordered_gemm_rows(narrow), 1) ||
        !encode_map(&x_map, call.weight.dtype, x, call.num_tokens, call.weight.cols, kGemmTokens,
                    1)) {
      return cudaErrorInvalidValue;
    }
    OrderedGemmParams gemm = {};
    gemm.out = call.out;
    gemm.num_tokens = static_cast<int>(call.num_tokens);
    gemm.num_rows = static_cast<int>(call.weight.rows);
    gemm.cols = static_cast<int>(call.weight.cols);
    gemm.narrow = narrow;
    gemm.epilogue = call.epilogue;
    return ordered_gemm(gemm, call.weight.dtype, w_map, x_map, context);
  }
  return run_slices<T>(call, x, stream, context);
}

template <typename T>
CudaStatus linear_as(const LinearCall& call, const CudaContext& context) {
  bool fits = false;
  if (!context.batch_invariant) {
    const CudaStatus status = run_gemv<T>(call, context, &fits);
    if (fits) return status;
  }
  const int cols = static_cast<int>(call.weight.cols);
  const void* x = call.x;
  char* workspace = static_cast<char*>(call.workspace);
  const bool streams = !context.batch_invariant && call.num_tokens <= kMaxSkinnyTokens &&
                       context.compute_capability >= 90 && cols % 64 == 0;
  if (streams && kFoldsNorm<T> && call.norm_weight != nullptr && call.rows == nullptr) {
    const CudaStatus status = run_stream<T>(call, x, call.norm_weight, context, &fits);
    if (fits) return status;
  }
  if (call.norm_weight != nullptr || call.rows != nullptr) {
    LaunchShape shape;
    shape.grid = dim3(static_cast<unsigned>(call.num_tokens));
    shape.threads = kNormThreads;
    const CudaStatus status =
        launch(context, norm_rows<T>, shape, reinterpret_cast<T*>(workspace),
               static_cast<const T*>(call.x), call.rows, call.norm_weight, cols, call.eps);
    if (status != cudaSuccess) return status;
    x = workspace;
    workspace += (call.num_tokens * cols * 2 + 255) / 256 * 256;
  }
  if (context.batch_invariant) return run_invariant<T>(call, x, context);
  if (call.num_tokens <= kMaxSkinnyTokens) {
    if (streams) {
      const CudaStatus status = run_stream<T>(call, x, nullptr, context, &fits);
      if (fits) return status;
    }
    const CudaStatus status = run_skinny<T>(call, x, context, &fits);
    if (fits) return status;
  }
  if (context.matmul == nullptr) return cudaErrorInvalidValue;
  if (call.epilogue != Epilogue::SiluMul) {
    return context.matmul->multiply(call.out, call.epilogue == Epilogue::StoreF32, x, call.weight,
                                    call.num_tokens, call.epilogue == Epilogue::Residual,
                                    context.stream);
  }
  const CudaStatus status = context.matmul->multiply(workspace, false, x, call.weight,
                                                     call.num_tokens, false, context.stream);
  if (status != cudaSuccess) return status;
  const int64_t count = call.num_tokens * call.weight.rows / 2;
  LaunchShape shape;
  shape.grid = dim3(static_cast<unsigned>(
      std::clamp<int64_t>(count / 4 / 256, 1, static_cast<int64_t>(context.num_sms) * 16)));
  shape.threads = 256;
  return launch(context, silu_mul<T>, shape, static_cast<T*>(call.out),
                reinterpret_cast<const T*>(workspace), count);
}

}  // namespace

int clusters_of_four(const CudaContext& context) {
  if (context.compute_capability < 90) return 0;
  const auto kernel = stream_mma<__nv_bfloat16, 1, StreamKind::Four, false>;
  const int shared_bytes = context.max_shared_bytes - 2048;  // a multiprocessor to a block
  cudaLaunchAttribute attribute;
  attribute.id = cudaLaunchAttributeClusterDimension;
  attribute.val.clusterDim.x = 4;
  attribute.val.clusterDim.y = attribute.val.clusterDim.z = 1;
  cudaLaunchConfig_t config = {};
  config.gridDim = dim3(4);
  config.blockDim = dim3(kStreamThreads);
  config.dynamicSmemBytes = shared_bytes;
  config.attrs = &attribute;
  config.numAttrs = 1;
  int clusters = 0;
  if (cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared_bytes) !=
          cudaSuccess ||
      cudaOccupancyMaxActiveClusters(&clusters, kernel, &config) != cudaSuccess) {
    cudaGetLastError();
    return 0;
  }
  return clusters;
}

CudaStatus linear(const LinearCall& call, const CudaContext& context) {
  if (call.num_tokens == 0) return cudaSuccess;
  if (call.weight.cols % 8 != 0 ||
      call.weight.rows % (call.epilogue == Epilogue::SiluMul ? 8 : 1)) {
    return cudaErrorInvalidValue;
  }
  if (call.weight.dtype == DType::BF16) return linear_as<__nv_bfloat16>(call, context);
  if (call.weight.dtype == DType::F16) return linear_as<__half>(call, context);
  return cudaErrorInvalidValue;
}

int64_t linear_workspace_bytes(const WeightMatrix& weight, Epilogue epilogue, int64_t num_tokens) {
  const int64_t normed = (num_tokens * weight.cols * 2 + 255) / 256 * 256;
  return normed + (epilogue == Epilogue::SiluMul ? num_tokens * weight.rows * 2 : 0);
}

}  // namespace kernels::cuda
