// SPDX-License-Identifier: Apache-2.0
// Standard input, with a limit and with its errors: a folder or a broken disk is not the end of a
// file.
#pragma once

#include <string>

namespace engine::cli {

// The next line, without its end; `what` names it in errors ("line 3"). False at the end of the
// input and after Ctrl+C. Throws Error{Io} when it cannot be read, Error{InvalidFile} when the line
// is longer than 256 MB.
bool read_line(std::string& line, const std::string& what);

// All that is left, up to Ctrl+C. Throws as read_line() does.
std::string read_input(const std::string& what);

}  // namespace engine::cli
