// SPDX-License-Identifier: Apache-2.0
// The rotary embedding of a model as the kernels take it: one for CPU and GPU, whose logits are to
// agree.
#pragma once

#include "engine/formats/model_config.h"
#include "kernels/rope.h"

namespace engine {

inline kernels::RopeConfig rope_config(const ModelConfig& model) {
  kernels::RopeConfig rope;
  rope.head_dim = model.head_dim;
  rope.theta = model.rope_theta;
  rope.yarn = model.rope_scaling.type == RopeType::Yarn;
  rope.factor = model.rope_scaling.factor;
  rope.original_max_positions = model.rope_scaling.original_max_position_embeddings;
  rope.beta_fast = model.rope_scaling.beta_fast;
  rope.beta_slow = model.rope_scaling.beta_slow;
  rope.attention_factor = model.rope_scaling.attention_factor;
  return rope;
}

}  // namespace engine
