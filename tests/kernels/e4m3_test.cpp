// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/e4m3_test.h"

#include <QtTest>
#include <cmath>

#include "kernels/dtype.h"
#include "kernels/e4m3.h"

using kernels::e4m3_to_float;
using kernels::float_to_e4m3;

namespace {

constexpr int kLargestCode = 0x7e;

// The rule itself: nearest of all finite codes, the even one of two.
int nearest_code(float value) {
  int best = 0;
  for (int code = 0; code <= kLargestCode; ++code) {
    const double distance = std::abs(e4m3_to_float(static_cast<uint8_t>(code)) - std::abs(value));
    const double least = std::abs(e4m3_to_float(static_cast<uint8_t>(best)) - std::abs(value));
    if (distance < least || (distance == least && code % 2 == 0)) best = code;
  }
  return best | (std::signbit(value) ? 0x80 : 0);
}

}  // namespace

// Values by the definition, and back to the same code.
void E4m3Test::every_code() {
  for (int code = 0; code < 256; ++code) {
    const int exponent = code / 8 % 16, mantissa = code % 8;
    const float value = e4m3_to_float(static_cast<uint8_t>(code));
    if (code % 128 == 127) {
      QVERIFY(std::isnan(value));
      continue;
    }
    const double magnitude = exponent == 0 ? std::pow(2.0, -6) * mantissa / 8
                                           : std::pow(2.0, exponent - 7) * (1 + mantissa / 8.0);
    QCOMPARE(static_cast<double>(value), code < 128 ? magnitude : -magnitude);
    QCOMPARE(std::signbit(value), code >= 128);
    QCOMPARE(static_cast<int>(float_to_e4m3(value)), code);
  }
  QCOMPARE(e4m3_to_float(kLargestCode), 448.0f);
  QCOMPARE(e4m3_to_float(1), std::ldexp(1.0f, -9));
}

// Half way between two neighbours, and the next floats on both sides of it.
void E4m3Test::every_tie() {
  for (int code = 0; code < kLargestCode; ++code) {
    for (const float sign : {1.0f, -1.0f}) {
      const int bit = sign < 0 ? 0x80 : 0;
      const float below = e4m3_to_float(static_cast<uint8_t>(code));
      const float above = e4m3_to_float(static_cast<uint8_t>(code + 1));
      const float half = (below + above) / 2;
      QCOMPARE(float_to_e4m3(sign * half), (code % 2 == 0 ? code : code + 1) | bit);
      QCOMPARE(float_to_e4m3(sign * std::nextafter(half, 0.0f)), code | bit);
      QCOMPARE(float_to_e4m3(sign * std::nextafter(half, 1000.0f)), (code + 1) | bit);
    }
  }
}

// Every bf16 number.
void E4m3Test::nearest_of_all() {
  for (int bits = 0; bits < 65536; ++bits) {
    const float value = kernels::bf16_to_float(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      QCOMPARE(static_cast<int>(float_to_e4m3(value)), 0x7f);
    } else if (std::abs(value) <= 448) {
      QCOMPARE(static_cast<int>(float_to_e4m3(value)), nearest_code(value));
    } else {
      QCOMPARE(static_cast<int>(float_to_e4m3(value)), value < 0 ? 0xfe : 0x7e);
    }
  }
}

void E4m3Test::saturation_and_nan() {
  for (const float value :
       {448.0f, std::nextafter(448.0f, 1e9f), 464.0f, 480.0f, 1e30f, INFINITY}) {
    QCOMPARE(static_cast<int>(float_to_e4m3(value)), 0x7e);
    QCOMPARE(static_cast<int>(float_to_e4m3(-value)), 0xfe);
  }
  QCOMPARE(static_cast<int>(float_to_e4m3(NAN)), 0x7f);
  QCOMPARE(static_cast<int>(float_to_e4m3(-NAN)), 0x7f);
  QCOMPARE(static_cast<int>(float_to_e4m3(-0.0f)), 0x80);
  QCOMPARE(static_cast<int>(float_to_e4m3(1e-30f)), 0);
}
