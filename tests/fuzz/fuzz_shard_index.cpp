// SPDX-License-Identifier: Apache-2.0
// model.safetensors.index.json: no name that is accepted may leave the folder.
#include <cstdlib>
#include <string_view>

#include "engine/error.h"
#include "engine/formats/shard_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    for (const auto& [tensor, file] :
         engine::parse_shard_index({reinterpret_cast<const char*>(data), size}, "index"))
      if (file.empty() || file.find('/') != std::string::npos ||
          file.find('\0') != std::string::npos || file[0] == '.')
        std::abort();
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::InvalidFile) std::abort();
  }
  return 0;
}
