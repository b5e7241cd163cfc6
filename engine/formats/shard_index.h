// SPDX-License-Identifier: Apache-2.0
// model.safetensors.index.json: which file of the folder holds which tensor.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace engine {

using ShardOfTensor = std::unordered_map<std::string, std::string>;  // tensor name -> file name

// Every file name is a plain name ending in .safetensors: no folders, no control characters, not
// hidden. `where` names the text in errors. Throws Error{InvalidFile}.
ShardOfTensor parse_shard_index(std::string_view json, const std::string& where);

}  // namespace engine
