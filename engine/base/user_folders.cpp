// SPDX-License-Identifier: Apache-2.0
#include "engine/base/user_folders.h"

#include <cstdlib>

namespace engine {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> own_folder(const char* variable, const char* place_in_home) {
  if (const auto folder = path_from(variable)) return *folder / "fireside";
  if (const auto home = path_from("HOME")) return *home / place_in_home / "fireside";
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> data_folder() { return own_folder("XDG_DATA_HOME", ".local/share"); }

std::optional<fs::path> state_folder() { return own_folder("XDG_STATE_HOME", ".local/state"); }

std::optional<fs::path> cache_folder() { return own_folder("XDG_CACHE_HOME", ".cache"); }

std::optional<fs::path> path_from(const char* variable) {
  const char* value = std::getenv(variable);
  if (!value || value[0] != '/') return std::nullopt;
  return fs::path(value);
}

}  // namespace engine
