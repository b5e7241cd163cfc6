// SPDX-License-Identifier: Apache-2.0
// Which encoding a file of text is in, and its text as UTF-8. Runs inside the helper, on hostile
// bytes.
//
// Order: byte order mark; names of well-known binary formats by their first bytes; UTF-16 by the
// place of its zero bytes; UTF-8 (up to one broken byte in a thousand, shown as U+FFFD); GB18030
// when its two-byte characters are those of Chinese; Windows-1252 and ISO-8859-1 when their letters
// stand among ASCII ones. What fits none of them is refused rather than shown as garbage.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "engine/documents/helper_protocol.h"

namespace engine {

struct TextGuess {
  enum class Verdict { Text, Binary, UnknownEncoding };
  Verdict verdict = Verdict::UnknownEncoding;
  helper::Encoding encoding = helper::Encoding::None;
  size_t bom_bytes = 0;
  helper::FileKind kind = helper::FileKind::Unknown;  // of a Binary: what it seems to be
};

TextGuess guess_encoding(std::string_view bytes);

// Receives valid UTF-8 in pieces of at most some 64 KiB; returning false stops the decoding.
using TextSink = std::function<bool(std::string_view)>;

// Converts a piece of GB18030 (whole characters) to UTF-8; a broken character becomes U+FFFD. Given
// from outside because the C library's converter must be loaded before the sandbox closes.
using GbConverter = std::function<bool(std::string_view, const TextSink&)>;

// False when the sink stopped it.
bool decode_text(std::string_view bytes, const TextGuess& guess, const GbConverter& convert_gb,
                 const TextSink& sink);

}  // namespace engine
