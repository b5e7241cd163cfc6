// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer_file.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "engine/base/json.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/byte_alphabet.h"
#include "engine/text/unicode.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

using nlohmann::json;

constexpr int32_t kMaxTokenId = (1 << 22) - 1;
constexpr size_t kMaxPieceBytes = 16 << 10;
constexpr size_t kMaxAddedTokenBytes = 512;
constexpr size_t kMaxAddedBytes =
    1 << 20;  // of all added tokens together: the search tree grows with them

class Parser {
 public:
  Parser(const json& root, const std::string& where) : root_(root, where), where_(where) {}

  TokenizerTables parse() {
    check_normalizer();
    check_pre_tokenizer();
    check_post_processor();
    check_decoder();
    check_model();
    read_vocab();
    read_added_tokens();
    read_byte_ids();
    read_merges();
    return std::move(tables_);
  }

 private:
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const {
    throw Error(ErrorCode::InvalidFile, where_ + ": '" + printable(key) + "' " + problem);
  }
  [[noreturn]] void refuse(const std::string& key, const std::string& what) const {
    throw Error(ErrorCode::Unsupported,
                where_ + ": '" + key + "' is " + printable(what) +
                    ", which Fireside does not know; use a model with a tokenizer of "
                    "the Qwen2 or Qwen3 kind");
  }

  const json& object(const std::string& key) const {
    const json* value = root_.find(key);
    if (!value) fail(key, "is missing");
    if (!value->is_object()) fail(key, "must be an object");
    return *value;
  }

  // The "type" of a component, for comparison and for messages.
  std::string type_of(const json& component, const std::string& key) const {
    if (!component.is_object()) fail(key, "must be an object");
    const auto type = component.find("type");
    if (type == component.end() || !type->is_string()) fail(key + ".type", "must be a string");
    return type->get<std::string>();
  }

  // A flag that must have one value, because another one would change the ids.
  void require_flag(const json& component, const std::string& key, const char* flag, bool expected,
                    bool absent) const {
    const auto found = component.find(flag);
    if (found != component.end() && !found->is_null() && !found->is_boolean())
      fail(key + "." + flag, "must be true or false");
    const bool value = found == component.end() || found->is_null() ? absent : found->get<bool>();
    if (value != expected) refuse(key + "." + flag, value ? "true" : "false");
  }

  void check_normalizer() {
    const json* normalizer = root_.find("normalizer");
    if (!normalizer) return;
    const std::string type = type_of(*normalizer, "normalizer");
    if (type != "NFC") refuse("normalizer", type);
    tables_.nfc = true;
  }

  void check_pre_tokenizer() {
    const json& sequence = object("pre_tokenizer");
    const std::string type = type_of(sequence, "pre_tokenizer");
    if (type != "Sequence") refuse("pre_tokenizer", type);
    const auto list = sequence.find("pretokenizers");
    if (list == sequence.end() || !list->is_array())
      fail("pre_tokenizer.pretokenizers", "must be a list");
    if (list->size() != 2)
      refuse("pre_tokenizer", "a sequence of " + std::to_string(list->size()) + " steps");
    check_split((*list)[0], "pre_tokenizer.pretokenizers[0]");
    const std::string key = "pre_tokenizer.pretokenizers[1]";
    if (const std::string second = type_of((*list)[1], key); second != "ByteLevel")
      refuse(key, second);
    require_flag((*list)[1], key, "add_prefix_space", false, true);
    require_flag((*list)[1], key, "use_regex", false, true);
  }

  void check_split(const json& split, const std::string& key) {
    if (const std::string type = type_of(split, key); type != "Split") refuse(key, type);
    const auto behavior = split.find("behavior");
    if (behavior == split.end() || !behavior->is_string())
      fail(key + ".behavior", "must be a string");
    if (*behavior != "Isolated") refuse(key + ".behavior", behavior->get<std::string>());
    require_flag(split, key, "invert", false, false);
    const auto pattern = split.find("pattern");
    if (pattern == split.end() || !pattern->is_object())
      fail(key + ".pattern", "must be an object");
    const auto regex = pattern->find("Regex");
    if (regex == pattern->end() || !regex->is_string())
      fail(key + ".pattern.Regex", "must be a string");
    const auto known = find_split_pattern(regex->get_ref<const std::string&>());
    if (!known)
      refuse(key + ".pattern", "the regular expression '" + regex->get<std::string>() + "'");
    tables_.pattern = *known;
  }

  // ByteLevel here only moves offsets, which nobody asks for.
  void check_post_processor() const {
    const json* processor = root_.find("post_processor");
    if (!processor) return;
    if (const std::string type = type_of(*processor, "post_processor"); type != "ByteLevel")
      refuse("post_processor", type);
  }

  void check_decoder() const {
    const std::string type = type_of(object("decoder"), "decoder");
    if (type != "ByteLevel") refuse("decoder", type);
  }

  void check_model() {
    const json& model = object("model");
    const std::string type = type_of(model, "model");
    if (type != "BPE") refuse("model.type", type);
    for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
      const auto found = model.find(key);
      if (found == model.end() || found->is_null()) continue;
      if (!found->is_string()) fail(std::string("model.") + key, "must be a string");
      if (*found != "") refuse(std::string("model.") + key, "'" + found->get<std::string>() + "'");
    }
    if (const auto dropout = model.find("dropout");
        dropout != model.end() && !dropout->is_null() && *dropout != 0)
      refuse("model.dropout", dropout->dump());
    require_flag(model, "model", "byte_fallback", false, false);
    const auto ignore_merges = model.find("ignore_merges");
    if (ignore_merges == model.end() || ignore_merges->is_null()) return;
    if (!ignore_merges->is_boolean()) fail("model.ignore_merges", "must be true or false");
    ignore_merges_ = ignore_merges->get<bool>();
  }

  int32_t read_id(const json& value, const std::string& key) const {
    const bool in_range = value.is_number_integer() && value >= 0 && value <= kMaxTokenId;
    if (!in_range) fail(key, "must be a token id from 0 to " + std::to_string(kMaxTokenId));
    return value.get<int32_t>();
  }

  // Gives an id its bytes. Pieces that are not written in the byte alphabet stand for themselves,
  // as in Hugging Face.
  void set_token(int32_t id, const std::string& piece, const std::string& key) {
    const auto index = static_cast<size_t>(id);
    if (index >= tables_.token_bytes.size()) {
      tables_.token_bytes.resize(index + 1);
      is_used_.resize(index + 1);
    }
    if (is_used_[index]) fail(key, "gives the id " + std::to_string(id) + " a second time");
    is_used_[index] = true;
    auto bytes = piece_to_bytes(piece);
    tables_.token_bytes[index] = bytes ? std::move(*bytes) : piece;
  }

  void read_vocab() {
    const json& model = object("model");
    const auto vocab = model.find("vocab");
    if (vocab == model.end() || !vocab->is_object())
      fail("model.vocab", "must be an object of pieces and ids");
    vocab_.reserve(vocab->size());
    for (const auto& [piece, value] : vocab->items()) {
      const std::string key = "model.vocab." + piece;
      if (piece.empty()) fail("model.vocab", "holds an empty piece");
      if (piece.size() > kMaxPieceBytes)
        fail(key, "is a piece of " + std::to_string(piece.size()) + " bytes; at most " +
                      std::to_string(kMaxPieceBytes) + " are allowed");
      const int32_t id = read_id(value, key);
      set_token(id, piece, key);
      vocab_.emplace(piece, id);
    }
  }

  bool read_bool(const json& object, const char* name, const std::string& key) const {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_boolean())
      fail(key + "." + name, "must be true or false");
    return found->get<bool>();
  }

  void read_added_tokens() {
    const json* list = root_.find("added_tokens");
    if (!list) return;
    if (!list->is_array()) fail("added_tokens", "must be a list");
    size_t total_bytes = 0;
    std::unordered_set<std::string> contents;
    for (size_t i = 0; i < list->size(); ++i) {
      const std::string key = "added_tokens[" + std::to_string(i) + "]";
      AddedToken token = read_added_token((*list)[i], key);
      if (!contents.insert(token.content).second) fail(key + ".content", "appears twice");
      if (token.content.size() > kMaxAddedTokenBytes ||
          (total_bytes += token.content.size()) > kMaxAddedBytes)
        fail(key + ".content", "is too long; added tokens have at most " +
                                   std::to_string(kMaxAddedTokenBytes) + " bytes, and " +
                                   std::to_string(kMaxAddedBytes) + " together");
      if (const auto piece = vocab_.find(token.content); piece != vocab_.end()) {
        if (piece->second != token.id)
          fail(key + ".id", "is " + std::to_string(token.id) +
                                ", but model.vocab gives this token the id " +
                                std::to_string(piece->second));
      } else {
        set_token(token.id, token.content, key + ".id");
      }
      added_ids_.insert(token.id);
      tables_.added_tokens.push_back(std::move(token));
    }
  }

  AddedToken read_added_token(const json& item, const std::string& key) const {
    if (!item.is_object()) fail(key, "must be an object");
    AddedToken token;
    const auto content = item.find("content");
    if (content == item.end() || !content->is_string() || *content == "")
      fail(key + ".content", "must be a string that is not empty");
    token.content = content->get<std::string>();
    const auto id = item.find("id");
    if (id == item.end()) fail(key + ".id", "is missing");
    token.id = read_id(*id, key + ".id");
    token.special = read_bool(item, "special", key);
    token.single_word = read_bool(item, "single_word", key);
    token.lstrip = read_bool(item, "lstrip", key);
    token.rstrip = read_bool(item, "rstrip", key);
    token.normalized = read_bool(item, "normalized", key);
    if (token.normalized && tables_.nfc) token.content = to_nfc(token.content);
    return token;
  }

  void read_byte_ids() {
    tables_.byte_ids.assign(256, -1);
    for (int byte = 0; byte < 256; ++byte) {
      if (byte == 0xc0 || byte == 0xc1 || byte >= 0xf5) continue;  // never in UTF-8
      std::string letter;
      append_utf8(byte_to_letter(static_cast<unsigned char>(byte)), letter);
      const auto piece = vocab_.find(letter);
      if (piece == vocab_.end())
        fail("model.vocab", "has no piece for the byte " + std::to_string(byte));
      // Content could not be written without it, and content never yields an added token.
      if (added_ids_.contains(piece->second))
        refuse("added_tokens", "one that is also the piece of a single byte");
      tables_.byte_ids[byte] = piece->second;
    }
  }

  std::pair<std::string_view, std::string_view> read_merge(const json& item,
                                                           const std::string& key) const {
    if (item.is_array() && item.size() == 2 && item[0].is_string() && item[1].is_string())
      return {item[0].get_ref<const std::string&>(), item[1].get_ref<const std::string&>()};
    if (item.is_string()) {
      const std::string_view text = item.get_ref<const std::string&>();
      const size_t space = text.find(' ');
      if (space != text.npos && text.find(' ', space + 1) == text.npos)
        return {text.substr(0, space), text.substr(space + 1)};
    }
    fail(key, "must be two pieces, as \"a b\" or [\"a\", \"b\"]");
  }

  int32_t piece_id(std::string_view piece, const std::string& key) const {
    const auto found = vocab_.find(std::string(piece));
    if (found == vocab_.end())
      fail(key, "needs the piece '" + printable(std::string(piece)) + "', which model.vocab lacks");
    return found->second;
  }

  void read_merges() {
    const json& model = object("model");
    const auto list = model.find("merges");
    if (list == model.end() || !list->is_array()) fail("model.merges", "must be a list");
    tables_.merges.reserve(list->size());
    for (size_t i = 0; i < list->size(); ++i) {
      const std::string key = "model.merges[" + std::to_string(i) + "]";
      const auto [left, right] = read_merge((*list)[i], key);
      const Merge merge{piece_id(left, key), piece_id(right, key),
                        piece_id(std::string(left) + std::string(right), key)};
      if (!added_ids_.contains(merge.result)) tables_.merges.push_back(merge);
    }
    if (!ignore_merges_) return;
    for (const auto& [piece, id] : vocab_)
      if (!added_ids_.contains(id)) tables_.whole_words.emplace(tables_.token_bytes[id], id);
  }

  JsonObject root_;
  std::string where_;
  TokenizerTables tables_;
  bool ignore_merges_ = false;
  std::unordered_map<std::string, int32_t> vocab_;
  std::unordered_set<int32_t> added_ids_;
  std::vector<bool> is_used_;
};

}  // namespace

TokenizerTables parse_tokenizer_json(std::string_view text, const std::string& where) {
  const json root = parse_json(text, where);
  return Parser(root, where).parse();
}

}  // namespace engine
