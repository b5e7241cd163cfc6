// SPDX-License-Identifier: Apache-2.0
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

struct LeadByte {
  size_t size = 0;  // of the character; 0: no character begins like this
  unsigned char second_min = 0x80, second_max = 0xbf;
};

// The rows of table 3-7: what may follow decides overlong forms, surrogates and the end of Unicode.
LeadByte lead_byte(unsigned char byte) {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {0};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

}  // namespace

Utf8Step utf8_step(std::string_view text, size_t position) {
  using Kind = Utf8Step::Kind;
  const LeadByte lead = lead_byte(static_cast<unsigned char>(text[position]));
  if (lead.size == 0) return {Kind::Broken, 0, 1};
  for (size_t i = 1; i < lead.size; ++i) {
    if (position + i == text.size()) return {Kind::Incomplete, 0, i};
    const auto byte = static_cast<unsigned char>(text[position + i]);
    const unsigned char min = i == 1 ? lead.second_min : 0x80;
    const unsigned char max = i == 1 ? lead.second_max : 0xbf;
    if (byte < min || byte > max) return {Kind::Broken, 0, i};
  }
  return decode_valid(text, position);
}

size_t find_invalid_utf8(std::string_view text) {
  for (size_t position = 0; position < text.size();) {
    if (static_cast<unsigned char>(text[position]) < 0x80) {
      ++position;
      continue;
    }
    const Utf8Step step = utf8_step(text, position);
    if (step.kind != Utf8Step::Kind::Character) return position;
    position += step.size;
  }
  return kValidUtf8;
}

size_t append_lossy(std::string_view bytes, std::string& out) {
  for (size_t position = 0; position < bytes.size();) {
    const Utf8Step step = utf8_step(bytes, position);
    if (step.kind == Utf8Step::Kind::Incomplete) return bytes.size() - position;
    if (step.kind == Utf8Step::Kind::Character) {
      out.append(bytes, position, step.size);
    } else {
      out.append(kReplacement);
    }
    position += step.size;
  }
  return 0;
}

void append_utf8(char32_t c, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(byte); };
  const auto put_tail = [&](int shift) { put(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put_tail(0);
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put_tail(6);
    put_tail(0);
  } else {
    put(0xf0 | c >> 18);
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

}  // namespace engine
