// SPDX-License-Identifier: Apache-2.0
// config.json, and after a NUL byte generation_config.json.
#include <cstdlib>
#include <string_view>

#include "engine/error.h"
#include "engine/formats/model_config.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t end = text.find('\0');
  const auto generation = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  try {
    const engine::ModelConfig config =
        engine::parse_model_config(text.substr(0, end), generation, "model");
    const bool sane = config.vocab_size > 0 && config.hidden_size > 0 && config.q_size() > 0 &&
                      config.num_attention_heads % config.num_key_value_heads == 0 &&
                      config.max_position_embeddings > 0 && config.rope_theta > 0;
    if (!sane) std::abort();
    for (const int32_t id : config.eos_token_ids)
      if (id < 0 || id >= config.vocab_size) std::abort();
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::InvalidFile &&
        error.code() != engine::ErrorCode::Unsupported)
      std::abort();
  }
  return 0;
}
