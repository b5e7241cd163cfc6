// SPDX-License-Identifier: Apache-2.0
// The TuningTable in the user's cache folder. It saves time and nothing else: it may be deleted at
// any time, and a file that is broken, too long or of another version counts as none.
//
// Text: "fireside tuning 1", lines "KEY<tab>VALUE" in order of their keys, "checksum " and 16
// digits (FNV-1a of all before that line). Replaced by renaming, never changed in place: whoever
// reads finds the old file or the new one.
#pragma once

#include <optional>
#include <string>

#include "engine/runner/cuda/tuning_table.h"

namespace engine {

constexpr size_t kMaxTuningChoices = 4096;

// $XDG_CACHE_HOME/fireside/products.tuning, else in ~/.cache; empty where there is neither.
std::string tuning_file_path();

std::string format_tuning(const TuningTable& table);

// Nothing where the text is not exactly what format_tuning() gives for some table.
std::optional<TuningTable> parse_tuning(const std::string& text);

// is_kept tells whether the folder can be written or made. Of a file that is no use the log says
// so, and an empty table comes back. An empty path: an empty table that is not kept.
TuningTable read_tuning_file(const std::string& path);

// Puts the choices of `table` into the file; what others have written there since stays. Above
// kMaxTuningChoices the file starts anew with those of `table`. Makes the folder. False, and
// logged, when that fails.
bool write_tuning_file(const std::string& path, const TuningTable& table);

}  // namespace engine
