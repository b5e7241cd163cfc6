// SPDX-License-Identifier: Apache-2.0
// Arrays on a test device, with guards on both sides. Every byte that a test did not set is 0xff,
// which is NaN in F32, F16, BF16 and F8_E4M3: reading an output before it is written, or past the
// end of an input, shows up in the result; writing outside shows up in guards_intact().
#pragma once

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/dtype.h"
#include "kernels/e4m3.h"
#include "tests/kernels/device.h"
#include "tests/kernels/parallel.h"

class DeviceArray {
 public:
  // Poisoned.
  DeviceArray(TestDevice& device, int64_t num_bytes) : device_(device), num_bytes_(num_bytes) {
    memory_ = device.allocate(num_bytes + 2 * kGuard);
    poison(0, num_bytes + 2 * kGuard);
  }
  template <typename T>
  DeviceArray(TestDevice& device, const std::vector<T>& values)
      : device_(device), num_bytes_(static_cast<int64_t>(values.size() * sizeof(T))) {
    memory_ = device.allocate(num_bytes_ + 2 * kGuard);
    poison(0, kGuard);
    poison(kGuard + num_bytes_, kGuard);
    if (num_bytes_ > 0) device.copy_in(data(), values.data(), num_bytes_);
  }
  ~DeviceArray() { device_.release(memory_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  void* data() const { return static_cast<char*>(memory_) + kGuard; }
  template <typename T>
  T* as() const {
    return static_cast<T*>(data());
  }
  int64_t num_bytes() const { return num_bytes_; }

  template <typename T>
  std::vector<T> read() const {
    std::vector<T> values(static_cast<size_t>(num_bytes_) / sizeof(T));
    if (!values.empty()) device_.copy_out(values.data(), data(), num_bytes_);
    return values;
  }

  bool guards_intact() const {
    std::vector<unsigned char> guard(kGuard);
    for (const int64_t offset : {int64_t{0}, kGuard + num_bytes_}) {
      device_.copy_out(guard.data(), static_cast<char*>(memory_) + offset, kGuard);
      for (const unsigned char byte : guard) {
        if (byte != 0xff) return false;
      }
    }
    return true;
  }

 private:
  static constexpr int64_t kGuard = 256;

  void poison(int64_t offset, int64_t count) {
    device_.fill(static_cast<char*>(memory_) + offset, 0xff, count);
  }

  TestDevice& device_;
  void* memory_;
  const int64_t num_bytes_;
};

// Values rounded to a dtype, as bytes of that dtype and as what they are worth.
struct Encoded {
  std::vector<char> bytes;
  std::vector<double> values;
};

inline Encoded encode(const std::vector<double>& values, kernels::DType dtype) {
  using kernels::DType;
  Encoded result;
  const size_t size = static_cast<size_t>(kernels::dtype_size(dtype));
  result.bytes.resize(values.size() * size);
  result.values.resize(values.size());
  const auto encode_one = [&](size_t i) {
    const float value = static_cast<float>(values[i]);
    char* to = result.bytes.data() + i * size;
    if (dtype == DType::F32) {
      std::memcpy(to, &value, size);
      result.values[i] = value;
      return;
    }
    const uint16_t bits =
        dtype == DType::BF16 ? kernels::float_to_bf16(value) : kernels::float_to_f16(value);
    std::memcpy(to, &bits, size);
    result.values[i] =
        dtype == DType::BF16 ? kernels::bf16_to_float(bits) : kernels::f16_to_float(bits);
  };
  in_parallel(static_cast<int64_t>(values.size()), 1 << 15, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) encode_one(static_cast<size_t>(i));
  });
  return result;
}

inline std::vector<double> decode(const DeviceArray& array, kernels::DType dtype) {
  using kernels::DType;
  const auto all = [](const auto& bits, const auto& worth) {
    std::vector<double> values(bits.size());
    std::transform(bits.begin(), bits.end(), values.begin(), worth);
    return values;
  };
  if (dtype == DType::F32) return all(array.read<float>(), [](float value) { return value; });
  if (dtype == DType::F8_E4M3) return all(array.read<uint8_t>(), kernels::e4m3_to_float);
  return dtype == DType::BF16 ? all(array.read<uint16_t>(), kernels::bf16_to_float)
                              : all(array.read<uint16_t>(), kernels::f16_to_float);
}

// Empty when every value is within tolerance * the largest expected magnitude, else the worst.
inline QString difference(const std::vector<double>& got, const std::vector<double>& want,
                          double tolerance) {
  if (got.size() != want.size())
    return QString("%1 values instead of %2").arg(got.size()).arg(want.size());
  double scale = 0, worst = -1;
  size_t place = 0;
  for (const double value : want) scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(got[i] - want[i]);
    if (!std::isfinite(got[i]))
      return QString("[%1] is %2, not %3").arg(i).arg(got[i]).arg(want[i]);
    if (error > worst) {
      worst = error;
      place = i;
    }
  }
  if (worst <= tolerance * scale) return QString();
  return QString("[%1] is %2, not %3: %4 of the range, allowed %5")
      .arg(place)
      .arg(got[place], 0, 'g', 9)
      .arg(want[place], 0, 'g', 9)
      .arg(worst / scale)
      .arg(tolerance);
}

#define COMPARE_ARRAYS(got, want, tolerance)                        \
  do {                                                              \
    const QString problem = difference((got), (want), (tolerance)); \
    QVERIFY2(problem.isEmpty(), qPrintable(problem));               \
  } while (false)
