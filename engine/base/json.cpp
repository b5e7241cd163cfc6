// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"

#include <cmath>
#include <utility>
#include <vector>

#include "engine/base/input_file.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

using nlohmann::json;

// Builds a document while checking depth and keys. The parser that calls it keeps its own stack on
// the heap.
class DocumentBuilder final : public nlohmann::json_sax<json> {
 public:
  explicit DocumentBuilder(const std::string& where) : where_(where) {}

  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto [place, is_new] = open_.back()->get_ref<json::object_t&>().emplace(name, nullptr);
    if (!is_new)
      throw Error(ErrorCode::InvalidFile,
                  where_ + ": the key '" + printable(name) + "' appears twice");
    value_of_key_ = &place->second;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    throw Error(ErrorCode::InvalidFile,
                where_ + " is not valid JSON (byte " + std::to_string(position) + ")");
  }

 private:
  json* place(json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (value_of_key_) {
      *value_of_key_ = std::move(value);
      return std::exchange(value_of_key_, nullptr);
    }
    auto& array = open_.back()->get_ref<json::array_t&>();
    array.push_back(std::move(value));
    return &array.back();
  }
  bool add(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json value) {
    if (open_.size() >= kMaxJsonDepth)
      throw Error(ErrorCode::InvalidFile,
                  where_ + " is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const std::string& where_;
  json root_;
  // Containers not closed yet. Their addresses hold: nothing is added to a container while a child
  // of it is open.
  std::vector<json*> open_;
  json* value_of_key_ = nullptr;
};

std::string as_text(double value) {
  const json number = value;
  return number.dump();
}

}  // namespace

nlohmann::json parse_json(std::string_view text, const std::string& where) {
  // The parser would skip a mark and take a NUL for the end.
  if (text.starts_with("\xef\xbb\xbf"))
    throw Error(ErrorCode::InvalidFile,
                where + " starts with a byte order mark, which JSON does not allow");
  if (text.find('\0') != std::string_view::npos)
    throw Error(ErrorCode::InvalidFile, where + " is not valid JSON (it holds a NUL byte)");
  DocumentBuilder builder(where);
  if (!json::sax_parse(text.begin(), text.end(), &builder))
    throw Error(ErrorCode::InvalidFile, where + " is not valid JSON");
  return builder.take();
}

nlohmann::json read_json_file(const std::string& path, int64_t max_bytes) {
  return parse_json(read_file(path, max_bytes), printable(path));
}

JsonObject::JsonObject(const nlohmann::json& json, std::string where)
    : json_(json), where_(std::move(where)) {
  if (!json_.is_object()) throw Error(ErrorCode::InvalidFile, where_ + " is not a JSON object");
}

void JsonObject::fail(const std::string& key, const std::string& problem) const {
  throw Error(ErrorCode::InvalidFile, where_ + ": '" + printable(key) + "' " + problem);
}

const nlohmann::json* JsonObject::find(const std::string& key) const {
  const auto found = json_.find(key);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<int64_t> JsonObject::find_integer(const std::string& key, int64_t min,
                                                int64_t max) const {
  const auto* value = find(key);
  if (!value) return std::nullopt;
  const std::string range = std::to_string(min) + " to " + std::to_string(max);
  if (!value->is_number_integer()) fail(key, "must be a whole number from " + range);
  const bool too_large =
      value->is_number_unsigned() && value->get<uint64_t>() > static_cast<uint64_t>(INT64_MAX);
  if (too_large || value->get<int64_t>() < min || value->get<int64_t>() > max)
    fail(key, "is " + value->dump() + "; it must be from " + range);
  return value->get<int64_t>();
}

std::optional<double> JsonObject::find_number(const std::string& key, double min,
                                              double max) const {
  const auto* value = find(key);
  if (!value) return std::nullopt;
  const std::string range = as_text(min) + " to " + as_text(max);
  if (!value->is_number()) fail(key, "must be a number from " + range);
  const auto number = value->get<double>();
  if (!(number >= min && number <= max))
    fail(key, "is " + as_text(number) + "; it must be from " + range);
  return number;
}

std::optional<bool> JsonObject::find_bool(const std::string& key) const {
  const auto* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_boolean()) fail(key, "must be true or false");
  return value->get<bool>();
}

std::optional<std::string> JsonObject::find_string(const std::string& key) const {
  const auto* value = find(key);
  if (!value) return std::nullopt;
  if (!value->is_string()) fail(key, "must be a string");
  return value->get<std::string>();
}

int64_t JsonObject::integer(const std::string& key, int64_t min, int64_t max) const {
  const auto value = find_integer(key, min, max);
  if (!value) fail(key, "is missing");
  return *value;
}

double JsonObject::number(const std::string& key, double min, double max) const {
  const auto value = find_number(key, min, max);
  if (!value) fail(key, "is missing");
  return *value;
}

}  // namespace engine
