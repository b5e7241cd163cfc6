// SPDX-License-Identifier: Apache-2.0
#include "engine/formats/safetensors_header.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "engine/base/checked_size.h"
#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

using nlohmann::json;

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;
constexpr size_t kMaxTensors = 262'144;
constexpr size_t kMaxDims = 16;

// Bits of one element; 0 for a name that the format does not know.
int dtype_bits(std::string_view dtype) {
  static constexpr std::pair<std::string_view, int> kBits[] = {
      {"BOOL", 8}, {"F4", 4},      {"F6_E2M3", 6},     {"F6_E3M2", 6},     {"U8", 8},
      {"I8", 8},   {"F8_E5M2", 8}, {"F8_E4M3", 8},     {"F8_E8M0", 8},     {"I16", 16},
      {"U16", 16}, {"F16", 16},    {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"BF16", 16},
      {"I32", 32}, {"U32", 32},    {"F32", 32},        {"C64", 64},        {"F64", 64},
      {"I64", 64}, {"U64", 64}};
  for (const auto& [name, bits] : kBits)
    if (name == dtype) return bits;
  return 0;
}

// Reads the JSON event by event: memory stays close to what the file itself holds, whatever it
// holds.
class HeaderReader final : public nlohmann::json_sax<json> {
 public:
  explicit HeaderReader(const std::string& where) : where_(where) {}

  std::vector<SafetensorsEntry> take() { return std::move(entries_); }

  bool start_object(std::size_t) override {
    enter();
    switch (state_) {
      case State::Outside:
        state_ = State::Root;
        return true;
      case State::Root:
        return open_root_value();
      case State::Tensor:
        return open_ignored();
      case State::Ignored:
        return true;
      default:
        unexpected("an object");
    }
  }

  bool end_object() override {
    --depth_;
    switch (state_) {
      case State::Root:
        state_ = State::Done;
        break;
      case State::Metadata:
        state_ = State::Root;
        break;
      case State::Tensor:
        finish_tensor();
        break;
      default:
        close_ignored();
    }
    return true;
  }

  bool start_array(std::size_t) override {
    enter();
    if (state_ == State::Tensor && field_ == Field::Shape) {
      state_ = State::Shape;
    } else if (state_ == State::Tensor && field_ == Field::Offsets) {
      state_ = State::Offsets;
    } else if (state_ == State::Tensor) {
      return open_ignored();
    } else if (state_ != State::Ignored) {
      unexpected("an array");
    }
    return true;
  }

  bool end_array() override {
    --depth_;
    if (state_ == State::Shape || state_ == State::Offsets) {
      state_ = State::Tensor;
    } else {
      close_ignored();
    }
    return true;
  }

  bool key(string_t& name) override {
    switch (state_) {
      case State::Root:
        if (!names_.insert(name).second)
          fail("the tensor '" + printable(name) + "' is described twice");
        root_key_ = std::move(name);
        break;
      case State::Metadata:
        if (!metadata_keys_.insert(std::move(name)).second)
          fail("a key of __metadata__ appears twice");
        break;
      case State::Tensor:
        open_field(name);
        break;
      default:
        break;
    }
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (state_ == State::Shape) {
      if (value > static_cast<uint64_t>(INT64_MAX)) fail_tensor("its size overflows");
      if (entries_.back().shape.size() >= kMaxDims) fail_tensor("it has more than 16 dimensions");
      entries_.back().shape.push_back(static_cast<int64_t>(value));
    } else if (state_ == State::Offsets) {
      if (num_offsets_ >= 2) fail_tensor("data_offsets must be two numbers");
      (num_offsets_++ == 0 ? entries_.back().begin : entries_.back().end) = value;
    } else {
      ignored_value("a number");
    }
    return true;
  }

  bool string(string_t& value) override {
    if (state_ == State::Metadata) return true;
    if (state_ == State::Tensor && field_ == Field::Dtype) {
      entries_.back().dtype = std::move(value);
      return true;
    }
    return ignored_value("a string");
  }

  bool null() override {
    if (state_ == State::Root && root_key_ == "__metadata__") return true;
    return ignored_value("null");
  }
  bool boolean(bool) override { return ignored_value("a truth value"); }
  bool number_integer(number_integer_t) override { return ignored_value("a negative number"); }
  bool number_float(number_float_t, const string_t&) override {
    return ignored_value("a fraction");
  }
  bool binary(binary_t&) override { return false; }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    fail("the header is not valid JSON (byte " + std::to_string(position) + " of it)");
  }

 private:
  enum class State { Outside, Root, Metadata, Tensor, Shape, Offsets, Ignored, Done };
  enum class Field { None, Dtype, Shape, Offsets, Unknown };

  void enter() {
    if (++depth_ > kMaxJsonDepth) fail("the header is nested deeper than 128 levels");
  }

  bool open_root_value() {
    if (root_key_ == "__metadata__") {
      state_ = State::Metadata;
      return true;
    }
    if (entries_.size() >= kMaxTensors) fail("it lists more than 262,144 tensors");
    entries_.emplace_back();
    entries_.back().name = root_key_;
    has_dtype_ = has_shape_ = has_offsets_ = false;
    field_ = Field::None;
    num_offsets_ = 0;
    state_ = State::Tensor;
    return true;
  }

  void open_field(const std::string& name) {
    field_ = name == "dtype"          ? Field::Dtype
             : name == "shape"        ? Field::Shape
             : name == "data_offsets" ? Field::Offsets
                                      : Field::Unknown;
    if (field_ == Field::Unknown) return;
    bool& seen = field_ == Field::Dtype   ? has_dtype_
                 : field_ == Field::Shape ? has_shape_
                                          : has_offsets_;
    if (std::exchange(seen, true)) fail_tensor("the key '" + name + "' appears twice");
  }

  void finish_tensor() {
    if (!has_dtype_) fail_tensor("'dtype' is missing");
    if (!has_shape_) fail_tensor("'shape' is missing");
    if (!has_offsets_ || num_offsets_ != 2) fail_tensor("data_offsets must be two numbers");
    state_ = State::Root;
  }

  // Keys of a tensor that the format does not define are skipped, as the reference does.
  bool open_ignored() {
    if (field_ != Field::Unknown) unexpected("an array or object");
    ignored_depth_ = depth_;
    state_ = State::Ignored;
    return true;
  }
  void close_ignored() {
    if (depth_ < ignored_depth_) state_ = State::Tensor;
  }
  bool ignored_value(const char* what) {
    const bool ignored =
        state_ == State::Ignored || (state_ == State::Tensor && field_ == Field::Unknown);
    if (!ignored) unexpected(what);
    return true;
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::InvalidFile,
                where_ + ": " + problem + "; the file is broken, download it again");
  }
  [[noreturn]] void fail_tensor(const std::string& problem) const {
    fail("tensor '" + printable(entries_.back().name) + "': " + problem);
  }
  [[noreturn]] void unexpected(const char* what) const {
    if (state_ == State::Outside) fail("the header is not a JSON object");
    if (state_ == State::Root)
      fail("'" + printable(root_key_) + "' must be an object, not " + what);
    if (state_ == State::Metadata)
      fail(std::string("__metadata__ holds ") + what + "; only strings are allowed");
    fail_tensor(std::string("unexpected ") + what + " in dtype, shape or data_offsets");
  }

  const std::string& where_;
  State state_ = State::Outside;
  Field field_ = Field::None;
  int depth_ = 0;
  int ignored_depth_ = 0;
  std::string root_key_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> metadata_keys_;
  std::vector<SafetensorsEntry> entries_;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false;
  int num_offsets_ = 0;
};

[[noreturn]] void fail(const std::string& where, const std::string& problem) {
  throw Error(ErrorCode::InvalidFile,
              where + ": " + problem + "; the file is broken, download it again");
}

std::string header_text(const ByteSource& file, const std::string& where) {
  const auto file_bytes = static_cast<uint64_t>(file.num_bytes());
  if (file_bytes < kLengthBytes)
    fail(where,
         "it has " + std::to_string(file_bytes) + " bytes, too few for a safetensors header");
  unsigned char bytes[kLengthBytes];
  file.read(0, bytes, kLengthBytes);
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) length |= uint64_t{bytes[i]} << (8 * i);
  if (length > kMaxHeaderBytes)
    fail(where,
         "its header claims " + std::to_string(length) + " bytes; at most 100,000,000 are allowed");
  if (length > file_bytes - kLengthBytes)
    fail(where, "its header claims " + std::to_string(length) +
                    " bytes, more than the file holds (truncated?)");
  std::string text(static_cast<size_t>(length), '\0');
  file.read(kLengthBytes, text.data(), static_cast<int64_t>(length));
  return text;
}

// Dtype and shape must give the length that the offsets claim.
void check_length(const SafetensorsEntry& entry, const std::string& where) {
  const std::string tensor = "tensor '" + printable(entry.name) + "': ";
  const int bits = dtype_bits(entry.dtype);
  if (bits == 0) fail(where, tensor + "the dtype '" + printable(entry.dtype) + "' does not exist");
  CheckedSize num_bits(1);
  for (const int64_t dim : entry.shape)
    num_bits = num_bits * CheckedSize(static_cast<uint64_t>(dim));
  num_bits = num_bits * CheckedSize(static_cast<uint64_t>(bits));
  if (!num_bits.ok()) fail(where, tensor + "its size overflows");
  if (num_bits.value() % 8 != 0) fail(where, tensor + "it does not end at a whole byte");
  if (num_bits.value() / 8 != entry.end - entry.begin)
    fail(where, tensor + "shape and dtype need " + std::to_string(num_bits.value() / 8) +
                    " bytes, data_offsets give " + std::to_string(entry.end - entry.begin));
}

}  // namespace

std::vector<SafetensorsEntry> parse_safetensors_header(const ByteSource& file,
                                                       const std::string& where) {
  const std::string text = header_text(file, where);
  // The parser would skip a byte order mark and take a NUL for the end.
  if (text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string::npos)
    fail(where, "the header is not valid JSON (byte order mark or NUL)");
  HeaderReader reader(where);
  if (!json::sax_parse(text.begin(), text.end(), &reader))
    fail(where, "the header is not valid JSON");
  std::vector<SafetensorsEntry> entries = reader.take();

  std::stable_sort(entries.begin(), entries.end(),
                   [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
                     return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
                   });
  const uint64_t data_begin = kLengthBytes + text.size();
  const uint64_t data_bytes = static_cast<uint64_t>(file.num_bytes()) - data_begin;
  uint64_t covered = 0;
  for (SafetensorsEntry& entry : entries) {
    if (entry.begin != covered || entry.end < entry.begin)
      fail(where, "tensor '" + printable(entry.name) +
                      "': its data overlaps another tensor or leaves a hole");
    check_length(entry, where);
    covered = entry.end;
    if (covered > data_bytes)
      fail(where,
           "tensor '" + printable(entry.name) + "' ends after the end of the file (truncated?)");
    entry.begin += data_begin;
    entry.end += data_begin;
  }
  if (covered != data_bytes)
    fail(where,
         std::to_string(data_bytes - covered) + " bytes after the last tensor belong to nothing");
  return entries;
}

}  // namespace engine
