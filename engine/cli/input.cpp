// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/input.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {
namespace {

constexpr size_t kMaxBytes = 256 << 20;

// A read() that begins just after Ctrl+C would wait on, and the signal may be another thread's. A
// terminal gives one line at a time, so before a line nothing lies in the stream's buffer.
void wait_for_line_of_terminal() {
  if (!isatty(STDIN_FILENO)) return;
  constexpr int kPauseMs = 100;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (!interrupted()) {
    const int ready = poll(&input, 1, kPauseMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return;
  }
}

// EOF at the end and after Ctrl+C.
int next_byte(bool begins_line) {
  if (begins_line) wait_for_line_of_terminal();
  while (true) {
    if (interrupted()) return EOF;
    const int byte = getc_unlocked(stdin);
    if (byte != EOF || !std::ferror(stdin)) return byte;
    const int problem = errno;
    std::clearerr(stdin);
    if (problem != EINTR && !interrupted())
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

// While it lives, the terminal does not show what is typed.
class HiddenTyping {
 public:
  HiddenTyping() : is_terminal_(tcgetattr(STDIN_FILENO, &shown_) == 0) {
    if (!is_terminal_) return;
    termios hidden = shown_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenTyping() {
    if (!is_terminal_) return;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown_);
    std::fputs("\n", stderr);  // the one that was typed was not shown either
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;
  bool is_terminal() const { return is_terminal_; }

 private:
  termios shown_ = {};
  bool is_terminal_;
};

}  // namespace

bool read_line(std::string& line, const std::string& what) {
  line.clear();
  int byte = 0;
  while ((byte = next_byte(line.empty())) != EOF && byte != '\n') add(byte, line, what);
  return !interrupted() && (byte != EOF || !line.empty());
}

bool ask_password(std::string& password) {
  const HiddenTyping hidden;
  if (!hidden.is_terminal()) return false;
  std::fputs("password: ", stderr);
  return read_line(password, "the password") && !password.empty();
}

std::string read_input(const std::string& what) {
  std::string text;
  for (int byte = 0; (byte = next_byte(text.empty() || text.back() == '\n')) != EOF;)
    add(byte, text, what);
  return text;
}

}  // namespace engine::cli
