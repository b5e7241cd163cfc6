// SPDX-License-Identifier: Apache-2.0
// A regular file open for reading, and small files read whole.
//
// Bytes are copied out by pread(), not mapped: a file that another program cuts short, or a network
// disk that goes away, is an error here. A mapping would end the process with SIGBUS.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "engine/base/byte_source.h"

namespace engine {

class InputFile final : public ByteSource {
 public:
  // Throws Error{NotFound} (no such file), Error{InvalidFile} (folder, pipe, device) or Error{Io}.
  explicit InputFile(const std::string& path);
  ~InputFile() override;
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::string& path() const { return path_; }

  // As it was when the file was opened; every bound is checked against that figure.
  int64_t num_bytes() const override { return num_bytes_; }
  // Throws Error{Io}, naming the file, when it has become shorter or the disk fails.
  void read_rows(int64_t offset, const RowTarget& target) const override;
  // Throws Error{Io} when the file has been written to since it was opened: what was read may be a
  // mixture of two files. One replaced by renaming is another file and counts as unchanged.
  void check_unchanged() const;

 private:
  std::string path_;
  int descriptor_ = -1;
  int64_t num_bytes_ = 0;
  timespec changed_ = {};
};

// The whole file as bytes. Throws as InputFile does, and Error{InvalidFile} when it is longer than
// max_bytes.
std::string read_file(const std::string& path, int64_t max_bytes);

// True when something is there under that name (symlinks followed). Never throws.
bool file_exists(const std::string& path);

// True when a link is there under that name, and what it names is not: of a download that did not
// end (the Hugging Face cache is made of links). It is broken, not absent. Never throws.
bool is_broken_link(const std::string& path);

}  // namespace engine
