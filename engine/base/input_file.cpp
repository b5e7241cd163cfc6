// SPDX-License-Identifier: Apache-2.0
#include "engine/base/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/check.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

constexpr size_t kMaxPieces = 1024;  // IOV_MAX of Linux

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

[[noreturn]] void throw_changed(const std::string& path) {
  throw Error(ErrorCode::Io, printable(path) +
                                 " changed while it was read: another program is writing it; wait "
                                 "until it is done, then try again");
}

// O_NONBLOCK: opening a pipe must not wait for its other end.
int open_for_reading(const std::string& path) {
  int descriptor;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) throw_errno("open", path);
  return descriptor;
}

// Closes what the constructor of an InputFile has opened when it throws.
struct Closer {
  int descriptor;
  ~Closer() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

// All of the pieces, one read behind the other.
void read_pieces(int descriptor, const std::string& path, int64_t offset, iovec* pieces,
                 size_t num_pieces) {
  while (num_pieces > 0) {
    const ssize_t got = ::preadv(descriptor, pieces, static_cast<int>(num_pieces), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("read", path);
    if (got == 0) throw_changed(path);
    offset += got;
    auto left = static_cast<size_t>(got);
    while (num_pieces > 0 && left >= pieces->iov_len) {
      left -= pieces->iov_len;
      ++pieces;
      --num_pieces;
    }
    if (left > 0) {
      pieces->iov_base = static_cast<char*>(pieces->iov_base) + left;
      pieces->iov_len -= left;
    }
  }
}

}  // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
  Closer file{open_for_reading(path)};
  struct stat status {};
  if (::fstat(file.descriptor, &status) != 0) throw_errno("examine", path);
  if (!S_ISREG(status.st_mode))
    throw Error(ErrorCode::InvalidFile,
                printable(path) + " is not a file (a folder, pipe or device?)");
  num_bytes_ = status.st_size;
  changed_ = status.st_mtim;
  descriptor_ = std::exchange(file.descriptor, -1);
}

InputFile::InputFile(InputFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      num_bytes_(std::exchange(other.num_bytes_, 0)),
      changed_(other.changed_) {}

InputFile::~InputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void InputFile::read_rows(int64_t offset, const RowTarget& target) const {
  CHECK(offset >= 0 && offset + target.num_rows * target.row_bytes <= num_bytes_,
        "bytes outside the file were asked for");
  if (target.num_rows <= 0 || target.row_bytes <= 0) return;
  if (target.stride == target.row_bytes) {
    iovec whole{target.data, static_cast<size_t>(target.num_rows * target.row_bytes)};
    return read_pieces(descriptor_, path_, offset, &whole, 1);
  }
  std::array<iovec, kMaxPieces> rows;
  auto* to = static_cast<char*>(target.data);
  for (int64_t row = 0; row < target.num_rows;) {
    size_t count = 0;
    for (; count < kMaxPieces && row < target.num_rows; ++count, ++row, to += target.stride)
      rows[count] = {to, static_cast<size_t>(target.row_bytes)};
    read_pieces(descriptor_, path_, offset, rows.data(), count);
    offset += static_cast<int64_t>(count) * target.row_bytes;
  }
}

void InputFile::check_unchanged() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) throw_errno("examine", path_);
  if (status.st_size != num_bytes_ || status.st_mtim.tv_sec != changed_.tv_sec ||
      status.st_mtim.tv_nsec != changed_.tv_nsec)
    throw_changed(path_);
}

std::string read_file(const std::string& path, int64_t max_bytes) {
  const InputFile file(path);
  if (file.num_bytes() > max_bytes)
    throw Error(ErrorCode::InvalidFile,
                printable(path) + " has " + std::to_string(file.num_bytes()) + " bytes; at most " +
                    std::to_string(max_bytes) + " are expected of such a file");
  std::string text(static_cast<size_t>(file.num_bytes()), '\0');
  file.read(0, text.data(), file.num_bytes());
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
