// SPDX-License-Identifier: Apache-2.0
// Parameters of decode_step.cuh, as its kernel gets them.
#pragma once

#include <cstdint>

#include "kernels/decode_step.h"

namespace kernels::cuda {

constexpr int kStepMaxSlots = 8;    // of a warp
constexpr int kStepMaxSplits = 16;  // of a KV head's keys
constexpr int kStepMaxGroup = 8;    // query heads of a KV head

// The matrices of a layer in the order of a step, then the head.
enum StepKind { kStepQkv, kStepOutput, kStepGateUp, kStepDown, kStepHead, kStepKinds };

struct StepMatrix {
  int groups;      // rows, or pairs of rows (gate and up)
  int group_rows;  // 1 or 2
  int parts;       // pieces of a row
  int cols;
};

struct StepAttention {
  void* cache;  // of layer 0
  int64_t block_stride, value_offset, layer_stride;
  int block_shift;
  int heads, kv_heads, group, max_splits;
  float scale_log2;
  const float* cos_sin;
  const int64_t* slot_mapping;
  const int32_t* context_lens;
  const int32_t* block_table;
  uint2* partial;  // [kv_heads, kStepMaxSplits, group * (128 + 2)]  a float and a 32-bit tag each
};

struct StepParams {
  DecodeStepLayer layers[kMaxStepLayers];
  StepMatrix matrices[kStepKinds];
  StepAttention attention;
  const void* head;
  const float* final_norm;
  void* hidden;  // the token's embedding; at the end what the last layer made of it
  // step_words.cuh: outputs of the matrices of a layer and of attention.
  uint32_t *qkv, *attention_out, *after_attention, *ffn, *after_layer;
  float* logits;
  uint32_t* epoch;  // [2]  steps so far; blocks that know it
  int num_layers;
  int slots, slot_bytes;
  float eps;
};

}  // namespace kernels::cuda
