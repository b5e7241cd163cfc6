// SPDX-License-Identifier: Apache-2.0
// A regular file mapped read-only, and small files read whole.
//
// The size is asked for once, from the open descriptor; every bound is checked against that figure.
// A file that another program cuts short while it is mapped raises SIGBUS on the next read of the
// missing part, as with every mmap: replace model files by renaming (as download tools do), never
// in place. Any thread may read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace engine {

class MappedFile {
 public:
  // Throws Error{NotFound} (no such file), Error{InvalidFile} (folder, pipe, device) or Error{Io}.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

 private:
  std::string path_;
  const std::byte* data_ = nullptr;  // null when the file is empty
  size_t size_ = 0;
};

// The whole file as bytes. Throws as MappedFile does, and Error{InvalidFile} when it is longer than
// max_bytes.
std::string read_file(const std::string& path, int64_t max_bytes);

// True when something is there under that name (symlinks followed). Never throws.
bool file_exists(const std::string& path);

// True when a link is there under that name, and what it names is not: of a download that did not
// end (the Hugging Face cache is made of links). It is broken, not absent. Never throws.
bool is_broken_link(const std::string& path);

}  // namespace engine
