// SPDX-License-Identifier: Apache-2.0
// tokenizer.model: any bytes are an Error or a tokenizer whose ids are its own.
#include <cstdlib>
#include <string_view>

#include "engine/error.h"
#include "engine/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const auto tokenizer = engine::Tokenizer::parse_sentencepiece(bytes, "fuzzed");
    const auto ids = tokenizer->encode("<s>Hello  \u2581world, \u4e2d\u6587\n", false);
    for (const int32_t id : ids)
      if (id < 0 || id >= tokenizer->size() || tokenizer->is_added(id)) std::abort();
    (void)tokenizer->decode(ids);
  } catch (const engine::Error&) {
  }
  return 0;
}
