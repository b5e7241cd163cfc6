// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/attention_prefill_sm90.cuh"
#include "kernels/cuda/attention_prefill_sm90_e4m3.cuh"

#include <algorithm>

#include "kernels/cuda/launch.h"
#include "kernels/cuda/tensor_map.h"

namespace kernels::cuda {

namespace {

bool encode_queries(const AttentionParams& p, DType dtype, CUtensorMap* q) {
  const uint64_t all_heads = static_cast<uint64_t>(p.heads) + 2 * static_cast<uint64_t>(p.kv_heads);
  TensorShape queries;
  queries.rank = 3;
  queries.dims[0] = 128;
  queries.dims[1] = all_heads;
  queries.dims[2] = static_cast<uint64_t>(p.num_tokens);
  queries.strides[0] = 256;
  queries.strides[1] = all_heads * 256;
  queries.box[0] = 64;
  queries.box[1] = static_cast<uint32_t>(p.group);
  queries.box[2] = static_cast<uint32_t>(kPrefillRows / p.group);
  return encode_tensor_map(q, dtype, p.qkv, queries);
}

bool encode_cache(const AttentionParams& p, DType dtype, CUtensorMap* k, CUtensorMap* v) {
  const uint64_t block_size = uint64_t{1} << p.block_shift;
  TensorShape cache;
  cache.rank = 4;
  cache.dims[0] = 128;
  cache.dims[1] = block_size;
  cache.dims[2] = static_cast<uint64_t>(p.kv_heads);
  cache.dims[3] = static_cast<uint64_t>(p.num_blocks);
  cache.strides[0] = 256;
  cache.strides[1] = block_size * 256;
  cache.strides[2] = static_cast<uint64_t>(p.block_stride) * 2;
  cache.box[0] = 64;
  cache.box[1] = static_cast<uint32_t>(std::min<uint64_t>(block_size, kWideKeys));
  cache.box[2] = cache.box[3] = 1;
  return encode_tensor_map(k, dtype, p.cache, cache) &&
         encode_tensor_map(v, dtype, static_cast<const char*>(p.cache) + p.value_offset * 2, cache);
}

LaunchShape shape_of(const AttentionParams& p, int shared_bytes) {
  const int tile_tokens = kPrefillRows / p.group;
  LaunchShape shape;
  shape.grid =
      dim3((p.num_tokens + tile_tokens - 1) / tile_tokens + p.num_seqs, p.kv_heads, p.splits);
  shape.threads = kWideThreads;
  shape.shared_bytes = shared_bytes;
  return shape;
}

bool device_fits(const CudaContext& context, int shared_bytes) {
  constexpr int kStaticBytes = 256;  // at most
  return context.compute_capability == 90 &&
         context.max_shared_bytes >= shared_bytes + kStaticBytes;
}

template <typename T>
CudaStatus run(const AttentionParams& p, DType dtype, const CudaContext& context, bool* fits) {
  CUtensorMap q = {}, k = {}, v = {};
  *fits = encode_queries(p, dtype, &q) && encode_cache(p, dtype, &k, &v);
  if (!*fits) return cudaSuccess;
  return launch(context, attention_prefill_sm90<T>, shape_of(p, kWideSharedBytes), q, k, v, p);
}

template <typename T>
CudaStatus run_e4m3(const AttentionParams& p, const CudaContext& context, bool* fits) {
  CUtensorMap q = {};
  *fits = encode_queries(p, DType::F16, &q);
  if (!*fits) return cudaSuccess;
  return launch(context, attention_prefill_sm90_e4m3<T>, shape_of(p, kWideE4m3SharedBytes), q, p);
}

}  // namespace

CudaStatus run_prefill_sm90(const AttentionParams& p, DType dtype, const CudaContext& context,
                            bool* fits) {
  *fits = device_fits(context, kWideSharedBytes);
  if (!*fits) return cudaSuccess;
  return dtype == DType::BF16 ? run<__nv_bfloat16>(p, dtype, context, fits)
                              : run<__half>(p, dtype, context, fits);
}

CudaStatus run_prefill_sm90_e4m3(const AttentionParams& p, DType dtype, const CudaContext& context,
                                 bool* fits) {
  *fits = device_fits(context, kWideE4m3SharedBytes);
  if (!*fits) return cudaSuccess;
  return dtype == DType::BF16 ? run_e4m3<__nv_bfloat16>(p, context, fits)
                              : run_e4m3<__half>(p, context, fits);
}

}  // namespace kernels::cuda
