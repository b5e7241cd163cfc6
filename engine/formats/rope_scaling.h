// SPDX-License-Identifier: Apache-2.0
// The rotary embedding part of config.json, in its three spellings:
//   "rope_theta": 5e6, "rope_scaling": {"type": "yarn", ...}        until transformers 4.42
//   "rope_theta": 5e6, "rope_scaling": {"rope_type": "yarn", ...}   until transformers 4.57
//   "rope_parameters": {"rope_type": "yarn", "rope_theta": 5e6, ...}  from transformers 5
#pragma once

#include "engine/base/json.h"
#include "engine/formats/model_config.h"

namespace engine {

// Fills rope_theta and rope_scaling, and raises max_position_embeddings to what yarn extends it to.
// `config` already holds max_position_embeddings. Throws Error{InvalidFile, Unsupported}.
void read_rope(const JsonObject& json, ModelConfig* config);

}  // namespace engine
