// SPDX-License-Identifier: Apache-2.0
#include "engine/text/byte_alphabet.h"

#include <array>

#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr char32_t kFirstStandIn = 0x100;
constexpr int kNumStandIns = 68;

constexpr bool stands_for_itself(int byte) {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

struct Tables {
  std::array<char32_t, 256> letter{};
  std::array<unsigned char, kNumStandIns> byte_of_stand_in{};
};

constexpr Tables make_tables() {
  Tables tables;
  int used = 0;
  for (int byte = 0; byte < 256; ++byte) {
    if (stands_for_itself(byte)) {
      tables.letter[byte] = static_cast<char32_t>(byte);
    } else {
      tables.letter[byte] = kFirstStandIn + static_cast<char32_t>(used);
      tables.byte_of_stand_in[used++] = static_cast<unsigned char>(byte);
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

}  // namespace

char32_t byte_to_letter(unsigned char byte) { return kTables.letter[byte]; }

std::optional<std::string> piece_to_bytes(std::string_view piece) {
  std::string bytes;
  for (size_t position = 0; position < piece.size();) {
    const Utf8Step step = utf8_step(piece, position);
    if (step.kind != Utf8Step::Kind::Character) return std::nullopt;
    position += step.size;
    const char32_t c = step.code_point;
    if (c < kFirstStandIn && stands_for_itself(static_cast<int>(c))) {
      bytes += static_cast<char>(c);
    } else if (c >= kFirstStandIn && c < kFirstStandIn + kNumStandIns) {
      bytes += static_cast<char>(kTables.byte_of_stand_in[c - kFirstStandIn]);
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace engine
