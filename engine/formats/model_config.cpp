// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/model_config.h"

#include <algorithm>
#include <string_view>

#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/formats/rope_scaling.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr int64_t kMaxConfigBytes = 4 << 20;
constexpr size_t kMaxEosTokens = 64;
constexpr const char* kArchitecture = "Qwen3ForCausalLM";

[[noreturn]] void unsupported(const JsonObject& json, const std::string& what) {
  throw Error(ErrorCode::Unsupported, json.where() + ": " + what);
}

// Keys that are read here, or that change nothing about inference although their names sound like
// it.
constexpr std::string_view kKnownKeys[] = {"architectures",
                                           "model_type",
                                           "vocab_size",
                                           "hidden_size",
                                           "intermediate_size",
                                           "num_hidden_layers",
                                           "num_attention_heads",
                                           "num_key_value_heads",
                                           "head_dim",
                                           "max_position_embeddings",
                                           "rms_norm_eps",
                                           "rope_theta",
                                           "rope_scaling",
                                           "rope_parameters",
                                           "tie_word_embeddings",
                                           "attention_bias",
                                           "mlp_bias",
                                           "hidden_act",
                                           "layer_types",
                                           "use_sliding_window",
                                           "sliding_window",
                                           "max_window_layers",
                                           "quantization_config",
                                           "partial_rotary_factor",
                                           "output_attentions",
                                           "output_hidden_states",
                                           "_attn_implementation",
                                           "_attn_implementation_autoset",
                                           "attn_implementation"};

// Parts of names under which a field changes what a model computes. A field that nobody here knows
// is refused when its name holds one of them and its value says more than "off".
constexpr std::string_view kTellingParts[] = {
    "quant",    "rope",        "rotary", "position", "attn",       "attention", "window",
    "sliding",  "bias",        "norm",   "scal",     "multiplier", "softcap",   "logit",
    "residual", "embed",       "expert", "moe",      "router",     "layer",     "head",
    "mlp",      "activation",  "hidden", "conv",     "mamba",      "ssm",       "lora",
    "sparse",   "compression", "vision", "audio",    "text_config"};

bool is_off(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>() == 0;
  return value.is_null() || value == false ||
         ((value.is_structured() || value.is_string()) && value.empty()) || value == "";
}

void check_unknown_fields(const JsonObject& json) {
  for (const auto& [key, value] : json.json().items()) {
    if (std::find(std::begin(kKnownKeys), std::end(kKnownKeys), key) != std::end(kKnownKeys))
      continue;
    if (key.find("dropout") != std::string::npos || key.find("_loss") != std::string::npos)
      continue;  // training only
    const bool telling =
        std::any_of(std::begin(kTellingParts), std::end(kTellingParts),
                    [&key = key](auto part) { return key.find(part) != std::string::npos; });
    if (telling && !is_off(value))
      unsupported(json, "the field '" + printable(key) +
                            "' may change what the model computes, and Fireside does not "
                            "know it; use an unmodified Qwen3 model");
  }
}

std::string read_architecture(const JsonObject& json) {
  std::string architecture;
  if (const auto* list = json.find("architectures")) {
    if (!list->is_array() || list->empty() || !list->front().is_string())
      json.fail("architectures", "must be a list of names");
    architecture = list->front().get<std::string>();
  }
  const std::string model_type = json.find_string("model_type").value_or("");
  if (architecture.empty() && model_type.empty()) json.fail("model_type", "is missing");
  const bool known = (architecture.empty() || architecture == kArchitecture) &&
                     (model_type.empty() || model_type == "qwen3");
  if (!known)
    unsupported(json, "the architecture '" +
                          printable(architecture.empty() ? model_type : architecture) +
                          "' (model type '" + printable(model_type) +
                          "') is not supported; Fireside runs " + kArchitecture +
                          ", for instance Qwen3-4B-Instruct-2507");
  return kArchitecture;
}

void check_layer_types(const JsonObject& json, int num_layers) {
  const auto* types = json.find("layer_types");
  if (!types) return;
  if (!types->is_array() || types->size() != static_cast<size_t>(num_layers))
    json.fail("layer_types", "must be a list with one entry for each of the " +
                                 std::to_string(num_layers) + " layers");
  for (const auto& type : *types) {
    if (!type.is_string()) json.fail("layer_types", "must be a list of names");
    if (type != "full_attention")
      unsupported(json, "the layer type '" + printable(type.get<std::string>()) +
                            "' in 'layer_types' is not supported");
  }
}

// Everything that the computation supports in one form only.
void check_fixed_fields(const JsonObject& json) {
  if (const auto* quantization = json.find("quantization_config")) {
    std::string method = "unknown";
    if (quantization->is_object() && quantization->contains("quant_method") &&
        quantization->at("quant_method").is_string())
      method = printable(quantization->at("quant_method").get<std::string>());
    unsupported(json, "'quantization_config' (method '" + method +
                          "') is not supported; get the bf16 form of the model");
  }
  for (const char* key : {"attention_bias", "mlp_bias"})
    if (json.find_bool(key).value_or(false))
      unsupported(json, std::string("'") + key + "' true is not supported");
  if (json.find_bool("use_sliding_window").value_or(false) && json.find("sliding_window"))
    unsupported(json, "'use_sliding_window' true is not supported");
  const std::string activation = json.find_string("hidden_act").value_or("silu");
  if (activation != "silu")
    unsupported(json, "'hidden_act' '" + printable(activation) + "' is not supported, only 'silu'");
  if (json.find_number("partial_rotary_factor", 0, 1).value_or(1) != 1)
    unsupported(json, "'partial_rotary_factor' below 1 is not supported");
}

void read_sizes(const JsonObject& json, ModelConfig* config) {
  const auto size = [&json](const char* key, int64_t max) {
    return static_cast<int>(json.integer(key, 1, max));
  };
  config->vocab_size = size("vocab_size", 1 << 24);
  config->hidden_size = size("hidden_size", 1 << 20);
  config->intermediate_size = size("intermediate_size", 1 << 22);
  config->num_hidden_layers = size("num_hidden_layers", 4096);
  config->num_attention_heads = size("num_attention_heads", 4096);
  config->num_key_value_heads = size("num_key_value_heads", 4096);
  config->max_position_embeddings = size("max_position_embeddings", 1 << 24);
  // Absent means 128 in Hugging Face's Qwen3Config, whatever hidden_size / num_attention_heads
  // gives.
  config->head_dim = static_cast<int>(json.find_integer("head_dim", 2, 4096).value_or(128));
  if (config->head_dim % 2 != 0)
    json.fail("head_dim", "is " + std::to_string(config->head_dim) + "; it must be even");
  if (config->num_attention_heads % config->num_key_value_heads != 0)
    json.fail("num_attention_heads", "(" + std::to_string(config->num_attention_heads) +
                                         ") must be a multiple of " + "num_key_value_heads (" +
                                         std::to_string(config->num_key_value_heads) + ")");
  config->rms_norm_eps = json.number("rms_norm_eps", 0, 0.1);
  config->tie_word_embeddings = json.find_bool("tie_word_embeddings").value_or(false);
}

// An id or a list of ids.
std::vector<int32_t> read_eos(const JsonObject& json, int vocab_size) {
  const auto* value = json.find("eos_token_id");
  if (!value) return {};
  const nlohmann::json list = value->is_array() ? *value : nlohmann::json::array({*value});
  if (list.size() > kMaxEosTokens) json.fail("eos_token_id", "lists more than 64 ids");
  std::vector<int32_t> ids;
  for (const auto& id : list) {
    if (!id.is_number_integer() || id < 0 || id >= vocab_size)
      json.fail("eos_token_id", "must hold token ids from 0 to " + std::to_string(vocab_size - 1));
    ids.push_back(id.get<int32_t>());
  }
  return ids;
}

void read_generation_config(const JsonObject& json, ModelConfig* config) {
  if (auto eos = read_eos(json, config->vocab_size); !eos.empty())
    config->eos_token_ids = std::move(eos);
  if (const auto bos = json.find_integer("bos_token_id", 0, config->vocab_size - 1))
    config->bos_token_id = static_cast<int32_t>(*bos);
  const auto number = [&json](const char* key, double min, double max, float* target) {
    if (const auto value = json.find_number(key, min, max)) *target = static_cast<float>(*value);
  };
  number("temperature", 0, 100, &config->temperature);
  number("top_p", 1e-6, 1, &config->top_p);
  number("min_p", 0, 1, &config->min_p);
  number("repetition_penalty", 1e-3, 1e3, &config->repetition_penalty);
  if (const auto top_k = json.find_integer("top_k", 0, INT32_MAX))
    config->top_k = static_cast<int>(*top_k);
  if (!json.find_bool("do_sample").value_or(true))
    config->temperature = 0;  // greedy, as Hugging Face's generate()
}

}  // namespace

ModelConfig parse_model_config(std::string_view config_text, std::string_view generation_text,
                               const std::string& where) {
  const nlohmann::json config_json = parse_json(config_text, where + "/config.json");
  const JsonObject json(config_json, where + "/config.json");
  ModelConfig config;
  config.architecture = read_architecture(json);
  check_fixed_fields(json);
  check_unknown_fields(json);
  read_sizes(json, &config);
  check_layer_types(json, config.num_hidden_layers);
  read_rope(json, &config);
  config.eos_token_ids = read_eos(json, config.vocab_size);
  if (const auto bos = json.find_integer("bos_token_id", 0, config.vocab_size - 1))
    config.bos_token_id = static_cast<int32_t>(*bos);
  if (!generation_text.empty()) {
    const std::string generation_where = where + "/generation_config.json";
    const nlohmann::json generation_json = parse_json(generation_text, generation_where);
    read_generation_config(JsonObject(generation_json, generation_where), &config);
  }
  return config;
}

ModelConfig load_model_config(const std::string& model_folder) {
  const std::string config = read_file(model_folder + "/config.json", kMaxConfigBytes);
  const std::string generation_path = model_folder + "/generation_config.json";
  std::string generation;
  if (file_exists(generation_path) || is_broken_link(generation_path)) {
    generation = read_file(generation_path, kMaxConfigBytes);
    // An empty file is broken, not absent.
    if (generation.empty()) generation = " ";
  }
  return parse_model_config(config, generation, printable(model_folder));
}

}  // namespace engine
