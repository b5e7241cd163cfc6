// SPDX-License-Identifier: Apache-2.0
// The alphabet in which byte-level tokenizers write bytes as printable characters.
//
// As GPT-2 has it: the printable Latin-1 characters (0x21-0x7e, 0xa1-0xac, 0xae-0xff) stand for
// themselves, the other 68 bytes, in order, for U+0100, U+0101, ...: a space is U+0120 'Ġ'.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

char32_t byte_to_letter(unsigned char byte);

// The bytes of a piece, or nothing when a character of it is not of the alphabet (or it is not
// UTF-8).
std::optional<std::string> piece_to_bytes(std::string_view piece);

}  // namespace engine
