// SPDX-License-Identifier: Apache-2.0
// Where every tensor of a checkpoint goes: one arena that holds the layouts of
// kernels/weight_layout.h, on any device.
//
// plan_weights() only compares names, shapes and dtypes; whoever owns the arena then moves the
// placements: copy_weights() for the CPU, a runner of another device in its own way.
#pragma once

#include <vector>

#include "engine/formats/model_config.h"
#include "engine/formats/weight_source.h"
#include "kernels/weight_layout.h"

namespace engine {

// A fused matrix or a vector (rows = 1, F32) inside the arena.
struct WeightSlot {
  int64_t offset = 0;  // bytes, a multiple of kernels::kWeightAlignment
  int64_t rows = 0;
  int64_t cols = 0;
  kernels::DType dtype = kernels::DType::BF16;
};

struct LayerSlots {
  WeightSlot input_norm, qkv, q_norm, k_norm, o_proj;  // q_norm, k_norm: rows = 0 without QK-norm
  WeightSlot post_attention_norm, gate_up, down_proj;
};

struct DecoderLayout {
  WeightSlot embedding, final_norm, lm_head;  // lm_head = embedding when tied
  std::vector<LayerSlots> layers;
};

// One tensor on its way: row r of it goes to offset + r * row_stride.
struct WeightPlacement {
  TensorView tensor;
  int64_t offset = 0;  // bytes from the start of the arena
  int64_t num_rows = 0;
  int64_t row_bytes = 0;   // in the file
  int64_t row_stride = 0;  // in the arena; twice the row for gate and up, which interleave
  bool to_float32 = false;
};

struct WeightPlan {
  DecoderLayout layout;
  std::vector<WeightPlacement> placements;
  int64_t num_bytes = 0;  // of the arena
};

// Throws what WeightSource::tensor() throws, and Error{Unsupported} when parts of one fused matrix
// differ in dtype. Tensors of the checkpoint that nothing reads are named in the log.
WeightPlan plan_weights(const ModelConfig& config, const WeightSource& source);

// Slots as kernels read them, over an arena of any device.
inline kernels::WeightMatrix weight_matrix(const void* arena, const WeightSlot& slot) {
  return {static_cast<const char*>(arena) + slot.offset, slot.rows, slot.cols, slot.dtype};
}
inline const float* weight_vector(const void* arena, const WeightSlot& slot) {
  if (slot.rows == 0) return nullptr;
  return reinterpret_cast<const float*>(static_cast<const char*>(arena) + slot.offset);
}

}  // namespace engine
