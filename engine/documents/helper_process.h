// SPDX-License-Identifier: Apache-2.0
// One run of fireside-document-helper: started with nothing but the file, a pipe and a request;
// ended for certain. The destructor kills and reaps it, so that no zombie, descriptor or running
// helper stays behind. One thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace engine {

// An open file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor() { reset(); }
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_;
};

class HelperProcess {
 public:
  // Starts `program`: fd 0 = file, fd 1 = the answer, fd 3 = `request`, an empty environment, no
  // other descriptor, its own process group. Throws Error{Io} when the system refuses (descriptors,
  // memory, permissions).
  HelperProcess(const std::string& program, int file, const std::string& request);
  ~HelperProcess();
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  // Waits up to timeout_ms for bytes of the answer and reads them into `buffer`: their number, 0 at
  // the end of the answer, nothing when time passed without any.
  std::optional<size_t> read(char* buffer, size_t size, int timeout_ms);

  // The wait status, within timeout_ms; a helper that has not ended by then is killed first.
  int wait(int timeout_ms);

 private:
  FileDescriptor answer_;
  pid_t pid_ = -1;
};

}  // namespace engine
