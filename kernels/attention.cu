// SPDX-License-Identifier: Apache-2.0
#include "kernels/attention.h"

#include <algorithm>
#include <cmath>

#include "kernels/cuda/attention_decode.cuh"
#include "kernels/cuda/attention_prefill.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

namespace {

constexpr int kMaxSplits = 64;
constexpr int kMergeThreads = 128;

// One warp a (token, head): QK-norm and rotation in place for q, into the cache for k; v is copied.
template <typename T, int D, typename C>
__global__ void __launch_bounds__(256) attention_prepare(const AttentionParams p) {
  launch_dependents();
  wait_for_predecessor();
  const int all_heads = p.heads + 2 * p.kv_heads, lane = threadIdx.x % 32;
  const int64_t item = static_cast<int64_t>(blockIdx.x) * 8 + threadIdx.x / 32;
  const int64_t token = item / all_heads;
  const int head = static_cast<int>(item % all_heads);
  if (token >= p.num_tokens) return;
  T* row = static_cast<T*>(p.qkv) + item * D;
  const float* cos_sin = p.cos_sin + token * D;
  if (head < p.heads) {
    prepare_head<D>(reinterpret_cast<MathType<T, C>*>(row), row, p.q_norm_weight, cos_sin, p.eps,
                    lane);
    return;
  }
  const bool value = head >= p.heads + p.kv_heads;
  const int kv_head = (head - p.heads) % p.kv_heads;
  const int64_t slot = p.slot_mapping[token];
  if (slot < 0) return;
  const int64_t block_size = int64_t{1} << p.block_shift;
  C* target = static_cast<C*>(p.cache) + (slot >> p.block_shift) * p.block_stride +
              (kv_head * block_size + (slot & (block_size - 1))) * D + (value ? p.value_offset : 0);
  prepare_head<D>(target, row, value ? nullptr : p.k_norm_weight, value ? nullptr : cos_sin, p.eps,
                  lane);
}

// One block a (row, head): the splits' partial results, four groups of splits side by side, then
// the groups in order. decode: rows are sequences with one new token, else tokens of the others.
template <typename T, int D>
__global__ void __launch_bounds__(kMergeThreads)
    attention_merge(const AttentionParams p, bool decode) {
  constexpr int kLanes = D / 4, kGroups = kMergeThreads / kLanes;
  __shared__ float weights[kMaxSplits];
  __shared__ float4 sums[kGroups][kLanes];
  launch_dependents();
  wait_for_predecessor();
  const int row = blockIdx.x, head = blockIdx.y;
  int64_t token = row;
  if (decode) {
    token = p.cu_seqlens_q[row];
    if (p.cu_seqlens_q[row + 1] - token != 1 || p.context_lens[row] < 1) return;
  } else {
    token += p.first_token;
    int s = 0;
    while (s + 1 < p.num_seqs && p.cu_seqlens_q[s + 1] <= token) ++s;
    if (!prefill_takes(p, s)) return;
  }
  const int64_t first = static_cast<int64_t>(row) * p.heads + head;
  const int64_t stride = static_cast<int64_t>(p.partial_rows) * p.heads;
  if (threadIdx.x < 32) {  // kMaxSplits = two a lane
    float m[2], l[2], top = -INFINITY;
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const int s = threadIdx.x + 32 * i;
      const bool there = s < p.splits;
      m[i] = there ? __ldcg(p.partial_ml + (first + s * stride) * 2) : -INFINITY;
      l[i] = there ? __ldcg(p.partial_ml + (first + s * stride) * 2 + 1) : 0.0f;
      top = fmaxf(top, m[i]);
    }
    for (int offset = 16; offset > 0; offset /= 2) {
      top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, offset));
    }
    float length = 0;
#pragma unroll
    for (int i = 0; i < 2; ++i) length += exp2f(m[i] - top) * l[i];
    length = warp_sum(length);
#pragma unroll
    for (int i = 0; i < 2; ++i) weights[threadIdx.x + 32 * i] = exp2f(m[i] - top) / length;
  }
  __syncthreads();
  const int lane = threadIdx.x % kLanes, group = threadIdx.x / kLanes;
  float4 sum = make_float4(0, 0, 0, 0);
#pragma unroll 8
  for (int s = group; s < p.splits; s += kGroups) {
    const float weight = weights[s];
    if (weight == 0.0f) continue;
    const float4 v =
        __ldcg(reinterpret_cast<const float4*>(p.partial_out + (first + s * stride) * D) + lane);
    sum.x += weight * v.x;
    sum.y += weight * v.y;
    sum.z += weight * v.z;
    sum.w += weight * v.w;
  }
  sums[group][lane] = sum;
  __syncthreads();
  if (group != 0) return;
  for (int g = 1; g < kGroups; ++g) {
    sum.x += sums[g][lane].x;
    sum.y += sums[g][lane].y;
    sum.z += sums[g][lane].z;
    sum.w += sums[g][lane].w;
  }
  T* out = static_cast<T*>(p.out) + (token * p.heads + head) * D + lane * 4;
  *reinterpret_cast<uint2*>(out) =
      make_uint2(Elem<T>::pack(sum.x, sum.y), Elem<T>::pack(sum.z, sum.w));
}

constexpr int64_t kLongContext = 16384;

// Blocks for each multiprocessor: one, two where few of them read much.
int64_t choose_rounds(int64_t blocks, int64_t max_context) {
  constexpr int64_t kFewBlocks = 16;
  return max_context > kLongContext && blocks <= kFewBlocks ? 2 : 1;
}

// Decoding over e4m3, a warp computes as much a key and reads half: only more warps keep memory
// busy, and up to three blocks fit.
int64_t decode_rounds_e4m3(int64_t max_context) {
  constexpr int64_t kMiddleContext = 4096;
  return max_context > kLongContext ? 3 : max_context > kMiddleContext ? 2 : 1;
}

// How the keys are shared out: enough blocks to fill the card `rounds` times, not less than `tile`
// keys each.
int choose_splits(int64_t blocks, int64_t rounds, int64_t max_context, int64_t tile,
                  const CudaContext& context) {
  const int64_t wanted = rounds * context.num_sms / std::max<int64_t>(blocks, 1);
  const int64_t useful = (max_context + tile - 1) / tile;
  return static_cast<int>(std::clamp<int64_t>(std::min(wanted, useful), 1, kMaxSplits));
}

struct SplitPlan {
  int decode = 1, prefill = 1;
  int64_t decode_bytes = 0, prefill_bytes = 0;
};

SplitPlan plan_splits(const AttentionArgs& args, const CudaContext& context) {
  SplitPlan plan;
  const RaggedBatch& batch = args.batch;
  const int64_t max_context = args.max_context_len > 0 ? args.max_context_len : 1;
  const int64_t row_bytes = args.num_heads * (args.head_dim + 2) * 4;
  const int64_t blocks = batch.num_seqs * args.num_kv_heads;
  const int64_t rounds = args.cache.dtype == DType::F8_E4M3 ? decode_rounds_e4m3(max_context)
                                                            : choose_rounds(blocks, max_context);
  plan.decode = choose_splits(blocks, rounds, max_context, 64, context);
  // Up to here a cluster merges the splits (a power of two of them); above, a kernel of its own.
  constexpr int64_t kClusterContext = 4096;
  if (plan.decode > 1 && (max_context <= kClusterContext || plan.decode < 2 * kMaxClusterSplits)) {
    int power = 1;
    while (power * 2 <= plan.decode && power < kMaxClusterSplits) power *= 2;
    // Fours that do not all fit the card at once start late: 4 sequences of 576 tokens took 18.6 us
    // a layer in fours, 16.6 in pairs.
    if (power == 4 && max_context <= kClusterContext && context.compute_capability >= 90 &&
        batch.num_seqs * args.num_kv_heads > context.clusters_of_four) {
      power = 2;
    }
    plan.decode = power;
  }
  if (batch.num_tokens > batch.num_seqs) {
    const int64_t group = args.num_heads / args.num_kv_heads;
    const int64_t tiles = (batch.num_tokens + kPrefillRows / group - 1) / (kPrefillRows / group);
    const int64_t tile_blocks = tiles * args.num_kv_heads;
    plan.prefill = choose_splits(tile_blocks, choose_rounds(tile_blocks, max_context), max_context,
                                 512, context);
  }
  const bool merged =
      plan.decode > 1 && (plan.decode > kMaxClusterSplits || context.compute_capability < 90);
  plan.decode_bytes = merged ? plan.decode * batch.num_seqs * row_bytes : 0;
  plan.prefill_bytes = plan.prefill > 1 ? plan.prefill * batch.num_tokens * row_bytes : 0;
  // What does not fit the workspace is computed with fewer splits: slower, never wrong.
  while (plan.decode > 1 && plan.decode_bytes > args.workspace_bytes) {
    plan.decode = 1;
    plan.decode_bytes = 0;
  }
  while (plan.prefill > 1 && plan.decode_bytes + plan.prefill_bytes > args.workspace_bytes) {
    --plan.prefill;
    plan.prefill_bytes = plan.prefill > 1 ? plan.prefill * batch.num_tokens * row_bytes : 0;
  }
  return plan;
}

template <typename T, int D>
CudaStatus merge(const AttentionParams& p, bool decode, const CudaContext& context) {
  LaunchShape shape;
  shape.grid = dim3(p.partial_rows, p.heads);
  shape.threads = kMergeThreads;
  return launch(context, attention_merge<T, D>, shape, p, decode);
}

template <typename T, int D, typename C>
CudaStatus run_decode(AttentionParams p, const SplitPlan& plan, const CudaContext& context) {
  p.splits = plan.decode;
  p.partial_rows = p.num_seqs;
  p.partial_ml = p.partial_out + static_cast<int64_t>(p.splits) * p.num_seqs * p.heads * D;
  p.cluster = plan.decode > 1 && plan.decode_bytes == 0 ? plan.decode : 1;
  LaunchShape shape;
  const int parts = (p.group + kDecodeRows - 1) / kDecodeRows;
  shape.grid = dim3(p.splits, p.kv_heads * parts, p.num_seqs);
  shape.threads = kDecodeWarps * 32;
  shape.cluster = p.cluster;
  constexpr int kStaticBytes = 1024;
  const int cluster_bytes =
      p.cluster > 1 ? decode_cluster_bytes(std::min(p.group, kDecodeRows) * D, p.splits) : 0;
  shape.shared_bytes = DecodeShape<C, D>::kSharedBytes + cluster_bytes;
  CudaStatus status = cudaSuccess;
  if (shape.shared_bytes + kStaticBytes <= context.max_shared_bytes) {
    status = launch(context, attention_decode<T, D, C>, shape, p);
  } else {
    constexpr int kFew = D == 128 && sizeof(C) == 2 ? 2 : DecodeShape<C, D>::kStages;
    shape.shared_bytes = DecodeShape<C, D, kFew>::kSharedBytes + cluster_bytes;
    status = launch(context, attention_decode<T, D, C, kFew>, shape, p);
  }
  if (status != cudaSuccess || plan.decode_bytes == 0) return status;
  return merge<T, D>(p, true, context);
}

// Tokens [p.first_token, p.end_token) in p.splits splits.
template <typename T, int D, typename C>
CudaStatus run_prefill(AttentionParams p, const CudaContext& context) {
  p.cluster = 1;
  p.partial_rows = p.end_token - p.first_token;
  p.partial_ml = p.partial_out + static_cast<int64_t>(p.splits) * p.partial_rows * p.heads * D;
  bool fits = false;
  CudaStatus status = cudaSuccess;
  if constexpr (D == 128) {
    constexpr DType kType = __is_same(T, __half) ? DType::F16 : DType::BF16;
    status = kIsE4m3<C> ? run_prefill_sm90_e4m3(p, kType, context, &fits)
                        : run_prefill_sm90(p, kType, context, &fits);
  }
  if (!fits) {
    const int tile_tokens = kPrefillRows / p.group;
    LaunchShape shape;
    shape.grid =
        dim3((p.num_tokens + tile_tokens - 1) / tile_tokens + p.num_seqs, p.kv_heads, p.splits);
    shape.threads = kPrefillThreads;
    shape.shared_bytes = PrefillShape<C, D>::kSharedBytes;
    status = launch(context, attention_prefill<T, D, C>, shape, p);
  }
  if (status != cudaSuccess || p.splits == 1) return status;
  return merge<T, D>(p, false, context);
}

template <typename T, int D, typename C>
CudaStatus run_prepare(const AttentionParams& p, const CudaContext& context) {
  LaunchShape shape;
  const int64_t items = static_cast<int64_t>(p.num_tokens) * (p.heads + 2 * p.kv_heads);
  shape.grid = dim3(static_cast<unsigned>((items + 7) / 8));
  shape.threads = 256;
  return launch(context, attention_prepare<T, D, C>, shape, p);
}

// Every sequence through the prefill kernel, with splits at fixed positions: as many tokens at once
// as the workspace has room for partial results.
template <typename T, int D, typename C>
CudaStatus run_invariant(const AttentionArgs& args, AttentionParams p, const CudaContext& context) {
  p.invariant = p.prepared = true;
  p.partial_out = static_cast<float*>(args.workspace);
  p.splits = 1;
  while (fixed_split_begin(p.splits) < args.max_context_len) ++p.splits;
  int64_t at_once = p.num_tokens;
  if (p.splits > 1) {
    const int64_t row_bytes = int64_t{4} * p.splits * p.heads * (D + 2);
    at_once = std::min(at_once, args.workspace_bytes / row_bytes);
  }
  if (at_once < 1) return cudaErrorInvalidValue;
  CudaStatus status = run_prepare<T, D, C>(p, context);
  for (int64_t first = 0; first < p.num_tokens && status == cudaSuccess; first += at_once) {
    p.first_token = static_cast<int>(first);
    p.end_token = static_cast<int>(std::min<int64_t>(first + at_once, p.num_tokens));
    status = run_prefill<T, D, C>(p, context);
  }
  return status;
}

template <typename T, int D, typename C>
CudaStatus attention_with(const AttentionArgs& args, AttentionParams p,
                          const CudaContext& context) {
  if (context.batch_invariant) return run_invariant<T, D, C>(args, p, context);
  const SplitPlan plan = plan_splits(args, context);
  float* workspace = static_cast<float*>(args.workspace);
  p.prepared = p.num_tokens > p.num_seqs;
  if (p.prepared) {
    CudaStatus status = run_prepare<T, D, C>(p, context);
    if (status != cudaSuccess) return status;
    p.partial_out = workspace + plan.decode_bytes / 4;
    p.splits = plan.prefill;
    p.end_token = p.num_tokens;
    status = run_prefill<T, D, C>(p, context);
    if (status != cudaSuccess || p.num_seqs == 1) return status;
  }
  p.partial_out = workspace;
  return run_decode<T, D, C>(p, plan, context);
}

template <typename T, int D>
CudaStatus attention_as(const AttentionArgs& args, const AttentionParams& p,
                        const CudaContext& context) {
  return args.cache.dtype == DType::F8_E4M3 ? attention_with<T, D, E4m3>(args, p, context)
                                            : attention_with<T, D, T>(args, p, context);
}

}  // namespace

CudaStatus attention(const AttentionArgs& args, const CudaContext& context) {
  if (args.batch.num_tokens == 0) return cudaSuccess;
  const int64_t block_size = args.cache.block_size;
  if (args.num_kv_heads <= 0 || args.num_heads % args.num_kv_heads != 0 ||
      args.num_heads / args.num_kv_heads > kPrefillRows ||
      (args.cache.dtype != args.dtype && args.cache.dtype != DType::F8_E4M3) || block_size < 8 ||
      (block_size & (block_size - 1)) != 0) {
    return cudaErrorInvalidValue;
  }
  AttentionParams p = {};
  p.out = args.out;
  p.qkv = args.qkv;
  p.q_norm_weight = args.q_norm_weight;
  p.k_norm_weight = args.k_norm_weight;
  p.cos_sin = args.cos_sin;
  p.cache = args.cache.data;
  p.block_stride = args.cache.block_stride;
  p.value_offset = args.cache.value_offset;
  p.num_blocks = args.cache.num_blocks;
  while ((int64_t{1} << p.block_shift) < block_size) ++p.block_shift;
  p.slot_mapping = args.batch.slot_mapping;
  p.cu_seqlens_q = args.batch.cu_seqlens_q;
  p.context_lens = args.batch.context_lens;
  p.block_tables = args.batch.block_tables;
  p.max_blocks = static_cast<int>(args.batch.max_blocks_per_seq);
  p.num_tokens = static_cast<int>(args.batch.num_tokens);
  p.num_seqs = static_cast<int>(args.batch.num_seqs);
  p.heads = static_cast<int>(args.num_heads);
  p.kv_heads = static_cast<int>(args.num_kv_heads);
  p.group = p.heads / p.kv_heads;
  p.eps = args.eps;
  p.scale_log2 = args.scale * static_cast<float>(M_LOG2E);
  const bool bf16 = args.dtype == DType::BF16;
  if (!bf16 && args.dtype != DType::F16) return cudaErrorInvalidValue;
  if (args.head_dim == 128) {
    return bf16 ? attention_as<__nv_bfloat16, 128>(args, p, context)
                : attention_as<__half, 128>(args, p, context);
  }
  if (args.head_dim == 64) {
    return bf16 ? attention_as<__nv_bfloat16, 64>(args, p, context)
                : attention_as<__half, 64>(args, p, context);
  }
  return cudaErrorInvalidValue;
}

int64_t attention_workspace_bytes(int64_t max_tokens, int64_t max_seqs, int64_t num_heads,
                                  int64_t head_dim, const CudaContext& context) {
  const int64_t row_bytes = num_heads * (head_dim + 2) * 4;
  const int64_t decode =
      kMaxSplits * std::min<int64_t>(max_seqs, 4 * context.num_sms / 16 + 1) * row_bytes;
  const int64_t prefill = std::min<int64_t>(max_tokens, 512) * kMaxSplits / 2 * row_bytes;
  return decode + prefill;
}

}  // namespace kernels::cuda
