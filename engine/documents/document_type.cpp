// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/document_type.h"

#include <algorithm>
#include <array>

#include "engine/document_endings.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr size_t kMaxNameBytes = 200;

constexpr std::array<std::string_view, 2> kMarkdown = {"md", "markdown"};
constexpr std::array<std::string_view, 2> kCsv = {"csv", "tsv"};
constexpr std::array<std::string_view, 4> kJson = {"json", "jsonl", "ndjson", "geojson"};
constexpr std::array<std::string_view, 2> kLog = {"log", "journal"};
constexpr auto kCode = std::to_array<std::string_view>({
    "asm",   "awk",  "bash",   "bat",    "c",     "cc",   "cfg",   "clj", "cmake", "conf", "cpp",
    "cs",    "css",  "cu",     "cuh",    "cxx",   "dart", "diff",  "el",  "erl",   "ex",   "f90",
    "fs",    "go",   "gradle", "groovy", "h",     "hh",   "hpp",   "hs",  "htm",   "html", "hxx",
    "ini",   "java", "jl",     "js",     "jsx",   "kt",   "lisp",  "lua", "m",     "mk",   "ml",
    "mm",    "nim",  "nix",    "pas",    "patch", "php",  "pl",    "pm",  "proto", "ps1",  "py",
    "pyi",   "qml",  "r",      "rb",     "rs",    "s",    "scala", "scm", "sh",    "sql",  "svelte",
    "swift", "tcl",  "tex",    "toml",   "ts",    "tsx",  "v",     "vb",  "vhd",   "vim",  "vue",
    "xml",   "yaml", "yml",    "zig",    "zsh",
});

template <size_t n>
bool contains(const std::array<std::string_view, n>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string ending(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  std::string out(name.substr(dot + 1));
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_deceptive(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
         (c >= 0xe0000 && c <= 0xe007f);
}

}  // namespace

std::string display_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash != std::string_view::npos && path.size() > 1) path.remove_prefix(slash + 1);
  std::string valid;
  if (append_lossy(path, valid) > 0) append_utf8(0xfffd, valid);
  std::string name;
  for (size_t position = 0; position < valid.size();) {
    const Utf8Step step = decode_valid(valid, position);
    if (name.size() + step.size > kMaxNameBytes) {
      name += "...";
      break;
    }
    append_utf8(is_deceptive(step.code_point) ? char32_t{0xfffd} : step.code_point, name);
    position += step.size;
  }
  return name.empty() ? "document" : name;
}

std::string text_type_of_name(std::string_view name) {
  const std::string suffix = ending(name);
  if (contains(kMarkdown, suffix)) return "markdown";
  if (contains(kCsv, suffix)) return "csv";
  if (contains(kJson, suffix)) return "json";
  if (contains(kLog, suffix)) return "log";
  if (contains(kCode, suffix)) return "code";
  return "text";
}

bool has_pdf_name(std::string_view name) { return ending(name) == "pdf"; }

std::vector<std::string> document_endings() {
  std::vector<std::string> all = {"pdf", "txt"};
  const auto add = [&all](const auto& list) { all.insert(all.end(), list.begin(), list.end()); };
  add(kMarkdown);
  add(kCsv);
  add(kJson);
  add(kLog);
  add(kCode);
  return all;
}

}  // namespace engine
