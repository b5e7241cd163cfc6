// SPDX-License-Identifier: Apache-2.0
// Where a user's files belong, as the XDG base directory specification says
// (specifications.freedesktop.org/basedir-spec): in $XDG_..._HOME, or in its usual place in $HOME. A
// path that is not absolute does not count; nothing without one. The folders need not exist.
#pragma once

#include <filesystem>
#include <optional>

namespace engine {

// Conversations, settings and models: $XDG_DATA_HOME/fireside, or ~/.local/share/fireside.
std::optional<std::filesystem::path> data_folder();

// The log: $XDG_STATE_HOME/fireside, or ~/.local/state/fireside.
std::optional<std::filesystem::path> state_folder();

// What may be deleted at any time: $XDG_CACHE_HOME/fireside, or ~/.cache/fireside.
std::optional<std::filesystem::path> cache_folder();

// What an environment variable names, if it is an absolute path.
std::optional<std::filesystem::path> path_from(const char* variable);

}  // namespace engine
