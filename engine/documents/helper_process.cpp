// SPDX-License-Identifier: Apache-2.0
#include "engine/documents/helper_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/documents/helper_protocol.h"
#include "engine/error.h"

namespace engine {
namespace {

constexpr int kFirstFreeFd = 10;  // above every number that the helper's own descriptors get

[[noreturn]] void fail(const std::string& what, int error) {
  throw Error(ErrorCode::Io, "the document reader cannot be started: " + what + ": " +
                                 std::strerror(error) +
                                 ". Close some documents or programs and try again.");
}

// A copy that no child inherits, with a number that dup2() to 0, 1 or 3 cannot run over.
FileDescriptor move_up(int fd) {
  FileDescriptor copy(fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd));
  if (!copy.is_open()) fail("no file descriptor", errno);
  return copy;
}

struct Pipe {
  FileDescriptor read_end, write_end;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("no pipe", errno);
  const FileDescriptor low_read(ends[0]), low_write(ends[1]);
  return {move_up(ends[0]), move_up(ends[1])};
}

struct SpawnSettings {
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    // Its own group: Ctrl+C in a terminal is for Fireside, which then ends the helper.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

pid_t spawn(const std::string& program, int file, int answer, int request) {
  SpawnSettings settings;
  posix_spawn_file_actions_adddup2(&settings.actions, file, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&settings.actions, answer, STDOUT_FILENO);
#ifndef FIRESIDE_SANITIZED  // whose reports go to stderr
  posix_spawn_file_actions_addopen(&settings.actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
  posix_spawn_file_actions_adddup2(&settings.actions, request, helper::kRequestFd);
  posix_spawn_file_actions_addclosefrom_np(&settings.actions, helper::kRequestFd + 1);
  char name[] = "fireside-document-helper";
  char* arguments[] = {name, nullptr};
  char* environment[] = {nullptr};
  pid_t pid = -1;
  const int error = posix_spawn(&pid, program.c_str(), &settings.actions, &settings.attributes,
                                arguments, environment);
  if (error != 0) fail(program, error);
  return pid;
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void FileDescriptor::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

HelperProcess::HelperProcess(const std::string& program, int file, const std::string& request) {
  const FileDescriptor input = move_up(file);
  Pipe answer = make_pipe();
  Pipe question = make_pipe();
  // A request is smaller than a pipe, so this cannot block, and the read end is ours, so nothing
  // can hang up.
  if (write(question.write_end.get(), request.data(), request.size()) !=
      static_cast<ssize_t>(request.size()))
    fail("the request could not be written", errno);
  question.write_end.reset();
  pid_ = spawn(program, input.get(), answer.write_end.get(), question.read_end.get());
  answer_ = std::move(answer.read_end);
}

HelperProcess::~HelperProcess() { wait(0); }

std::optional<size_t> HelperProcess::read(char* buffer, size_t size, int timeout_ms) {
  pollfd waiting{answer_.get(), POLLIN, 0};
  if (poll(&waiting, 1, timeout_ms) <= 0) return std::nullopt;
  const ssize_t got = ::read(answer_.get(), buffer, size);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
  return got < 0 ? 0 : static_cast<size_t>(got);
}

int HelperProcess::wait(int timeout_ms) {
  if (pid_ < 0) return 0;
  int status = 0;
  for (int waited_ms = 0; waited_ms < timeout_ms; ++waited_ms) {
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_ || (ended < 0 && errno != EINTR)) {
      pid_ = -1;
      return status;
    }
    const timespec one_ms{0, 1'000'000};
    nanosleep(&one_ms, nullptr);
  }
  kill(pid_, SIGKILL);
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

}  // namespace engine
