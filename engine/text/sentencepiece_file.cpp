// SPDX-License-Identifier: Apache-2.0
#include "engine/text/sentencepiece_file.h"

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <unordered_set>

#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

static_assert(std::endian::native == std::endian::little, "floats are copied as they are");

using Kind = SentencePieceModel::Kind;

constexpr size_t kMaxPieces = 1 << 21;
constexpr size_t kMaxPieceBytes = 4096;
constexpr size_t kMaxAddedBytes = 1 << 20;  // of all added tokens: their tree grows with them

// Field numbers of sentencepiece_model.proto.
namespace model_field {
constexpr uint32_t kPieces = 1, kTrainer = 2, kNormalizer = 3, kDenormalizer = 5;
}
namespace piece_field {
constexpr uint32_t kText = 1, kScore = 2, kKind = 3;
}
namespace trainer_field {
constexpr uint32_t kModelType = 3, kSpaceAsSuffix = 24, kByteFallback = 35;
}
namespace normalizer_field {
constexpr uint32_t kName = 1, kCharsMap = 2, kDummyPrefix = 3, kRemoveSpaces = 4, kEscapeSpaces = 5;
}
constexpr uint64_t kBpe = 2;

enum class WireType : uint32_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

struct Field {
  uint32_t number = 0;
  WireType type = WireType::Varint;
  uint64_t value = 0;      // of a number
  std::string_view bytes;  // of a string or message
};

// One message, field by field.
class WireReader {
 public:
  WireReader(std::string_view bytes, const std::string& where) : rest_(bytes), where_(where) {}

  bool next(Field& field) {
    if (rest_.empty()) return false;
    const uint64_t key = varint();
    field = {static_cast<uint32_t>(key >> 3), static_cast<WireType>(key & 7), 0, {}};
    if (key >> 3 == 0 || key >> 32 != 0) fail("a field has no valid number");
    switch (field.type) {
      case WireType::Varint:
        field.value = varint();
        break;
      case WireType::Fixed64:
        std::memcpy(&field.value, take(8).data(), 8);
        break;
      case WireType::Fixed32:
        std::memcpy(&field.value, take(4).data(), 4);
        break;
      case WireType::Bytes:
        field.bytes = take(varint());
        break;
      default:
        fail("a field is of a type that does not exist");
    }
    return true;
  }

  void require(const Field& field, WireType type) const {
    if (field.type != type) fail("field " + std::to_string(field.number) + " is of the wrong type");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::InvalidFile,
                where_ + " is not a valid SentencePiece model: " + what + "; download it again");
  }

 private:
  std::string_view take(uint64_t size) {
    if (size > rest_.size()) fail("it ends inside a field");
    const std::string_view bytes = rest_.substr(0, static_cast<size_t>(size));
    rest_.remove_prefix(static_cast<size_t>(size));
    return bytes;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    fail("a number is longer than 64 bits");
  }

  std::string_view rest_;
  const std::string& where_;
};

[[noreturn]] void unsupported(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::Unsupported, where + ": " + what +
                                          " is not supported; Fireside reads SentencePiece models "
                                          "of type BPE that do not normalise (Llama, Mistral)");
}

SentencePieceModel::Piece parse_piece(std::string_view bytes, size_t id, const std::string& where) {
  SentencePieceModel::Piece piece;
  WireReader reader(bytes, where);
  for (Field field; reader.next(field);) {
    if (field.number == piece_field::kText) {
      reader.require(field, WireType::Bytes);
      piece.text = field.bytes;
    } else if (field.number == piece_field::kScore) {
      reader.require(field, WireType::Fixed32);
      const auto bits = static_cast<uint32_t>(field.value);
      std::memcpy(&piece.score, &bits, sizeof bits);
    } else if (field.number == piece_field::kKind) {
      reader.require(field, WireType::Varint);
      if (field.value < 1 || field.value > 6)
        unsupported(where,
                    "piece " + std::to_string(id) + " of kind " + std::to_string(field.value));
      piece.kind = static_cast<Kind>(field.value);
    }
  }
  const std::string name = "piece " + std::to_string(id);
  if (piece.text.empty()) reader.fail(name + " is empty");
  if (piece.text.size() > kMaxPieceBytes) reader.fail(name + " is longer than 4096 bytes");
  if (find_invalid_utf8(piece.text) != kValidUtf8) reader.fail(name + " is not UTF-8");
  if (!std::isfinite(piece.score)) reader.fail("the score of " + name + " is not a finite number");
  if (piece.kind == Kind::Byte) {
    unsigned byte = 0;
    char spelled[8] = {};
    if (piece.text.size() == 6 && std::sscanf(piece.text.c_str(), "<0x%2X>", &byte) == 1)
      std::snprintf(spelled, sizeof spelled, "<0x%02X>", byte & 0xff);
    if (piece.text != spelled) reader.fail(name + " stands for a byte but is not <0xNN>");
  }
  return piece;
}

void parse_trainer(std::string_view bytes, const std::string& where, uint64_t& model_type,
                   SentencePieceModel& model) {
  WireReader reader(bytes, where);
  for (Field field; reader.next(field);) {
    if (field.number == trainer_field::kModelType) {
      reader.require(field, WireType::Varint);
      model_type = field.value;
    } else if (field.number == trainer_field::kByteFallback) {
      reader.require(field, WireType::Varint);
      model.byte_fallback = field.value != 0;
    } else if (field.number == trainer_field::kSpaceAsSuffix && field.value != 0) {
      unsupported(where, "'treat_whitespace_as_suffix'");
    }
  }
}

void parse_normalizer(std::string_view bytes, const std::string& where, bool& removes_spaces,
                      SentencePieceModel& model) {
  WireReader reader(bytes, where);
  std::string_view name;
  bool has_map = false;
  for (Field field; reader.next(field);) {
    if (field.number == normalizer_field::kName) name = field.bytes;
    if (field.number == normalizer_field::kCharsMap) has_map = !field.bytes.empty();
    if (field.number == normalizer_field::kDummyPrefix) model.add_dummy_prefix = field.value != 0;
    if (field.number == normalizer_field::kRemoveSpaces) removes_spaces = field.value != 0;
    if (field.number == normalizer_field::kEscapeSpaces && field.value == 0)
      unsupported(where, "'escape_whitespaces' false");
  }
  if (has_map) unsupported(where, "the normaliser '" + printable(std::string(name)) + "'");
}

void check_pieces(const SentencePieceModel& model, const WireReader& reader) {
  std::unordered_set<std::string_view> seen;
  int num_unknown = 0, num_bytes = 0;
  size_t added_bytes = 0;
  for (const SentencePieceModel::Piece& piece : model.pieces) {
    if (!seen.insert(piece.text).second)
      reader.fail("the piece '" + printable(piece.text) + "' occurs twice");
    num_unknown += piece.kind == Kind::Unknown;
    num_bytes += piece.kind == Kind::Byte;
    if (piece.kind == Kind::Control || piece.kind == Kind::UserDefined)
      added_bytes += piece.text.size();
  }
  if (added_bytes > kMaxAddedBytes) reader.fail("its added tokens take more than 1 MiB");
  if (num_unknown != 1) reader.fail("it must have exactly one unknown piece");
  if (model.byte_fallback && num_bytes != 256)
    reader.fail("it falls back to bytes but has " + std::to_string(num_bytes) + " of 256");
}

// The writer's side of the wire format.
void put_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void put_number(std::string& out, uint32_t field, uint64_t value) {
  put_varint(out, field << 3 | static_cast<uint32_t>(WireType::Varint));
  put_varint(out, value);
}

void put_bytes(std::string& out, uint32_t field, std::string_view bytes) {
  put_varint(out, field << 3 | static_cast<uint32_t>(WireType::Bytes));
  put_varint(out, bytes.size());
  out += bytes;
}

void put_float(std::string& out, uint32_t field, float value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  put_varint(out, field << 3 | static_cast<uint32_t>(WireType::Fixed32));
  out.append(bytes, sizeof bytes);
}

}  // namespace

SentencePieceModel parse_sentencepiece_model(std::string_view bytes, const std::string& where) {
  SentencePieceModel model;
  uint64_t model_type = 1;     // the format's default: unigram
  bool removes_spaces = true;  // the format's default
  WireReader reader(bytes, where);
  for (Field field; reader.next(field);) {
    if (field.number == model_field::kPieces) {
      reader.require(field, WireType::Bytes);
      if (model.pieces.size() == kMaxPieces) reader.fail("it has more than 2,097,152 pieces");
      model.pieces.push_back(parse_piece(field.bytes, model.pieces.size(), where));
    } else if (field.number == model_field::kTrainer) {
      reader.require(field, WireType::Bytes);
      parse_trainer(field.bytes, where, model_type, model);
    } else if (field.number == model_field::kNormalizer) {
      reader.require(field, WireType::Bytes);
      parse_normalizer(field.bytes, where, removes_spaces, model);
    } else if (field.number == model_field::kDenormalizer) {
      reader.require(field, WireType::Bytes);
      SentencePieceModel ignored;
      bool ignored_spaces = false;
      parse_normalizer(field.bytes, where, ignored_spaces, ignored);
    }
  }
  if (model.pieces.empty()) reader.fail("it has no pieces");
  if (model_type != kBpe)
    unsupported(where, model_type == 1 ? "the model type 'unigram'"
                                       : "the model type " + std::to_string(model_type));
  if (removes_spaces) unsupported(where, "'remove_extra_whitespaces'");
  check_pieces(model, reader);
  return model;
}

std::string write_sentencepiece_model(const SentencePieceModel& model, bool add_dummy_prefix) {
  std::string out;
  for (const SentencePieceModel::Piece& piece : model.pieces) {
    std::string message;
    const Kind kind = piece.kind == Kind::UserDefined ? Kind::Control : piece.kind;
    put_bytes(message, piece_field::kText, piece.text);
    put_float(message, piece_field::kScore, piece.score);
    put_number(message, piece_field::kKind, static_cast<uint64_t>(kind));
    put_bytes(out, model_field::kPieces, message);
  }
  std::string trainer, normalizer;
  put_number(trainer, trainer_field::kModelType, kBpe);
  put_number(trainer, trainer_field::kByteFallback, model.byte_fallback ? 1 : 0);
  put_bytes(normalizer, normalizer_field::kName, "identity");
  put_number(normalizer, normalizer_field::kDummyPrefix, add_dummy_prefix ? 1 : 0);
  put_number(normalizer, normalizer_field::kRemoveSpaces, 0);
  put_bytes(out, model_field::kTrainer, trainer);
  put_bytes(out, model_field::kNormalizer, normalizer);
  return out;
}

}  // namespace engine
