// SPDX-License-Identifier: Apache-2.0
// A whole safetensors file. What is accepted must lie inside the file, in order, without overlaps.
#include <cstdlib>

#include "engine/error.h"
#include "engine/formats/safetensors_header.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const engine::MemoryBytes file(std::as_bytes(std::span(data, size)));
    uint64_t end = 0;
    for (const auto& entry : engine::parse_safetensors_header(file, "file")) {
      if (entry.begin < end || entry.end < entry.begin || entry.end > size) std::abort();
      end = entry.end;
    }
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::InvalidFile) std::abort();
  }
  return 0;
}
