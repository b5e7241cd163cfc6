// SPDX-License-Identifier: Apache-2.0
#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

class Descriptor {
 public:
  // O_NONBLOCK: opening a pipe must not wait for its other end.
  explicit Descriptor(const std::string& path) {
    do {
      fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    } while (fd_ < 0 && errno == EINTR);
  }
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void throw_errno(const std::string& what, const std::string& path) {
  const int number = errno;
  if (is_broken_link(path))
    throw Error(ErrorCode::NotFound,
                printable(path) + " is a link to a file that is not there; download it again");
  if (number == ENOENT || number == ENOTDIR)
    throw Error(ErrorCode::NotFound, printable(path) + ": no such file");
  throw Error(ErrorCode::Io,
              "cannot " + what + " " + printable(path) + ": " + std::strerror(number));
}

size_t regular_file_size(const Descriptor& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) throw_errno("examine", path);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::InvalidFile,
                printable(path) + " is not a file (a folder, pipe or device?)");
  return static_cast<size_t>(status.st_size);
}

}  // namespace

MappedFile::MappedFile(const std::string& path) : path_(path) {
  const Descriptor file(path);
  if (file.get() < 0) throw_errno("open", path);
  const size_t size = regular_file_size(file, path);
  if (size == 0) return;
  void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) throw_errno("map", path);
  data_ = static_cast<const std::byte*>(data);
  size_ = size;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
}

std::string read_file(const std::string& path, int64_t max_bytes) {
  const Descriptor file(path);
  if (file.get() < 0) throw_errno("open", path);
  const size_t size = regular_file_size(file, path);
  if (size > static_cast<size_t>(max_bytes))
    throw Error(ErrorCode::InvalidFile, printable(path) + " has " + std::to_string(size) +
                                            " bytes; at most " + std::to_string(max_bytes) +
                                            " are expected of such a file");
  std::string text(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t got = ::read(file.get(), text.data() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("read", path);
    if (got == 0)
      throw Error(ErrorCode::Io, printable(path) + " became shorter while it was read; try again");
    done += static_cast<size_t>(got);
  }
  return text;
}

bool is_broken_link(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode) && !file_exists(path);
}

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace engine
