// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {
namespace {

constexpr size_t kMaxBytes = 256 << 20;

// EOF at the end and after Ctrl+C.
int next_byte() {
  while (true) {
    const int byte = getc_unlocked(stdin);
    if (byte != EOF || !std::ferror(stdin)) return byte;
    const int problem = errno;
    std::clearerr(stdin);
    if (interrupted()) return EOF;
    if (problem != EINTR)
      throw Error(ErrorCode::Io, std::string("cannot read the standard input: ") +
                                     std::strerror(problem) + "; give it a file or a pipe");
  }
}

// Memory grows with what was read, not with what a device without an end would give.
void add(int byte, std::string& text, const std::string& what) {
  if (text.size() >= kMaxBytes)
    throw Error(ErrorCode::InvalidFile, what + " is longer than 256 MB");
  text += static_cast<char>(byte);
}

}  // namespace

bool read_line(std::string& line, const std::string& what) {
  line.clear();
  int byte = 0;
  while ((byte = next_byte()) != EOF && byte != '\n') add(byte, line, what);
  return !interrupted() && (byte != EOF || !line.empty());
}

std::string read_input(const std::string& what) {
  std::string text;
  for (int byte = 0; (byte = next_byte()) != EOF;) add(byte, text, what);
  return text;
}

}  // namespace engine::cli
