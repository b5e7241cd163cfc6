// SPDX-License-Identifier: Apache-2.0
// Bytes that are copied to where they are needed, from a file or from memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/base/check.h"

namespace engine {

// Where rows go: row r to `data` + r * stride.
struct RowTarget {
  void* data = nullptr;
  int64_t num_rows = 0;
  int64_t row_bytes = 0;
  int64_t stride = 0;  // at least row_bytes
};

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  virtual int64_t num_bytes() const = 0;

  // Copies rows that lie one behind the other from byte `offset` on. All of them are inside
  // num_bytes(). Throws Error{Io} when they cannot be had. Any thread.
  virtual void read_rows(int64_t offset, const RowTarget& target) const = 0;

  void read(int64_t offset, void* to, int64_t num_bytes) const {
    read_rows(offset, {to, 1, num_bytes, num_bytes});
  }
};

// Memory of somebody else, who keeps it.
class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

  int64_t num_bytes() const override { return static_cast<int64_t>(bytes_.size()); }
  void read_rows(int64_t offset, const RowTarget& target) const override {
    CHECK(offset >= 0 && offset + target.num_rows * target.row_bytes <= num_bytes(),
          "bytes outside the memory were asked for");
    for (int64_t row = 0; row < target.num_rows; ++row) {
      if (target.row_bytes == 0) continue;
      std::memcpy(static_cast<char*>(target.data) + row * target.stride,
                  bytes_.data() + offset + row * target.row_bytes,
                  static_cast<size_t>(target.row_bytes));
    }
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace engine
