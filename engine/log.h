// SPDX-License-Identifier: Apache-2.0
// Logging for the whole application, through spdlog.
//
// init_logging() is called once by main(): warnings and errors go to stderr, everything from the
// chosen level up to a rotating file $XDG_STATE_HOME/fireside/fireside.log (5 MB x 3). A file that
// cannot be opened is reported once on stderr and logging goes on without it. Prompt, answer and
// document text are never logged; control characters in logged names are escaped. Any thread may
// log.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace engine {

// level: "trace", "debug", "info", "warn", "error", "off". Throws Error{InvalidArgument} for
// anything else.
void init_logging(const std::string& level, bool log_to_stderr = true);

// Folder of the log file, made if missing: $XDG_STATE_HOME/fireside or ~/.local/state/fireside.
// Empty when neither variable names a folder: then nothing is logged to a file.
std::string log_directory();

// Valid UTF-8: control characters, marks of text direction and broken bytes become \xNN; of more
// than 200 bytes the middle becomes "...". For names of files in messages and logs.
std::string printable(const std::string& text);

}  // namespace engine
