// SPDX-License-Identifier: Apache-2.0
// Text through a real vocabulary: as content, as template, in pieces; then back, whole and token by
// token.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "engine/text/detokenizer.h"
#include "engine/text/stop_strings.h"
#include "engine/text/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto tokenizer =
      engine::Tokenizer::load(FIRESIDE_TEST_DATA "/tiny-qwen3/tokenizer.json");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<int32_t> ids;
  try {
    ids = tokenizer->encode(text, false);
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::InvalidArgument) std::abort();  // not UTF-8
    // Bytes as ids: any sequence of tokens must decode.
    for (size_t i = 0; i + 1 < size; i += 2) ids.push_back(data[i] << 8 | data[i + 1]);
  }
  if (size && ids.empty() && size > 1) std::abort();
  engine::Detokenizer detokenizer(*tokenizer, false);
  engine::StopStrings stop_strings({"stop", "\xe4\xbd\xa0"});
  std::string pieces;
  bool matched = false;
  for (const int32_t id : ids) {
    const std::string piece = detokenizer.push(id);
    pieces += piece;
    matched = matched || stop_strings.push(piece).matched;
  }
  pieces += detokenizer.flush();
  if (pieces != tokenizer->decode(ids)) std::abort();
  return 0;
}
