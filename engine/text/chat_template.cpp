// SPDX-License-Identifier: Apache-2.0
#include "engine/text/chat_template.h"

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "engine/base/input_file.h"
#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr int64_t kMaxTemplateBytes = 1 << 20;
constexpr int64_t kMaxConfigBytes = 16 << 20;  // tokenizer_config.json lists every added token

struct PublishedTemplate {
  const char* hash;  // of the normalised text
  const char* name;
  bool supported;
};

// The others are there to be called by their name when they are refused.
constexpr PublishedTemplate kPublished[] = {
    {"cc9ddd5a40bc1c0c8fb5d937b1e8f5d0", "Qwen3-Instruct-2507", true},
    {"4457e3d12b367a860283f874ff58d644", "Qwen3 with thinking (Qwen/Qwen3-0.6B)", false},
    {"e392aa06018503fd2469c9508f79506e", "Qwen2.5-Instruct", false},
    {"2e208406f263ff85f0c9a4263780adf9", "QwQ-32B", false},
    {"c1011bc5df5c50b85fec36a258d64550", "DeepSeek-R1-Distill-Qwen", false},
    {"9ddcd6cd71f96dd76ca7779b7730196a", "Llama-3.1-Instruct", false},
    {"2e6460c6835b08ba4807ae665df2ac46", "Hermes-3-Llama-3.1 (tool use)", false},
    {"4adb1f81f5c508ea24f6d97f87d647f5", "Llama-2-chat", false},
    {"638e5c8b05f6278ccae647ce0048756b", "Mistral-Nemo-Instruct-2407", false},
    {"8b30bb763d138e692c2e86beabccd2a4", "gemma-2-it", false},
    {"ceaa31b1554ec3f5cd8aff863abd4554", "Phi-3.5-mini-instruct", false},
    {"f45ff469005da372a5970aa085999fac", "SmolLM3", false},
};

// What may differ between copies of one template: line ends, white space at the ends of lines,
// empty lines at the end.
std::string normalized_template(std::string_view text) {
  std::string out, blank;  // blank: white space that counts only when something follows on its line
  for (const char c : text) {
    if (c == '\n') {
      blank.clear();
      out += '\n';
    } else if (c == ' ' || c == '\t' || c == '\r') {
      blank += c;
    } else {
      out += std::exchange(blank, {});
      out += c;
    }
  }
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

std::string template_hash(std::string_view text) {
  const std::string normalized = normalized_template(text);
  const XXH128_hash_t hash = XXH3_128bits(normalized.data(), normalized.size());
  std::array<char, 33> hex;
  std::snprintf(hex.data(), hex.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return hex.data();
}

// chat_template is a string or, in older files, a list of {"name", "template"}, of which "default"
// is meant.
std::optional<std::string> find_in_config(const std::string& file) {
  if (!file_exists(file)) return std::nullopt;
  const nlohmann::json config = read_json_file(file, kMaxConfigBytes);
  const JsonObject object(config, printable(file));
  const nlohmann::json* value = object.find("chat_template");
  if (!value) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  if (!value->is_array()) object.fail("chat_template", "must be a string");
  for (const auto& item : *value) {
    const bool well_formed = item.is_object() && item.contains("name") &&
                             item.contains("template") && item["name"].is_string() &&
                             item["template"].is_string();
    if (!well_formed) object.fail("chat_template", "must be a list of names and templates");
    if (item["name"] == "default") return item["template"].get<std::string>();
  }
  return std::nullopt;
}

void append(std::vector<Segment>& segments, Provenance provenance, std::string_view text) {
  if (text.empty()) return;
  if (segments.empty() || segments.back().provenance != provenance)
    segments.push_back({{}, provenance});
  segments.back().text += text;
}

}  // namespace

std::unique_ptr<const ChatTemplate> ChatTemplate::load(const std::string& model_folder) {
  const std::string jinja = model_folder + "/chat_template.jinja";
  if (file_exists(jinja)) return from_text(read_file(jinja, kMaxTemplateBytes), printable(jinja));
  const std::string config = model_folder + "/tokenizer_config.json";
  if (const auto text = find_in_config(config))
    return from_text(*text, printable(config) + " (chat_template)");
  throw Error(ErrorCode::NotFound,
              printable(model_folder) +
                  " has no chat template (chat_template.jinja, or chat_template in "
                  "tokenizer_config.json), so it is no chat model; choose an Instruct model");
}

std::unique_ptr<const ChatTemplate> ChatTemplate::from_text(std::string_view jinja,
                                                            const std::string& where) {
  if (find_invalid_utf8(jinja) != kValidUtf8)
    throw Error(ErrorCode::InvalidFile, where + " is not valid UTF-8");
  const std::string hash = template_hash(jinja);
  const PublishedTemplate* found = nullptr;
  for (const PublishedTemplate& published : kPublished)
    if (hash == published.hash) found = &published;
  if (found && found->supported)
    return std::unique_ptr<const ChatTemplate>(new ChatTemplate(found->name));
  throw Error(ErrorCode::Unsupported,
              where + " is " +
                  (found ? "the chat template of " + std::string(found->name)
                         : "a chat template not known here (hash " + hash + ")") +
                  "; Fireside knows that of Qwen3-Instruct-2507 only");
}

std::vector<Segment> ChatTemplate::render(const std::vector<ChatMessage>& messages,
                                          bool add_generation_prompt) const {
  if (messages.empty())
    throw Error(ErrorCode::InvalidArgument, "a chat needs at least one message");
  std::vector<Segment> segments;
  for (size_t i = 0; i < messages.size(); ++i) {
    const ChatMessage& message = messages[i];
    if (message.role != "system" && message.role != "user" && message.role != "assistant")
      throw Error(ErrorCode::InvalidArgument, "message " + std::to_string(i + 1) +
                                                  " has the role '" + printable(message.role) +
                                                  "'; use system, user or assistant");
    append(segments, Provenance::Template, "<|im_start|>" + message.role + "\n");
    append(segments, Provenance::Content, message.content);
    append(segments, Provenance::Template, "<|im_end|>\n");
  }
  if (add_generation_prompt) append(segments, Provenance::Template, "<|im_start|>assistant\n");
  return segments;
}

std::string joined_text(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  return text;
}

}  // namespace engine
