// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/text_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "engine/text/utf8.h"

namespace engine {
namespace {

using helper::Encoding;
using helper::FileKind;

constexpr size_t kPieceBytes =
    16 << 10;  // at most tripled by decoding: below helper::kMaxFrameBytes
constexpr size_t kSampleBytes = 64 << 10;  // enough to tell UTF-16

// The most frequent ideographs and marks of Chinese text as GB 2312 codes, sorted. One character in
// five is one of them.
constexpr auto kCommonChinese = std::to_array<uint16_t>({
    0xa1a2, 0xa1a3, 0xa3a1, 0xa3ac, 0xa3ba, 0xa3bb, 0xa3bf, 0xb2bb, 0xb3f6, 0xb4f3, 0xb5bd, 0xb5c3,
    0xb5c4, 0xb5d8, 0xb5da, 0xb6d4, 0xb6f8, 0xb7a2, 0xb7bd, 0xb8f6, 0xb9ab, 0xb9fa, 0xbacd, 0xbbe1,
    0xbecd, 0xbfc9, 0xc0b4, 0xc1cb, 0xc3c7, 0xc4c7, 0xc4dc, 0xc4e3, 0xc4ea, 0xc8cb, 0xc9cf, 0xc9fa,
    0xcab1, 0xcac7, 0xcbb5, 0xcbfb, 0xceaa, 0xced2, 0xcfc2, 0xd0d0, 0xd2aa, 0xd2b2, 0xd2bb, 0xd2d4,
    0xd3c3, 0xd3d0, 0xd3da, 0xd4da, 0xd5e2, 0xd6ae, 0xd6d0, 0xd7c5, 0xd7d3, 0xd7d4,
});

// Windows-1252, 0x80-0x9f; U+FFFD where it defines nothing.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
};

unsigned char byte_at(std::string_view bytes, size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}
bool is_ascii_letter(unsigned char b) { return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z'); }

bool is_rare_control(unsigned char b) {
  return (b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) || b == 0x7f;
}

FileKind kind_of_magic(std::string_view bytes) {
  struct Magic {
    std::string_view begin;
    FileKind kind;
  };
  using namespace std::string_view_literals;
  static constexpr Magic kMagics[] = {
      {"PK\x03\x04"sv, FileKind::Zip},
      {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, FileKind::OldOffice},
      {"{\\rtf"sv, FileKind::Rtf},
      {"\x89PNG\r\n"sv, FileKind::Image},
      {"\xff\xd8\xff"sv, FileKind::Image},
      {"GIF8"sv, FileKind::Image},
      {"II*\0"sv, FileKind::Image},
      {"MM\0*"sv, FileKind::Image},
      {"\x7f"
       "ELF"sv,
       FileKind::Program},
      {"MZ"sv, FileKind::Program},
      {"\x1f\x8b"sv, FileKind::Archive},
      {"\xfd"
       "7zXZ"sv,
       FileKind::Archive},
      {"7z\xbc\xaf\x27\x1c"sv, FileKind::Archive},
      {"\x28\xb5\x2f\xfd"sv, FileKind::Archive},
      {"Rar!\x1a\x07"sv, FileKind::Archive},
      {"RIFF"sv, FileKind::Media},
      {"OggS"sv, FileKind::Media},
      {"ID3"sv, FileKind::Media},
      {"SQLite format 3"sv, FileKind::Database},
  };
  for (const Magic& magic : kMagics)
    if (bytes.starts_with(magic.begin)) return magic.kind;
  return FileKind::Unknown;
}

// --- UTF-16 without a byte order mark ---

bool is_common_unit(char16_t u) {
  return (u >= 0x20 && u < 0x7f) || u == '\n' || u == '\r' || u == '\t' ||
         (u >= 0xa0 && u < 0x180) || (u >= 0x370 && u < 0x600) || (u >= 0x2000 && u < 0x2070) ||
         (u >= 0x3000 && u < 0xa000) || (u >= 0xac00 && u < 0xd7a4) || (u >= 0xff00 && u < 0xfff0);
}

struct Utf16Score {
  size_t units = 0, common = 0, ascii = 0;
  bool plausible() const { return ascii > 0 && common * 20 >= units * 19; }
};

Utf16Score score_utf16(std::string_view bytes, bool big_endian) {
  Utf16Score score;
  const size_t end = std::min(bytes.size(), kSampleBytes) & ~size_t{1};
  for (size_t i = 0; i < end; i += 2) {
    const unsigned char high = byte_at(bytes, i + (big_endian ? 0 : 1)),
                        low = byte_at(bytes, i + (big_endian ? 1 : 0));
    const auto unit = static_cast<char16_t>(high << 8 | low);
    ++score.units;
    if (is_common_unit(unit) || (unit >= 0xd800 && unit < 0xe000)) ++score.common;
    if (unit < 0x80) ++score.ascii;
  }
  return score;
}

// --- one pass over all bytes ---

struct ByteCounts {
  size_t nul = 0, control = 0, high = 0;
  size_t utf8_multi = 0, utf8_broken = 0;
};

ByteCounts count_bytes(std::string_view bytes) {
  ByteCounts counts;
  for (size_t i = 0; i < bytes.size();) {
    const unsigned char b = byte_at(bytes, i);
    if (b < 0x80) {
      if (b == 0) ++counts.nul;
      if (is_rare_control(b)) ++counts.control;
      ++i;
      continue;
    }
    const Utf8Step step = utf8_step(bytes, i);
    counts.high += step.size;
    if (step.kind == Utf8Step::Kind::Character) {
      ++counts.utf8_multi;
    } else if (step.kind == Utf8Step::Kind::Broken) {
      ++counts.utf8_broken;
    }
    i += step.size;
  }
  return counts;
}

// Bytes of the GB18030 character at `i`; 0 when broken, `left` + 1 when the text ends inside it.
size_t gb_size(std::string_view bytes, size_t i) {
  const unsigned char b = byte_at(bytes, i);
  const size_t left = bytes.size() - i;
  if (b < 0x80) return 1;
  if (b == 0x80 || b == 0xff) return 0;
  if (left < 2) return left + 1;
  const unsigned char second = byte_at(bytes, i + 1);
  if (second >= 0x40 && second != 0x7f && second != 0xff) return 2;
  if (second < 0x30 || second > 0x39) return 0;
  if (left < 4) return left + 1;
  const unsigned char third = byte_at(bytes, i + 2), fourth = byte_at(bytes, i + 3);
  return third >= 0x81 && third != 0xff && fourth >= 0x30 && fourth <= 0x39 ? 4 : 0;
}

bool is_chinese(std::string_view bytes) {
  size_t pairs = 0, plain = 0, common = 0, broken = 0;
  for (size_t i = 0; i < bytes.size();) {
    const size_t size = gb_size(bytes, i);
    if (size > bytes.size() - i) break;
    if (size == 0) ++broken;
    if (size == 2) {
      ++pairs;
      const auto code = static_cast<uint16_t>(byte_at(bytes, i) << 8 | byte_at(bytes, i + 1));
      // Rows of marks (A1-A3) and of the 3,755 everyday ideographs (B0-D7).
      const unsigned row = code >> 8;
      if ((code & 0xff) >= 0xa1 && ((row >= 0xa1 && row <= 0xa3) || (row >= 0xb0 && row <= 0xd7)))
        ++plain;
      if (std::binary_search(kCommonChinese.begin(), kCommonChinese.end(), code)) ++common;
    }
    i += std::max<size_t>(size, 1);
  }
  if (pairs == 0 || broken * 1000 > pairs) return false;
  return pairs < 30 ? plain == pairs : plain * 10 >= pairs * 7 && common * 33 >= pairs;
}

// Western European letters stand among ASCII ones; other one-byte encodings (Cyrillic, Greek) have
// words of high bytes, and Central European ones have letters where Latin-1 has signs.
bool is_western(std::string_view bytes, bool& uses_c1) {
  size_t letters = 0, in_words = 0, signs_in_words = 0, signs = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char b = byte_at(bytes, i);
    if (b < 0x80) continue;
    if (b < 0xa0) {
      if (kWindows1252[b - 0x80] == 0xfffd) return false;
      uses_c1 = true;
      continue;
    }
    const bool after = i > 0 && is_ascii_letter(byte_at(bytes, i - 1));
    const bool before = i + 1 < bytes.size() && is_ascii_letter(byte_at(bytes, i + 1));
    if (b >= 0xc0) {
      ++letters;
      if (after || before) ++in_words;
    } else {
      ++signs;
      if (after && before) ++signs_in_words;
    }
  }
  return in_words * 10 >= letters * 7 && signs_in_words * 5 <= letters + signs;
}

TextGuess text(Encoding encoding, size_t bom_bytes = 0) {
  return {TextGuess::Verdict::Text, encoding, bom_bytes, FileKind::Unknown};
}
TextGuess binary(FileKind kind) { return {TextGuess::Verdict::Binary, Encoding::None, 0, kind}; }

// --- decoding ---

// Collects characters and passes them on in pieces.
class Pieces {
 public:
  explicit Pieces(const TextSink& sink) : sink_(sink) {}

  bool put(char32_t c) {
    append_utf8(c, out_);
    return out_.size() < kPieceBytes || flush();
  }

  bool flush() {
    const bool more = out_.empty() || sink_(out_);
    out_.clear();
    return more;
  }

 private:
  const TextSink& sink_;
  std::string out_;
};

bool decode_utf8(std::string_view bytes, const TextSink& sink) {
  std::string out;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    const bool last = piece.size() == bytes.size();
    size_t rest = append_lossy(piece, out);
    if (last && rest > 0) {
      append_utf8(0xfffd, out);
      rest = 0;
    }
    if (!sink(out)) return false;
    out.clear();
    bytes.remove_prefix(piece.size() - rest);
  }
  return true;
}

bool decode_utf16(std::string_view bytes, bool big_endian, const TextSink& sink) {
  Pieces pieces(sink);
  const auto unit_at = [&](size_t i) -> char32_t {
    return static_cast<char32_t>(byte_at(bytes, i + (big_endian ? 0 : 1)) << 8 |
                                 byte_at(bytes, i + (big_endian ? 1 : 0)));
  };
  size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    char32_t c = unit_at(i);
    if (c >= 0xd800 && c < 0xe000) {
      const char32_t low = c < 0xdc00 && i + 3 < bytes.size() ? unit_at(i + 2) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        i += 2;
      } else {
        c = 0xfffd;
      }
    }
    if (!pieces.put(c)) return false;
  }
  if (i < bytes.size() && !pieces.put(0xfffd)) return false;
  return pieces.flush();
}

bool decode_utf32(std::string_view bytes, bool big_endian, const TextSink& sink) {
  Pieces pieces(sink);
  for (size_t i = 0; i < bytes.size(); i += 4) {
    char32_t c = 0xfffd;
    if (i + 4 <= bytes.size()) {
      c = 0;
      for (size_t k = 0; k < 4; ++k)
        c |= static_cast<char32_t>(byte_at(bytes, i + k)) << 8 * (big_endian ? 3 - k : k);
      if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    }
    if (!pieces.put(c)) return false;
  }
  return pieces.flush();
}

bool decode_one_byte(std::string_view bytes, bool windows, const TextSink& sink) {
  Pieces pieces(sink);
  for (const char byte : bytes) {
    const auto b = static_cast<unsigned char>(byte);
    const char32_t c =
        windows && b >= 0x80 && b < 0xa0 ? char32_t{kWindows1252[b - 0x80]} : char32_t{b};
    if (!pieces.put(c)) return false;
  }
  return pieces.flush();
}

bool decode_gb18030(std::string_view bytes, const GbConverter& convert_gb, const TextSink& sink) {
  while (!bytes.empty()) {
    size_t end = 0;
    while (end < bytes.size() && end < kPieceBytes)
      end += std::clamp<size_t>(gb_size(bytes, end), 1, bytes.size() - end);
    if (!convert_gb(bytes.substr(0, end), sink)) return false;
    bytes.remove_prefix(end);
  }
  return true;
}

}  // namespace

TextGuess guess_encoding(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("\xef\xbb\xbf"sv)) return text(Encoding::Utf8, 3);
  if (bytes.starts_with("\x84\x31\x95\x33"sv)) return text(Encoding::Gb18030, 4);
  if (bytes.size() % 4 == 0 && bytes.starts_with("\xff\xfe\0\0"sv))
    return text(Encoding::Utf32Le, 4);
  if (bytes.size() % 4 == 0 && bytes.starts_with("\0\0\xfe\xff"sv))
    return text(Encoding::Utf32Be, 4);
  const bool marked_little = bytes.starts_with("\xff\xfe"sv),
             marked_big = bytes.starts_with("\xfe\xff"sv);
  if (marked_little || marked_big) {
    const Utf16Score score = score_utf16(bytes.substr(2), marked_big);
    if (score.common * 4 >= score.units * 3)
      return text(marked_big ? Encoding::Utf16Be : Encoding::Utf16Le, 2);
  }
  const FileKind kind = kind_of_magic(bytes);
  const ByteCounts counts = count_bytes(bytes);
  // "MZ", "ID3" and the like may begin honest text; bytes that text never holds settle it.
  const bool looks_binary =
      counts.control > 4 + bytes.size() / 100 || counts.nul * 1000 > bytes.size();
  if (kind == FileKind::Rtf ||
      (kind != FileKind::Unknown && (looks_binary || counts.utf8_broken > 0)))
    return binary(kind);
  if (counts.nul > 0 && bytes.size() % 2 == 0) {
    const Utf16Score little = score_utf16(bytes, false), big = score_utf16(bytes, true);
    const bool is_big = big.ascii > little.ascii;
    if ((is_big ? big : little).plausible())
      return text(is_big ? Encoding::Utf16Be : Encoding::Utf16Le);
  }
  if (looks_binary) return binary(FileKind::Unknown);
  if (counts.utf8_broken == 0 ||
      (counts.utf8_multi > 0 && counts.utf8_broken * 20 <= counts.utf8_multi &&
       counts.utf8_broken * 1000 <= bytes.size()))
    return text(Encoding::Utf8);
  if (is_chinese(bytes)) return text(Encoding::Gb18030);
  bool uses_c1 = false;
  if (counts.high * 10 <= bytes.size() * 3 && is_western(bytes, uses_c1))
    return text(uses_c1 ? Encoding::Windows1252 : Encoding::Latin1);
  return {};
}

bool decode_text(std::string_view bytes, const TextGuess& guess, const GbConverter& convert_gb,
                 const TextSink& sink) {
  bytes.remove_prefix(std::min(guess.bom_bytes, bytes.size()));
  switch (guess.encoding) {
    case Encoding::Utf16Le:
      return decode_utf16(bytes, false, sink);
    case Encoding::Utf16Be:
      return decode_utf16(bytes, true, sink);
    case Encoding::Utf32Le:
      return decode_utf32(bytes, false, sink);
    case Encoding::Utf32Be:
      return decode_utf32(bytes, true, sink);
    case Encoding::Gb18030:
      return decode_gb18030(bytes, convert_gb, sink);
    case Encoding::Latin1:
      return decode_one_byte(bytes, false, sink);
    case Encoding::Windows1252:
      return decode_one_byte(bytes, true, sink);
    default:
      return decode_utf8(bytes, sink);
  }
}

}  // namespace engine
