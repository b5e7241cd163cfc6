// SPDX-License-Identifier: Apache-2.0
#include "kernels/decode_step.h"

#include <algorithm>
#include <cmath>

#include "kernels/cuda/decode_step.cuh"
#include "kernels/cuda/launch.h"

namespace kernels::cuda {

namespace {

constexpr int64_t kEpochBytes = 256;

// Cuts rows into the fewest pieces that fit a slot. False when they cannot be cut evenly.
bool cut(StepMatrix* matrix, int64_t rows, int64_t cols, int group_rows) {
  matrix->group_rows = group_rows;
  matrix->groups = static_cast<int>(rows / group_rows);
  matrix->cols = static_cast<int>(cols);
  if (rows % group_rows != 0 || cols % 8 != 0 || cols > kGemvMaxCols || cols < 8) return false;
  for (matrix->parts = 1; matrix->parts * 8 <= cols; ++matrix->parts) {
    if (cols % (matrix->parts * 8) == 0 && cols / matrix->parts * 2 <= kGemvPieceBytes) return true;
  }
  return false;
}

// Shared memory of a block besides the slots.
int other_bytes(const DecodeStepArgs& args) {
  const int64_t cols =
      std::max({args.hidden_size, args.num_heads * args.head_dim, args.intermediate_size});
  const int64_t group = args.num_heads / args.num_kv_heads;
  return static_cast<int>(
      std::max<int64_t>(cols * 2, step_attention_bytes(static_cast<int>(group))));
}

// Matrices and slots. False when the shapes or the device do not allow it.
bool plan(const DecodeStepArgs& args, const CudaContext& context, StepParams* p) {
  if (context.compute_capability < 90 || args.head_dim != 128 || args.num_kv_heads <= 0 ||
      args.num_heads % args.num_kv_heads != 0 ||
      args.num_heads / args.num_kv_heads > kStepMaxGroup || args.num_kv_heads > context.num_sms ||
      args.num_layers < 1 || args.num_layers > kMaxStepLayers || args.dtype == DType::F32) {
    return false;
  }
  const int64_t q_size = args.num_heads * args.head_dim;
  const int64_t qkv_size = q_size + 2 * args.num_kv_heads * args.head_dim;
  if (!cut(&p->matrices[kStepQkv], qkv_size, args.hidden_size, 1) ||
      !cut(&p->matrices[kStepOutput], args.hidden_size, q_size, 1) ||
      !cut(&p->matrices[kStepGateUp], 2 * args.intermediate_size, args.hidden_size, 2) ||
      !cut(&p->matrices[kStepDown], args.hidden_size, args.intermediate_size, 1) ||
      !cut(&p->matrices[kStepHead], args.head.rows, args.hidden_size, 1)) {
    return false;
  }
  int piece = 0;
  for (const StepMatrix& matrix : p->matrices) {
    piece = std::max(piece, matrix.cols / matrix.parts * 2);
  }
  constexpr int kStatic = 1536;
  p->slot_bytes = (piece + 127) / 128 * 128;
  p->slots = (context.max_shared_bytes - kStatic - other_bytes(args)) / kGemvWarps / p->slot_bytes;
  p->slots = std::min(p->slots, kStepMaxSlots);
  return p->slots >= 2;
}

// Where the words of a step lie behind the epoch.
int64_t word_count(const DecodeStepArgs& args) {
  return (2 * args.num_heads + 2 * args.num_kv_heads) * args.head_dim + 2 * args.hidden_size +
         args.intermediate_size;
}

}  // namespace

bool decode_step_fits(const DecodeStepArgs& args, const CudaContext& context) {
  StepParams p;
  return plan(args, context, &p);
}

int64_t decode_step_workspace_bytes(const DecodeStepArgs& args, const CudaContext&) {
  return kEpochBytes + word_count(args) * 4 +
         kStepMaxSplits * args.num_heads * (args.head_dim + 2) * 8;
}

CudaStatus decode_step(const DecodeStepArgs& args, const CudaContext& context) {
  StepParams p = {};
  const int64_t block_size = args.cache.block_size;
  if (!plan(args, context, &p) || args.cache.dtype != args.dtype || args.head.dtype != args.dtype ||
      block_size < 1 || (block_size & (block_size - 1)) != 0) {
    return cudaErrorInvalidValue;
  }
  std::copy(args.layers, args.layers + args.num_layers, p.layers);
  p.num_layers = static_cast<int>(args.num_layers);
  p.head = args.head.data;
  p.final_norm = args.final_norm;
  p.hidden = args.hidden;
  p.logits = args.logits;
  p.eps = args.eps;
  char* workspace = static_cast<char*>(args.workspace);
  p.epoch = reinterpret_cast<uint32_t*>(workspace);
  const int64_t q_size = args.num_heads * args.head_dim;
  p.qkv = reinterpret_cast<uint32_t*>(workspace + kEpochBytes);
  p.attention_out = p.qkv + q_size + 2 * args.num_kv_heads * args.head_dim;
  p.after_attention = p.attention_out + q_size;
  p.ffn = p.after_attention + args.hidden_size;
  p.after_layer = p.ffn + args.intermediate_size;
  StepAttention& attention = p.attention;
  attention.partial = reinterpret_cast<uint2*>(p.qkv + word_count(args));
  attention.cache = args.cache.data;
  attention.block_stride = args.cache.block_stride;
  attention.value_offset = args.cache.value_offset;
  attention.layer_stride = args.layer_stride;
  while ((int64_t{1} << attention.block_shift) < block_size) ++attention.block_shift;
  attention.heads = static_cast<int>(args.num_heads);
  attention.kv_heads = static_cast<int>(args.num_kv_heads);
  attention.group = attention.heads / attention.kv_heads;
  attention.max_splits = std::min(kStepMaxSplits, context.num_sms / attention.kv_heads);
  attention.scale_log2 = args.scale * static_cast<float>(M_LOG2E);
  attention.cos_sin = args.cos_sin;
  attention.slot_mapping = args.slot_mapping;
  attention.context_lens = args.context_lens;
  attention.block_table = args.block_tables;

  LaunchShape shape;
  shape.grid = dim3(context.num_sms);
  shape.threads = kGemvThreads;
  shape.shared_bytes = kGemvWarps * p.slots * p.slot_bytes + other_bytes(args);
  shape.cooperative = true;
  return args.dtype == DType::BF16 ? launch(context, decode_step_kernel<__nv_bfloat16>, shape, p)
                                   : launch(context, decode_step_kernel<__half>, shape, p);
}

}  // namespace kernels::cuda
