// SPDX-License-Identifier: Apache-2.0
// One token of one sequence through all layers and the head, in one kernel (CUDA, compute
// capability 9.0 and up): the same mathematics as norm_qkv, attention, linear_residual,
// norm_gate_up, linear_residual for each layer and lm_head at the end, without borders between
// kernels at which memory would stand still.
//
//   in    hidden = the token's embedding, cos_sin of its position, keys and values of all earlier
//         positions in the cache
//   out   logits of the next token, hidden after the last layer, key and value of the token in the
//         cache (slot_mapping; nowhere when negative)
//
// Every multiprocessor runs one block to the end of the step, and the blocks wait for one another:
// all of them must be resident at once. The launch is cooperative, so the device refuses rather
// than hangs.
//
// Sums as in the ops, in an order that depends on the shapes, the context length and the device
// only: the same inputs give the same bits. The order differs from that of the ops.
#pragma once

#include "kernels/cuda_context.h"
#include "kernels/kv_cache.h"
#include "kernels/weight_layout.h"

namespace kernels {

constexpr int kMaxStepLayers = 96;

struct DecodeStepLayer {
  const void* qkv = nullptr;  // matrices as in weight_layout.h
  const void* output = nullptr;
  const void* gate_up = nullptr;
  const void* down = nullptr;
  const float* input_norm = nullptr;           // [hidden_size]
  const float* post_attention_norm = nullptr;  // [hidden_size]
  const float* q_norm = nullptr;               // [head_dim] or null
  const float* k_norm = nullptr;
};

// All pointers on the device but `layers`, which is read during the call only.
struct DecodeStepArgs {
  void* hidden = nullptr;   // [hidden_size]  dtype, in place
  float* logits = nullptr;  // [head.rows]
  const DecodeStepLayer* layers = nullptr;
  const float* final_norm = nullptr;      // [hidden_size]
  WeightMatrix head;                      // [vocab_size, hidden_size]
  KvCacheLayer cache;                     // of layer 0
  int64_t layer_stride = 0;               // elements from a layer of the cache to the next
  const float* cos_sin = nullptr;         // [head_dim]
  const int64_t* slot_mapping = nullptr;  // [1]
  const int32_t* context_lens = nullptr;  // [1]  the token included
  const int32_t* block_tables = nullptr;  // [blocks of the sequence]
  int64_t num_layers = 0, hidden_size = 0, intermediate_size = 0;
  int64_t num_heads = 0, num_kv_heads = 0, head_dim = 0;
  float eps = 1e-6f;
  float scale = 1;
  // decode_step_workspace_bytes(), zeroed once before the first call; calls leave it ready for the
  // next. Calls on the same workspace must not overlap.
  void* workspace = nullptr;
  DType dtype = DType::F32;
};

namespace cuda {
// Whether decode_step can do it: device, shapes (head_dim 128, at most 8 query heads a KV head,
// columns multiples of 8 and at most 10,240). Looks at sizes and dtype only.
bool decode_step_fits(const DecodeStepArgs& args, const CudaContext& context);
int64_t decode_step_workspace_bytes(const DecodeStepArgs& args, const CudaContext& context);

CudaStatus decode_step(const DecodeStepArgs& args, const CudaContext& context);
}  // namespace cuda

}  // namespace kernels
