// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/shard_index.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr size_t kMaxFileNameBytes = 255;

// A shard is a file beside the index; anything that could point elsewhere is an attack or a
// mistake.
bool is_plain_file_name(const std::string& name) {
  return name.size() <= kMaxFileNameBytes && name.ends_with(".safetensors") && name[0] != '.' &&
         std::none_of(name.begin(), name.end(), [](char c) {
           return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

}  // namespace

ShardOfTensor parse_shard_index(std::string_view json_text, const std::string& where) {
  const nlohmann::json json = parse_json(json_text, where);
  const JsonObject index(json, where);
  const auto* map = index.find("weight_map");
  if (!map || !map->is_object() || map->empty())
    index.fail("weight_map", "must be an object that names a file for each tensor");
  ShardOfTensor shard_of_tensor;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string() || !is_plain_file_name(file.get_ref<const std::string&>()))
      throw Error(ErrorCode::InvalidFile,
                  where + ": the file of tensor '" + printable(tensor) +
                      "' must be a plain name ending in .safetensors, without folders");
    shard_of_tensor.emplace(tensor, file.get<std::string>());
  }
  return shard_of_tensor;
}

}  // namespace engine
