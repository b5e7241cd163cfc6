// SPDX-License-Identifier: Apache-2.0
// A tokenizer.json, and after a NUL byte a text for it. What loads must encode and decode anything.
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/error.h"
#include "engine/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\0');
  const auto text = end == std::string_view::npos ? std::string_view("Hello, \xe4\xbd\xa0 12")
                                                  : input.substr(end + 1);
  try {
    const auto tokenizer = engine::Tokenizer::parse(input.substr(0, end), "tokenizer.json");
    for (const bool added_tokens : {false, true}) {
      for (const int32_t id : tokenizer->encode(text, added_tokens)) {
        if (id < 0 || id >= tokenizer->size()) std::abort();
        if (!added_tokens && tokenizer->is_added(id)) std::abort();
      }
    }
  } catch (const engine::Error& error) {
    const auto code = error.code();
    const bool expected = code == engine::ErrorCode::InvalidFile ||
                          code == engine::ErrorCode::Unsupported ||
                          code == engine::ErrorCode::InvalidArgument;
    if (!expected) std::abort();
  }
  return 0;
}
