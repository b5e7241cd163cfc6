// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/primitives_test.h"

#include <QtTest>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/cpu/primitives.h"
#include "tests/kernels/random.h"

using kernels::CpuLevel;
using kernels::DType;
using kernels::cpu::DotTile;
using kernels::cpu::Primitives;
using kernels::cpu::primitives;

namespace {

std::vector<CpuLevel> levels() {
  std::vector<CpuLevel> list;
  for (const CpuLevel level : {CpuLevel::Portable, CpuLevel::Avx2, CpuLevel::Avx512}) {
    if (level <= kernels::best_cpu_level()) list.push_back(level);
  }
  return list;
}

// The value of half precision bits, from the definition of the format.
double f16_value(uint16_t bits) {
  const int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  const double sign = bits & 0x8000 ? -1 : 1;
  if (exponent == 31) return mantissa ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(1024 + mantissa, exponent - 25);
}

bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

std::vector<float> random_floats(Random* random, int64_t n) {
  std::vector<float> values;
  for (const double value : random->normals(n)) values.push_back(static_cast<float>(value));
  return values;
}

}  // namespace

void PrimitivesTest::f16_and_bf16_round_trip() {
  for (int i = 0; i < 65536; ++i) {
    const uint16_t bits = static_cast<uint16_t>(i);
    const double expected = f16_value(bits);
    const float value = kernels::f16_to_float(bits);
    if (std::isnan(expected)) {
      QVERIFY(std::isnan(value));
      QVERIFY(std::isnan(kernels::f16_to_float(kernels::float_to_f16(value))));
    } else {
      QCOMPARE(static_cast<double>(value), expected);
      QCOMPARE(kernels::float_to_f16(value), bits);
    }
    const float wide = kernels::bf16_to_float(bits);
    if (!std::isnan(wide)) QCOMPARE(kernels::float_to_bf16(wide), bits);
  }
}

// All 65,536 bit patterns through each level's loads: w * 1 must be w.
void PrimitivesTest::weights_are_widened_exactly() {
  std::vector<uint16_t> bits(65536);
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint16_t>(i);
  const float one = 1;
  for (const CpuLevel level : levels()) {
    for (const DType dtype : {DType::BF16, DType::F16}) {
      for (size_t first = 0; first < bits.size(); first += 64) {
        float c[64];
        primitives(level).dot_tile({c, &one, bits.data() + first, 64, 1, 1, 1, 64, 1, dtype});
        for (size_t i = 0; i < 64; ++i) {
          const double want = dtype == DType::F16 ? f16_value(bits[first + i])
                                                  : kernels::bf16_to_float(bits[first + i]);
          if (std::isnan(want)) {
            QVERIFY(std::isnan(c[i]));
          } else {
            QCOMPARE(static_cast<double>(c[i]), want);
          }
        }
      }
    }
  }
}

void PrimitivesTest::exponential_data() {
  QTest::addColumn<int>("level");
  for (const CpuLevel level : levels())
    QTest::addRow("%s", kernels::cpu_level_name(level)) << static_cast<int>(level);
}

void PrimitivesTest::exponential() {
  QFETCH(int, level);
  const Primitives& ops = primitives(static_cast<CpuLevel>(level));
  std::vector<float> values;
  for (double x = -87; x <= 0; x += 0.0137) values.push_back(static_cast<float>(x));
  const std::vector<float> inputs = values;
  double total = 0;
  const float sum = ops.exp_sum(values.data(), static_cast<int64_t>(values.size()), 0);
  for (size_t i = 0; i < values.size(); ++i) {
    const double want = std::exp(static_cast<double>(inputs[i]));
    total += want;
    QVERIFY2(std::abs(values[i] - want) <= 2.5e-7 * want, qPrintable(QString::number(inputs[i])));
  }
  QVERIFY(std::abs(sum - total) < 1e-5 * total);

  float special[4] = {-1000, -INFINITY, 0, NAN};
  ops.exp_sum(special, 4, 0);
  QCOMPARE(special[0], 0.0f);
  QCOMPARE(special[1], 0.0f);
  QCOMPARE(special[2], 1.0f);
  QVERIFY(std::isnan(special[3]));

  // SiLU far out on both sides: the input itself, and zero without NaN.
  const float gate_up[8] = {200, 3, -200, 3, -88.5f, 1, 0, 5};
  float out[4];
  ops.silu_multiply(out, gate_up, 4);
  QCOMPARE(out[0], 600.0f);
  QVERIFY(std::abs(out[1]) < 1e-30f);
  QVERIFY(std::abs(out[2]) < 1e-30f);
  QCOMPARE(out[3], 0.0f);
}

void PrimitivesTest::vector_levels_agree_bit_by_bit() {
  if (kernels::best_cpu_level() < CpuLevel::Avx512)
    QSKIP("this processor has only one vector level");
  const Primitives& narrow = primitives(CpuLevel::Avx2);
  const Primitives& wide = primitives(CpuLevel::Avx512);
  Random random(1);
  for (const int64_t k : {1, 15, 16, 17, 128, 639, 641, 1025, 2050}) {
    const int64_t tokens = random.integer(1, 14), rows = random.integer(1, 64);
    const std::vector<float> x = random_floats(&random, tokens * k);
    const std::vector<float> w = random_floats(&random, rows * k);
    std::vector<float> a(static_cast<size_t>(tokens * rows)), b = a;
    narrow.dot_tile({a.data(), x.data(), w.data(), rows, k, k, tokens, rows, k, DType::F32});
    wide.dot_tile({b.data(), x.data(), w.data(), rows, k, k, tokens, rows, k, DType::F32});
    for (size_t i = 0; i < a.size(); ++i) QVERIFY(same_bits(a[i], b[i]));

    std::vector<float> e = x, f = x;
    QVERIFY(same_bits(narrow.exp_sum(e.data(), k, 5), wide.exp_sum(f.data(), k, 5)));
    for (size_t i = 0; i < e.size(); ++i) QVERIFY(same_bits(e[i], f[i]));

    std::vector<float> g(static_cast<size_t>(tokens * k), 0.5f), h = g;
    narrow.weighted_sum({g.data(), x.data(), w.data(), k, k, k, tokens, std::min(rows, k), k});
    wide.weighted_sum({h.data(), x.data(), w.data(), k, k, k, tokens, std::min(rows, k), k});
    for (size_t i = 0; i < g.size(); ++i) QVERIFY(same_bits(g[i], h[i]));

    std::vector<float> s(static_cast<size_t>(tokens * k / 2)), t = s;
    narrow.silu_multiply(s.data(), x.data(), tokens * k / 2);
    wide.silu_multiply(t.data(), x.data(), tokens * k / 2);
    for (size_t i = 0; i < s.size(); ++i) QVERIFY(same_bits(s[i], t[i]));
  }
}

void PrimitivesTest::levels_have_names() {
  for (const CpuLevel level : {CpuLevel::Portable, CpuLevel::Avx2, CpuLevel::Avx512}) {
    CpuLevel parsed = CpuLevel::Portable;
    QVERIFY(kernels::parse_cpu_level(kernels::cpu_level_name(level), &parsed));
    QCOMPARE(static_cast<int>(parsed), static_cast<int>(level));
  }
  CpuLevel unchanged = CpuLevel::Avx2;
  QVERIFY(!kernels::parse_cpu_level("sse9", &unchanged));
  QCOMPARE(static_cast<int>(unchanged), static_cast<int>(CpuLevel::Avx2));
}
