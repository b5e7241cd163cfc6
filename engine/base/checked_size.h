// SPDX-License-Identifier: Apache-2.0
// Sizes computed from untrusted numbers. An overflow sticks, as a NaN does, and is asked for once
// at the end:
//
//   CheckedSize bytes = CheckedSize(rows) * columns * 2 + offset;
//   if (!bytes.ok()) refuse(); else use(bytes.value());
#pragma once

#include <cstdint>

#include "engine/base/check.h"

namespace engine {

class CheckedSize {
 public:
  constexpr CheckedSize(uint64_t value)
      : value_(value) {}  // NOLINT: mixing with plain sizes is the point

  constexpr bool ok() const { return ok_; }

  uint64_t value() const {
    CHECK(ok_, "a size that overflowed was used");
    return value_;
  }

  friend constexpr CheckedSize operator+(CheckedSize a, CheckedSize b) {
    CheckedSize sum(0);
    const bool overflow = __builtin_add_overflow(a.value_, b.value_, &sum.value_);
    sum.ok_ = a.ok_ && b.ok_ && !overflow;
    return sum;
  }

  friend constexpr CheckedSize operator*(CheckedSize a, CheckedSize b) {
    CheckedSize product(0);
    const bool overflow = __builtin_mul_overflow(a.value_, b.value_, &product.value_);
    product.ok_ = a.ok_ && b.ok_ && !overflow;
    return product;
  }

 private:
  uint64_t value_;
  bool ok_ = true;
};

}  // namespace engine
