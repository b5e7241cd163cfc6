// SPDX-License-Identifier: Apache-2.0
#include "engine/role.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <type_traits>
#include <utility>

#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/model_info.h"

namespace engine {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxFileBytes = 1 << 20;
constexpr size_t kMaxIdBytes = 64;
constexpr size_t kMaxLineBytes = 400;
constexpr size_t kMaxPromptBytes = 64 << 10;
constexpr size_t kMaxStarters = 4;

// Reads the members of one JSON object, each checked, and names the place in every error.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) fail("is not a JSON object; write it as {...}");
  }

  void allow_only(std::initializer_list<const char*> keys) const {
    for (const auto& [key, value] : object_.items()) {
      const std::string& name = key;
      if (std::none_of(keys.begin(), keys.end(), [&](const char* k) { return name == k; }))
        fail("has the unknown key \"" + printable(name) + "\"; remove it or correct its name");
    }
  }

  const Json* find(const char* key) const {
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }

  const Json& at(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) fail(std::string("lacks the key \"") + key + "\"");
    return *value;
  }

  std::string text(const char* key, size_t max_bytes, bool may_be_empty) const {
    return check_text(at(key), key, max_bytes, may_be_empty);
  }

  std::string check_text(const Json& value, const char* key, size_t max_bytes,
                         bool may_be_empty) const {
    if (!value.is_string()) fail(std::string("needs a string in \"") + key + "\"");
    auto text = value.get<std::string>();
    if (text.empty() && !may_be_empty) fail(std::string("has an empty \"") + key + "\"");
    if (text.size() > max_bytes)
      fail(std::string("has ") + std::to_string(text.size()) + " bytes in \"" + key +
           "\", more than the " + std::to_string(max_bytes) + " allowed; shorten it");
    return text;
  }

  // Lower-case letters, digits and hyphens: safe as a file name and as a key.
  std::string identifier(const char* key) const {
    auto id = text(key, kMaxIdBytes, false);
    const bool good = std::all_of(id.begin(), id.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!good)
      fail(std::string("has \"") + printable(id) + "\" in \"" + key +
           "\"; use lower-case letters, digits and hyphens");
    return id;
  }

  template <typename T>
  std::optional<T> number(const char* key) const {
    const Json* value = find(key);
    if (value == nullptr) return std::nullopt;
    if constexpr (std::is_floating_point_v<T>) {
      if (!value->is_number()) fail(std::string("needs a number in \"") + key + "\"");
      return value->get<T>();
    } else {
      if (!value->is_number_integer()) fail(std::string("needs a whole number in \"") + key + "\"");
      const bool fits = value->is_number_unsigned() ? std::in_range<T>(value->get<uint64_t>())
                                                    : std::in_range<T>(value->get<int64_t>());
      if (!fits) fail(std::string("has a number out of range in \"") + key + "\"");
      return value->get<T>();
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::InvalidFile, where_ + " " + problem);
  }

  const std::string& where() const { return where_; }

 private:
  const Json& object_;
  std::string where_;
};

std::vector<std::string> read_strings(const ObjectReader& reader, const char* key, size_t max_count,
                                      size_t max_bytes) {
  std::vector<std::string> strings;
  const Json* list = reader.find(key);
  if (list == nullptr) return strings;
  if (!list->is_array()) reader.fail(std::string("needs a list of strings in \"") + key + "\"");
  if (list->size() > max_count)
    reader.fail("has " + std::to_string(list->size()) + " entries in \"" + key + "\"; at most " +
                std::to_string(max_count) + " are allowed");
  for (const Json& entry : *list)
    strings.push_back(reader.check_text(entry, key, max_bytes, false));
  return strings;
}

SamplingParams read_sampling(const Json& object, const std::string& where) {
  const ObjectReader reader(object, where + ": \"sampling\"");
  reader.allow_only({"temperature", "top_k", "top_p", "min_p", "repetition_penalty",
                     "presence_penalty", "frequency_penalty", "seed", "max_tokens", "stop"});
  SamplingParams sampling;
  sampling.temperature = reader.number<float>("temperature");
  sampling.top_k = reader.number<int>("top_k");
  sampling.top_p = reader.number<float>("top_p");
  sampling.min_p = reader.number<float>("min_p");
  sampling.repetition_penalty = reader.number<float>("repetition_penalty");
  sampling.presence_penalty = reader.number<float>("presence_penalty").value_or(0);
  sampling.frequency_penalty = reader.number<float>("frequency_penalty").value_or(0);
  sampling.seed = reader.number<uint64_t>("seed");
  sampling.max_tokens = reader.number<int>("max_tokens");
  sampling.stop = read_strings(reader, "stop", 16, kMaxLineBytes);
  try {
    sampling.validate();
  } catch (const Error& error) {
    reader.fail(std::string("is not usable: ") + error.what());
  }
  return sampling;
}

void read_texts(const Json& object, const std::string& where, Role& role) {
  const ObjectReader reader(object, where);
  reader.allow_only({"name", "description", "system_prompt", "greeting", "starters"});
  role.name = reader.text("name", kMaxLineBytes, false);
  role.description = reader.text("description", kMaxLineBytes, true);
  role.system_prompt = reader.text("system_prompt", kMaxPromptBytes, true);
  role.greeting = reader.text("greeting", kMaxLineBytes * 4, true);
  role.starters = read_strings(reader, "starters", kMaxStarters, kMaxLineBytes * 4);
}

struct OrderedRole {
  int order = 0;
  Role role;
};

OrderedRole parse_ordered(const std::string& json, const std::string& language,
                          const std::string& where) {
  if (language != "en" && language != "zh_CN")
    throw Error(ErrorCode::InvalidArgument,
                "language '" + printable(language) + "' is not known; use en or zh_CN");
  if (json.size() > kMaxFileBytes)
    throw Error(ErrorCode::InvalidFile, where + " is larger than 1 MiB, too large for a role");
  const Json root = parse_json(json, where);
  const ObjectReader reader(root, where);
  reader.allow_only({"id", "icon", "order", "sampling", "en", "zh_CN"});
  OrderedRole result;
  result.role.id = reader.identifier("id");
  result.role.icon = reader.identifier("icon");
  result.order = reader.number<int>("order").value_or(1000);
  if (const Json* sampling = reader.find("sampling"))
    result.role.sampling = read_sampling(*sampling, where);
  // Both texts are read, so that a broken translation is found whatever language is on screen.
  const Json* chinese = reader.find("zh_CN");
  const Json* english = reader.find("en");
  if (english == nullptr && chinese == nullptr)
    reader.fail("has texts in neither \"en\" nor \"zh_CN\"; add one of them");
  Role unused;
  const bool use_chinese = english == nullptr || (language == "zh_CN" && chinese != nullptr);
  if (english != nullptr)
    read_texts(*english, where + ": \"en\"", use_chinese ? unused : result.role);
  if (chinese != nullptr)
    read_texts(*chinese, where + ": \"zh_CN\"", use_chinese ? result.role : unused);
  return result;
}

}  // namespace

Role parse_role(const std::string& json, const std::string& language, const std::string& where) {
  return parse_ordered(json, language, where).role;
}

std::vector<Role> built_in_roles(const std::string& language) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(resource_directory()) / "roles";
  std::error_code problem;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end;
       it.increment(problem))
    if (it->path().extension() == ".json") files.push_back(it->path());
  if (problem || files.empty())
    throw Error(ErrorCode::NotFound,
                "no role files in " + printable(folder.string()) +
                    "; reinstall Fireside or set FIRESIDE_RESOURCES to its resources folder");
  std::vector<OrderedRole> ordered;
  for (const fs::path& file : files)
    ordered.push_back(parse_ordered(read_file(file.string(), kMaxFileBytes), language,
                                    "role file " + printable(file.filename().string())));
  std::sort(ordered.begin(), ordered.end(), [](const OrderedRole& a, const OrderedRole& b) {
    return std::pair(a.order, a.role.id) < std::pair(b.order, b.role.id);
  });
  std::vector<Role> roles;
  for (OrderedRole& entry : ordered) {
    if (!roles.empty() && roles.back().id == entry.role.id)
      throw Error(ErrorCode::InvalidFile,
                  "two role files use the id \"" + entry.role.id + "\"; change one of them");
    roles.push_back(std::move(entry.role));
  }
  return roles;
}

}  // namespace engine
