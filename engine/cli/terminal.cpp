// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "engine/error.h"

namespace engine::cli {
namespace {

std::atomic<int> g_signal{0};  // a signal handler can reach nothing but a global
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal_number) {
  if (g_signal.exchange(signal_number) != 0) {
    std::signal(signal_number, SIG_DFL);
    std::raise(signal_number);
  }
}

}  // namespace

void open_missing_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one: those below it are taken by now.
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) std::_Exit(1);
  }
}

std::string escape_controls(std::string_view text) {
  static const char* digits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  const auto escape = [&out](unsigned char byte) {
    out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      escape(byte);
    } else if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) {  // C1 controls in UTF-8
      escape(next);
      ++i;
    } else {
      out += text[i];
    }
  }
  return out;
}

void write_text(std::FILE* file, std::string_view text) {
  std::string escaped;
  if (isatty(fileno(file))) text = escaped = escape_controls(text);
  std::fflush(file);
  // Not through the stream: Ctrl+C while a pipe is full must neither lose bytes nor count as a
  // failure.
  while (!text.empty()) {
    const ssize_t written = write(fileno(file), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE)
      throw ClosedPipe(ErrorCode::Io, "nobody reads the output any more");
    if (written < 0)
      throw Error(ErrorCode::Io, std::string("cannot write the output: ") + std::strerror(errno));
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void ProgressLine::show(const std::string& text) {
  if (!isatty(STDERR_FILENO)) return;
  std::fprintf(stderr, "\r\x1b[K%s", escape_controls(text).c_str());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::clear() {
  if (!shown_) return;
  std::fprintf(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

void watch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);  // without SA_RESTART: reading a line ends too
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return g_signal.load() != 0; }

StopOnInterrupt::StopOnInterrupt()
    : watcher_([source = source_](const std::stop_token& done) mutable {
        constexpr std::chrono::milliseconds kPause(20);
        std::mutex mutex;
        std::condition_variable_any ended;  // at once when the work is done
        std::unique_lock lock(mutex);
        while (!done.stop_requested() && !interrupted())
          ended.wait_for(lock, done, kPause, [] { return false; });
        if (interrupted()) source.request_stop();
      }) {}

void forget_ctrl_c() {
  int ctrl_c = SIGINT;
  g_signal.compare_exchange_strong(ctrl_c, 0);
}

}  // namespace engine::cli
