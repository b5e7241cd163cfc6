// SPDX-License-Identifier: Apache-2.0
// What the attention kernels share: their parameters, and how keys are shared out to splits.
#pragma once

#include <cstdint>

#include "kernels/cuda_context.h"
#include "kernels/dtype.h"

namespace kernels::cuda {

struct AttentionParams {
  void* out;                   // [num_tokens, heads * D]
  void* qkv;                   // [num_tokens, (heads + 2 * kv_heads) * D]  q as prepared: in f16 if
                               // the cache is e4m3
  const float* q_norm_weight;  // null: none
  const float* k_norm_weight;
  const float* cos_sin;                // [num_tokens, D]
  void* cache;                         // KvCacheLayer::data
  int64_t block_stride, value_offset;  // elements
  int64_t num_blocks;
  int block_shift;              // log2 of the block size
  const int64_t* slot_mapping;  // negative: the token is padding and is written nowhere
  const int32_t* cu_seqlens_q;
  const int32_t* context_lens;
  const int32_t* block_tables;
  int max_blocks;
  int num_tokens, num_seqs;
  int heads, kv_heads, group;  // group = heads / kv_heads
  float eps;
  float scale_log2;  // softmax scale times log2(e)
  // Partial results when splits > 1 and they are not merged inside a cluster.
  float* partial_out;  // [splits, rows, heads, D]  relative to the maximum of the split
  float* partial_ml;   // [splits, rows, heads, 2]  maximum (in log2 units) and sum
  int partial_rows;    // sequences (decode) or tokens (prefill)
  int splits;
  int cluster;  // blocks that merge through shared memory; 1: none
  // The prefill kernels: tokens whose results are written; partial results begin with the first.
  int first_token, end_token;
  bool invariant;  // fixed_split_range(), and sequences with one new token are taken, too
  bool prepared;   // q and the cache hold the new tokens already
};

// Keys [begin, end) of split `index`: equal shares, rounded up to whole tiles. Depends on the
// context and the number of splits only.
struct KeyRange {
  int begin, end;
};

template <int kTile>
#if defined(__CUDACC__)
__host__ __device__
#endif
    inline KeyRange
    split_range(int context, int splits, int index) {
  const int share = ((context + splits - 1) / splits + kTile - 1) / kTile * kTile;
  const int begin = share * index, end = begin + share;
  return {begin < context ? begin : context, end < context ? end : context};
}

// The same where splits must depend on the position alone: 16 splits each of 2,048, 4,096, 8,192
// and 32,768 keys; the last one takes all that follow. Short splits fill the card with one
// sequence, long ones keep the partial results of a long prompt small.
constexpr int kFixedSplits = 64;
constexpr int kFixedSplitKeys = 2048;

#if defined(__CUDACC__)
__host__ __device__
#endif
    inline int
    fixed_split_begin(int index) {
  if (index >= kFixedSplits) return INT32_MAX;
  const int units = index < 16   ? index
                    : index < 32 ? 16 + 2 * (index - 16)
                    : index < 48 ? 48 + 4 * (index - 32)
                                 : 112 + 16 * (index - 48);
  return units * kFixedSplitKeys;
}

#if defined(__CUDACC__)
__host__ __device__
#endif
    inline KeyRange
    fixed_split_range(int context, int index) {
  const int begin = fixed_split_begin(index), end = fixed_split_begin(index + 1);
  return {begin < context ? begin : context, end < context ? end : context};
}

// attention_prefill_sm90.cuh for all of p.splits, head_dim 128. `fits` is false when the device is
// another or cannot: nothing was launched.
CudaStatus run_prefill_sm90(const AttentionParams& p, DType dtype, const CudaContext& context,
                            bool* fits);

// The same over a cache of e4m3 (attention_prefill_sm90_e4m3.cuh); dtype is that of the output.
CudaStatus run_prefill_sm90_e4m3(const AttentionParams& p, DType dtype, const CudaContext& context,
                                 bool* fits);

}  // namespace kernels::cuda
