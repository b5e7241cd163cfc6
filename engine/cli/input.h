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

// Asks the person at the terminal for a line that is not shown. False when there is none: the input
// is no terminal, has ended, is empty or Ctrl+C was pressed. Throws as read_line() does; the
// terminal shows again what is typed, whatever happens.
bool ask_password(std::string& password);

// All that is left, up to Ctrl+C. Throws as read_line() does.
std::string read_input(const std::string& what);

}  // namespace engine::cli
