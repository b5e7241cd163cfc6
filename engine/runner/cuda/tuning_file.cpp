// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/tuning_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "engine/base/input_file.h"
#include "engine/base/user_folders.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFirstLine = "fireside tuning 1\n";
constexpr std::string_view kLastLine = "checksum ";
constexpr size_t kMaxText = 512;  // of a key or value
constexpr int64_t kMaxFileBytes = int64_t{kMaxTuningChoices} * 2 * (kMaxText + 1) + 100;

std::string checksum_line(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  return std::string(kLastLine) + digits + "\n";
}

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxText &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

// A file of its own beside `path`, whole on the disk; its name, or empty with errno set.
std::string write_beside(const std::string& path, const std::string& text) {
  std::string name = path + ".XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return {};
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t written = ::write(file, text.data() + done, text.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += static_cast<size_t>(written);
  }
  bool good = done == text.size() && ::fsync(file) == 0;
  const int number = errno;
  good = ::close(file) == 0 && good;
  if (good) return name;
  ::unlink(name.c_str());
  errno = number;
  return {};
}

// Whether files can be made in a folder, which need not be there yet.
bool can_write_into(fs::path folder) {
  while (!file_exists(folder.string()) && folder.has_relative_path()) folder = folder.parent_path();
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

std::string tuning_file_path() {
  const auto folder = cache_folder();
  return folder ? (*folder / "products.tuning").string() : std::string();
}

std::string format_tuning(const TuningTable& table) {
  std::string text(kFirstLine);
  for (const auto& [key, value] : table.choices) {
    if (is_plain(key) && is_plain(value)) text += key + "\t" + value + "\n";
  }
  return text + checksum_line(text);
}

std::optional<TuningTable> parse_tuning(const std::string& text) {
  if (!text.starts_with(kFirstLine)) return {};
  TuningTable table;
  std::string_view rest = std::string_view(text).substr(kFirstLine.size());
  while (!rest.starts_with(kLastLine)) {
    const size_t end = rest.find('\n'), tab = rest.find('\t');
    if (end == rest.npos || tab > end || table.choices.size() == kMaxTuningChoices) return {};
    const std::string_view key = rest.substr(0, tab), value = rest.substr(tab + 1, end - tab - 1);
    const bool in_order = table.choices.empty() || table.choices.rbegin()->first < key;
    if (!is_plain(key) || !is_plain(value) || !in_order) return {};
    table.choices.emplace_hint(table.choices.end(), key, value);
    rest.remove_prefix(end + 1);
  }
  if (rest != checksum_line(std::string_view(text).substr(0, text.size() - rest.size()))) return {};
  return table;
}

TuningTable read_tuning_file(const std::string& path) {
  TuningTable table;
  if (path.empty()) return table;
  if (file_exists(path)) {
    try {
      if (auto found = parse_tuning(read_file(path, kMaxFileBytes)))
        table = std::move(*found);
      else
        spdlog::warn("{} is broken or of another version of Fireside: measuring anew",
                     printable(path));
    } catch (const Error& error) {
      spdlog::warn("{}: measuring anew", error.what());
    }
  }
  table.is_kept = can_write_into(fs::path(path).parent_path());
  return table;
}

bool write_tuning_file(const std::string& path, const TuningTable& table) {
  TuningTable merged = table;
  for (auto& choice : read_tuning_file(path).choices) merged.choices.insert(std::move(choice));
  if (merged.choices.size() > kMaxTuningChoices) merged = table;
  std::error_code ignored;  // found out below
  fs::create_directories(fs::path(path).parent_path(), ignored);
  const std::string beside = write_beside(path, format_tuning(merged));
  if (!beside.empty() && std::rename(beside.c_str(), path.c_str()) == 0) return true;
  const int number = errno;
  if (!beside.empty()) ::unlink(beside.c_str());
  spdlog::warn("cannot write {}: {}", printable(path), std::strerror(number));
  return false;
}

}  // namespace engine
