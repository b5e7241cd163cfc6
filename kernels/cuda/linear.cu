// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/linear.h"

#include <algorithm>

#include "kernels/cuda/launch.h"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda/skinny_mma.cuh"
#include "kernels/cuda/stream_gemv.cuh"

namespace kernels::cuda {

namespace {

constexpr int kNormThreads = 256;

// One block a token: y[t] = rms_norm(x[rows[t]]), or a plain gather without a norm weight.
template <typename T>
__global__ void __launch_bounds__(kNormThreads)
    norm_rows(T* y, const T* x, const int32_t* rows, const float* norm_weight, int cols, float eps) {
  __shared__ float scratch[kNormThreads / 32];
  launch_dependents();
  wait_for_predecessor();
  const int64_t token = blockIdx.x;
  const uint4* source = reinterpret_cast<const uint4*>(x + (rows ? rows[token] : token) * cols);
  uint4* target = reinterpret_cast<uint4*>(y + token * cols);
  float squares = 0;
  for (int c = threadIdx.x; c < cols / 8; c += kNormThreads) {
    const uint4 v = load_activation_16(source + c);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float low = Elem<T>::low(words[i]), high = Elem<T>::high(words[i]);
      squares += low * low + high * high;
    }
  }
  const float sum = block_sum(squares, scratch, kNormThreads / 32);
  const float scale = rsqrtf(sum / cols + eps);
  for (int c = threadIdx.x; c < cols / 8; c += kNormThreads) {
    const uint4 v = load_activation_16(source + c);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
    uint32_t result[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      result[i] = words[i];
      if (norm_weight != nullptr) {
        const float* w = norm_weight + 8 * c + 2 * i;
        result[i] = Elem<T>::pack(Elem<T>::round(Elem<T>::low(words[i]) * scale) * w[0],
                                  Elem<T>::round(Elem<T>::high(words[i]) * scale) * w[1]);
      }
    }
    target[c] = make_uint4(result[0], result[1], result[2], result[3]);
  }
}

// out[t, i] = silu(gate_up[t, 2i]) * gate_up[t, 2i + 1]
template <typename T>
__global__ void __launch_bounds__(256) silu_mul(T* out, const T* gate_up, int64_t count) {
  launch_dependents();
  wait_for_predecessor();
  const int64_t stride = static_cast<int64_t>(gridDim.x) * 256;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * 256 + threadIdx.x; i < count / 4; i += stride) {
    const uint4 v = load_activation_16(reinterpret_cast<const uint4*>(gate_up) + i);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
    float y[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) y[j] = silu(Elem<T>::low(words[j])) * Elem<T>::high(words[j]);
    reinterpret_cast<uint2*>(out)[i] =
        make_uint2(Elem<T>::pack(y[0], y[1]), Elem<T>::pack(y[2], y[3]));
  }
}

bool gemv_fits(const LinearCall& call, const CudaContext& context) {
  return context.compute_capability >= 90 && call.num_tokens <= kMaxGemvTokens &&
         call.weight.cols % 8 == 0 &&
         gemv_shared_bytes(call.weight.cols, call.num_tokens > 2 ? 4 : 2) <=
             context.max_shared_bytes - 1024;
}

template <typename T>
CudaStatus run_gemv(const LinearCall& call, const CudaContext& context) {
  const WeightMatrix& weight = call.weight;
  GemvParams p = {};
  p.weight = static_cast<const unsigned char*>(weight.data);
  p.x = call.x;
  p.rows = call.rows;
  p.norm_weight = call.norm_weight;
  p.out = call.out;
  p.eps = call.eps;
  p.num_tokens = static_cast<int>(call.num_tokens);
  p.num_rows = static_cast<int>(weight.rows);
  p.cols = static_cast<int>(weight.cols);
  p.epilogue = call.epilogue;
  p.piece_rows = weight.cols * 4 <= kGemvSlotBytes ? 2 : 1;
  p.group_rows = call.epilogue == Epilogue::SiluMul ? 2 : p.piece_rows;
  p.parts = 1;
  while (weight.cols % (p.parts * 8) != 0 || weight.cols / p.parts * 2 > kGemvSlotBytes) ++p.parts;
  p.num_groups = (p.num_rows + p.group_rows - 1) / p.group_rows;
  LaunchShape shape;
  shape.grid = dim3(std::min(context.num_sms, p.num_groups));
  shape.threads = kGemvThreads;
  const int tokens = call.num_tokens > 2 ? 4 : static_cast<int>(call.num_tokens);
  shape.shared_bytes = gemv_shared_bytes(weight.cols, tokens);
  if (tokens == 1) return launch(context, stream_gemv<T, 1>, shape, p);
  if (tokens == 2) return launch(context, stream_gemv<T, 2>, shape, p);
  return launch(context, stream_gemv<T, 4>, shape, p);
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
  const CudaStatus status =
      run_skinny_as<T, kTokenTiles, kRowWarps, kDeep>(p, context, fits);
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

template <typename T>
CudaStatus linear_as(const LinearCall& call, const CudaContext& context) {
  if (gemv_fits(call, context)) return run_gemv<T>(call, context);
  const int cols = static_cast<int>(call.weight.cols);
  const void* x = call.x;
  char* workspace = static_cast<char*>(call.workspace);
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
  if (call.num_tokens <= kMaxSkinnyTokens) {
    bool fits = false;
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

CudaStatus linear(const LinearCall& call, const CudaContext& context) {
  if (call.num_tokens == 0) return cudaSuccess;
  if (call.weight.cols % 8 != 0 || call.weight.rows % (call.epilogue == Epilogue::SiluMul ? 8 : 1)) {
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
