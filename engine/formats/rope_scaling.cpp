// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/rope_scaling.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr double kMaxTheta = 1e15;
constexpr double kMaxFactor = 1024;
constexpr int64_t kMaxContext = 1 << 24;

[[noreturn]] void unsupported(const JsonObject& rope, const std::string& what) {
  throw Error(ErrorCode::Unsupported, rope.where() + ": " + what +
                                          " is not supported; Fireside computes the rope " +
                                          "types 'default' and 'yarn'");
}

std::string rope_type(const JsonObject& rope) {
  const auto now = rope.find_string("rope_type");
  const auto old = rope.find_string("type");
  if (now && old && *now != *old)
    rope.fail("rope_type", "is '" + printable(*now) + "' but 'type' is '" + printable(*old) + "'");
  if (now) return *now;
  if (old) return *old;
  if (rope.find("factor")) rope.fail("rope_type", "is missing");
  return "default";
}

// Every key of the object changes the angles, so none may be overlooked.
void check_keys(const JsonObject& rope) {
  static const char* const kKnown[] = {"rope_type",
                                       "type",
                                       "rope_theta",
                                       "factor",
                                       "original_max_position_embeddings",
                                       "beta_fast",
                                       "beta_slow",
                                       "attention_factor",
                                       "partial_rotary_factor",
                                       "truncate"};
  for (const auto& [key, value] : rope.json().items()) {
    const bool known = std::find(std::begin(kKnown), std::end(kKnown), key) != std::end(kKnown);
    if (!known && !value.is_null()) unsupported(rope, "the rope setting '" + printable(key) + "'");
  }
  if (rope.find_number("partial_rotary_factor", 0, 1).value_or(1) != 1)
    unsupported(rope, "'partial_rotary_factor' below 1");
  if (!rope.find_bool("truncate").value_or(true)) unsupported(rope, "'truncate' false");
}

RopeScaling read_yarn(const JsonObject& rope, const ModelConfig& config) {
  RopeScaling yarn;
  yarn.type = RopeType::Yarn;
  yarn.factor = rope.number("factor", 1, kMaxFactor);
  yarn.original_max_position_embeddings =
      static_cast<int>(rope.find_integer("original_max_position_embeddings", 1, kMaxContext)
                           .value_or(config.max_position_embeddings));
  yarn.beta_fast = rope.find_number("beta_fast", 1e-3, 1e6).value_or(32);
  yarn.beta_slow = rope.find_number("beta_slow", 1e-3, 1e6).value_or(1);
  if (yarn.beta_fast <= yarn.beta_slow) rope.fail("beta_fast", "must be above 'beta_slow'");
  yarn.attention_factor = rope.find_number("attention_factor", 1e-3, 1e3).value_or(0);
  return yarn;
}

}  // namespace

void read_rope(const JsonObject& json, ModelConfig* config) {
  const auto* now = json.find("rope_parameters");
  const auto* old = json.find("rope_scaling");
  if (now && old && *now != *old)
    json.fail("rope_scaling", "and 'rope_parameters' differ; remove one of them");
  const auto* settings = now ? now : old;
  if (!settings) {
    config->rope_theta = json.number("rope_theta", 1, kMaxTheta);
    return;
  }
  const JsonObject rope(*settings,
                        json.where() + ": '" + (now ? "rope_parameters" : "rope_scaling") + "'");
  const std::string type = rope_type(rope);
  if (type != "default" && type != "yarn")
    unsupported(rope, "the rope type '" + printable(type) + "'");
  check_keys(rope);
  const auto inner_theta = rope.find_number("rope_theta", 1, kMaxTheta);
  config->rope_theta = inner_theta ? *inner_theta : json.number("rope_theta", 1, kMaxTheta);
  if (type == "default") return;
  config->rope_scaling = read_yarn(rope, *config);
  const double extended =
      config->rope_scaling.factor * config->rope_scaling.original_max_position_embeddings;
  config->max_position_embeddings = static_cast<int>(std::clamp(
      std::floor(extended), double(config->max_position_embeddings), double(kMaxContext)));
}

}  // namespace engine
