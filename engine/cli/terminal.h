// SPDX-License-Identifier: Apache-2.0
// Text from models, documents and files on its way to a terminal or a pipe.
//
// On a terminal, control characters (ESC, C0 but line feed and tab, DEL, C1) are shown as \xNN, so
// that no text can move the cursor, change the title or hide something. Into a pipe or file the
// bytes go unchanged.
#pragma once

#include <cstdio>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "engine/error.h"

namespace engine::cli {

// A program may be started without standard input, output or error; the first files it opens would
// get their numbers, and an answer would go into the log. In their place stands what cannot be read
// or written, so that using it is an error. To be called first of all.
void open_missing_streams();

// Who read our output has closed it.
class ClosedPipe : public Error {
 public:
  using Error::Error;
};

// Writes at once. Throws Error{Io} when it fails (full disk), ClosedPipe for a pipe that nobody
// reads any more.
void write_text(std::FILE* file, std::string_view text);

// As write_text() does it on a terminal.
std::string escape_controls(std::string_view text);

// A line of progress on stderr, overwritten in place; nothing when stderr is not a terminal.
class ProgressLine {
 public:
  ~ProgressLine() { clear(); }
  void show(const std::string& text);
  void clear();

 private:
  bool shown_ = false;
};

// From the first call on, Ctrl+C (SIGINT) and SIGTERM set a flag instead of ending the process. A
// second one ends it.
void watch_interrupts();
bool interrupted();

// A stop token for work that looks at one and does not come back for long. Ctrl+C requests the
// stop; a signal handler itself may not.
class StopOnInterrupt {
 public:
  StopOnInterrupt();
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::jthread watcher_;
};

// For a conversation that goes on after Ctrl+C stopped one answer. SIGTERM is not forgotten.
void forget_ctrl_c();

}  // namespace engine::cli
