// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/host_buffer.h"

#include <sys/mman.h>

#include <utility>

#include "engine/error.h"

namespace engine {
namespace {

constexpr int64_t kLargePage = 2 << 20;

}  // namespace

HostBuffer::HostBuffer(int64_t num_bytes, const std::string& what) : num_bytes_(num_bytes) {
  if (num_bytes == 0) return;
  const int64_t slack = num_bytes >= kLargePage ? kLargePage : 0;
  mapping_bytes_ = num_bytes + slack;
  void* mapping = ::mmap(nullptr, static_cast<size_t>(mapping_bytes_), PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    throw Error(ErrorCode::OutOfMemory, "the system refused " + std::to_string(num_bytes >> 20) +
                                            " MiB of memory for the " + what +
                                            "; close other programs or choose a smaller model");
  }
  mapping_ = mapping;
  const uintptr_t address = reinterpret_cast<uintptr_t>(mapping);
  const uintptr_t page = static_cast<uintptr_t>(kLargePage);
  const uintptr_t skipped = slack ? (page - address % page) % page : 0;
  data_ = static_cast<char*>(mapping) + skipped;
  // Only a wish: without large pages everything works, slower.
  if (slack) ::madvise(data_, static_cast<size_t>(num_bytes), MADV_HUGEPAGE);
}

HostBuffer::~HostBuffer() {
  if (mapping_) ::munmap(mapping_, static_cast<size_t>(mapping_bytes_));
}

HostBuffer::HostBuffer(HostBuffer&& other) noexcept { *this = std::move(other); }

HostBuffer& HostBuffer::operator=(HostBuffer&& other) noexcept {
  std::swap(mapping_, other.mapping_);
  std::swap(mapping_bytes_, other.mapping_bytes_);
  std::swap(data_, other.data_);
  std::swap(num_bytes_, other.num_bytes_);
  return *this;
}

}  // namespace engine
