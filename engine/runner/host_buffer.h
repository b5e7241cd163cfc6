// SPDX-License-Identifier: Apache-2.0
// A large piece of memory straight from the system: zeroed, aligned to 2 MB where it is that large,
// in large pages where the system gives them (they save a tenth of the time of a decode step).
// Pages are taken when first written. Moveable, not copyable.
#pragma once

#include <cstdint>
#include <string>

namespace engine {

class HostBuffer {
 public:
  HostBuffer() = default;
  // `what` names the buffer in the message. Throws Error{OutOfMemory}.
  HostBuffer(int64_t num_bytes, const std::string& what);
  ~HostBuffer();
  HostBuffer(HostBuffer&& other) noexcept;
  HostBuffer& operator=(HostBuffer&& other) noexcept;

  char* data() const { return data_; }
  int64_t num_bytes() const { return num_bytes_; }

 private:
  void* mapping_ = nullptr;
  int64_t mapping_bytes_ = 0;
  char* data_ = nullptr;
  int64_t num_bytes_ = 0;
};

}  // namespace engine
