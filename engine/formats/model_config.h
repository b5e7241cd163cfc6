// SPDX-License-Identifier: Apache-2.0
// config.json of a decoder model, checked. Field names follow Hugging Face.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

enum class RopeType { Default, Yarn };

struct RopeScaling {
  RopeType type = RopeType::Default;
  double factor = 1;
  int original_max_position_embeddings = 0;  // of the model before it was extended
  double beta_fast = 32, beta_slow = 1;
  double attention_factor = 0;  // 0: 0.1 * ln(factor) + 1, as in the YaRN paper
};

struct ModelConfig {
  std::string architecture;  // "Qwen3ForCausalLM"
  int vocab_size = 0;
  int hidden_size = 0;
  int intermediate_size = 0;
  int num_hidden_layers = 0;
  int num_attention_heads = 0;
  int num_key_value_heads = 0;
  int head_dim = 0;
  int max_position_embeddings = 0;  // with yarn at least factor * original_max_position_embeddings
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000;
  RopeScaling rope_scaling;
  bool tie_word_embeddings = false;
  bool qk_norm = true;                 // Qwen3
  std::vector<int32_t> eos_token_ids;  // generation_config.json first, else config.json
  int32_t bos_token_id = -1;

  // Sampling defaults of generation_config.json; negative where absent.
  float temperature = -1, top_p = -1, min_p = -1, repetition_penalty = -1;
  int top_k = -1;

  int q_size() const { return num_attention_heads * head_dim; }
  int kv_size() const { return num_key_value_heads * head_dim; }
};

// Reads config.json and, where present, generation_config.json. Throws Error{NotFound, InvalidFile,
// Unsupported}; a field that would change the computation and is not known is refused by name.
ModelConfig load_model_config(const std::string& model_folder);

// The same from the texts of the two files; an empty `generation_config` means there is none.
// `where` names the folder in errors.
ModelConfig parse_model_config(std::string_view config, std::string_view generation_config,
                               const std::string& where);

}  // namespace engine
