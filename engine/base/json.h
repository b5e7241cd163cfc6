// SPDX-License-Identifier: Apache-2.0
// JSON from files that nobody vouches for: at most 128 levels, no duplicate keys, no NUL, no byte
// order mark, valid UTF-8, nothing after the value. Parsing does not recurse. Error messages name
// the file and never quote it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

constexpr int kMaxJsonDepth = 128;

// `where` names the text in errors (a path). Throws Error{InvalidFile}.
nlohmann::json parse_json(std::string_view text, const std::string& where);

// read_file() and parse_json(). Throws Error{NotFound, InvalidFile, Io}.
nlohmann::json read_json_file(const std::string& path, int64_t max_bytes);

// Typed access to one object; every error names file, key, value and what is allowed. As in Hugging
// Face's files, a null counts as absent. Keeps a reference to the json it was given.
class JsonObject {
 public:
  // Throws Error{InvalidFile} when `json` is not an object.
  JsonObject(const nlohmann::json& json, std::string where);

  // nullptr when absent or null.
  const nlohmann::json* find(const std::string& key) const;

  // The find_ functions give nothing when the key is absent; the others throw Error{InvalidFile}
  // then. All throw Error{InvalidFile} for another type or a value outside [min, max].
  std::optional<int64_t> find_integer(const std::string& key, int64_t min, int64_t max) const;
  std::optional<double> find_number(const std::string& key, double min, double max) const;
  std::optional<bool> find_bool(const std::string& key) const;
  std::optional<std::string> find_string(const std::string& key) const;
  int64_t integer(const std::string& key, int64_t min, int64_t max) const;
  double number(const std::string& key, double min, double max) const;

  const nlohmann::json& json() const { return json_; }
  const std::string& where() const { return where_; }

  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;

 private:
  const nlohmann::json& json_;
  std::string where_;
};

}  // namespace engine
