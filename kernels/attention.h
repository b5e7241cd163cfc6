// SPDX-License-Identifier: Apache-2.0
// Second stage of a decoder layer: QK-norm, RoPE, write of K and V, paged causal attention over
// ragged sequences.
//
// For every new token t (position p of sequence s), d = head_dim, G = num_heads / num_kv_heads:
//   q, k, v   = the parts of qkv[t], per head
//   q[h]      = rms_norm(q[h], q_norm_weight, eps) over d; k likewise; skipped without weights
//   rotate    x'[i]       = x[i] * cos[i] - x[i + d/2] * sin[i]           i in [0, d / 2)
//             x'[i + d/2] = x[i + d/2] * cos[i] + x[i] * sin[i]
//             for every head of q and k, with cos and sin of cos_sin[t] (rope.h)
//   cache     K[slot_mapping[t]] = k', V[slot_mapping[t]] = v
// then, after every token of the batch is in the cache:
//   score[j]  = scale * dot(q'[h], K[j, h / G])    for j in 0 .. p through block_tables
//   out[t, h] = sum_j softmax(score)[j] * V[j, h / G]
// Norm, softmax and sums in float32.
//
// Order of summation (what makes the bits independent of batch, chunking and paging): keys are
// taken in tiles of kAttentionTile positions with an online softmax, tiles in splits of
// kAttentionSplit positions, both counted from position 0 of the sequence; splits are merged in
// ascending order. Never from the number of queries or threads.
//
// qkv is scratch: the q part holds q' afterwards. out must not overlap qkv. Slots of the batch are
// distinct and no other sequence reads them during the call. CPU: dtype and cache F32, head_dim
// even and <= kMaxCpuHeadDim, G <= kMaxCpuGroup. CUDA: pointers 16-byte aligned, head_dim 64 or
// 128.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"
#include "kernels/kv_cache.h"
#include "kernels/ragged_batch.h"

namespace kernels {

constexpr int64_t kAttentionTile = 64;
constexpr int64_t kAttentionSplit = 512;
constexpr int64_t kMaxCpuHeadDim = 256;
constexpr int64_t kMaxCpuGroup = 32;

struct AttentionArgs {
  void* out = nullptr;  // [num_tokens, num_heads * head_dim]  dtype
  void* qkv = nullptr;  // [num_tokens, (num_heads + 2 * num_kv_heads) * head_dim]  dtype
  const float* q_norm_weight = nullptr;  // [head_dim] or null
  const float* k_norm_weight = nullptr;  // [head_dim] or null
  const float* cos_sin = nullptr;        // [num_tokens, head_dim]  of the batch's positions
  KvCacheLayer cache;                    // read and written
  RaggedBatch batch;
  int64_t num_heads = 0;  // a multiple of num_kv_heads
  int64_t num_kv_heads = 0;
  int64_t head_dim = 0;
  float eps = 1e-6f;
  float scale = 1;  // 1 / sqrt(head_dim)
  // CUDA: a bound of context_lens known to the host; the number of splits follows it.
  int64_t max_context_len = 0;
  void* workspace = nullptr;  // partial results of splits; not preserved
  // Any size is correct; cpu::attention_workspace_bytes() lets one long context use all threads.
  int64_t workspace_bytes = 0;
  DType dtype = DType::F32;
};

namespace cpu {
void attention(const AttentionArgs& args, const CpuContext& context);

// Enough for batches of few sequences with contexts up to max_context tokens to spread over
// num_threads.
int64_t attention_workspace_bytes(int64_t max_context, int64_t num_heads, int64_t head_dim,
                                  int num_threads);
}  // namespace cpu

namespace cuda {
// G <= 128, block_size >= 8, cache of the same dtype or F8_E4M3. With the latter, K and V are
// rounded once to e4m3 where they are written (kv_cache.h), new tokens attend to what was written,
// and the products run in f16: q' and probabilities are rounded to f16 (q' beyond 65,504 saturates;
// the q part of qkv holds f16 afterwards), keys and values are f16 exactly, sums float32.
// Tokens with a negative slot are padding: their K and V are written nowhere; a sequence with
// context_len 0 is padding: its output is left alone.
// Splits follow max_context_len, the number of sequences and the device; they are shares of the
// sequence, merged in ascending order. With context.batch_invariant they lie at fixed positions
// (kernels/cuda/attention.h), whatever the batch, and as many tokens are computed at once as
// workspace_bytes allows; cudaErrorInvalidValue when that is none. Else, in a batch of single-token
// sequences with programmatic_launch, keys and values of earlier tokens are read ahead of the kernel
// before this op: whoever wrote them must be complete when that kernel starts (true between two
// passes).
CudaStatus attention(const AttentionArgs& args, const CudaContext& context);

// Enough for every choice of splits; less is correct, with fewer splits.
int64_t attention_workspace_bytes(int64_t max_tokens, int64_t max_seqs, int64_t num_heads,
                                  int64_t head_dim, const CudaContext& context);
}  // namespace cuda

}  // namespace kernels
