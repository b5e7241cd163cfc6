// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/e4m3_cache_test.h"

#include <QtTest>
#include <cmath>
#include <numeric>

#include "kernels/e4m3.h"
#include "tests/kernels/arrays.h"

namespace {

using kernels::DType;

constexpr int kSequences = 512;  // 65,536 values in rows of 128
constexpr int kBlockSize = 16;

// What attention makes of values when every query and key is zero: sequences of `count` tokens, the
// first with values of its own, the others with zeros.
struct Result {
  std::vector<uint8_t> values;  // in the cache, of the first tokens
  std::vector<double> out;      // [kSequences, count, 128]
  bool intact;
};

Result run(TestDevice& target, const std::vector<uint16_t>& first_values, int count) {
  kernels::KvCacheShape shape{kSequences, 1, 1, kBlockSize, 128, DType::F8_E4M3};
  std::vector<uint16_t> qkv(static_cast<size_t>(kSequences * count * 3 * 128), 0);
  std::vector<float> cos_sin;
  std::vector<int64_t> places;
  std::vector<int32_t> cu_seqlens = {0}, contexts(kSequences, count), tables(kSequences);
  std::iota(tables.begin(), tables.end(), 0);
  for (int s = 0; s < kSequences; ++s) {
    std::copy_n(first_values.begin() + s * 128, 128, qkv.begin() + (s * count * 3 + 2) * 128);
    cu_seqlens.push_back((s + 1) * count);
    for (int t = 0; t < count; ++t) {
      places.push_back(s * kBlockSize + t);
      for (int i = 0; i < 128; ++i) cos_sin.push_back(i < 64 ? 1.0f : 0.0f);
    }
  }
  const DeviceArray qkv_array(target, qkv), cos_sin_array(target, cos_sin);
  const DeviceArray slots_array(target, places), cu_array(target, cu_seqlens);
  const DeviceArray contexts_array(target, contexts), tables_array(target, tables);
  const DeviceArray pool(target, shape.pool_bytes()), out(target, kSequences * count * 256);
  kernels::AttentionArgs args;
  args.out = out.data();
  args.qkv = qkv_array.data();
  args.cos_sin = cos_sin_array.as<float>();
  args.cache = kernels::kv_cache_layer(pool.data(), shape, 0);
  args.batch.slot_mapping = slots_array.as<int64_t>();
  args.batch.cu_seqlens_q = cu_array.as<int32_t>();
  args.batch.context_lens = contexts_array.as<int32_t>();
  args.batch.block_tables = tables_array.as<int32_t>();
  args.batch.max_blocks_per_seq = 1;
  args.batch.num_tokens = kSequences * count;
  args.batch.num_seqs = kSequences;
  args.num_heads = args.num_kv_heads = 1;
  args.head_dim = 128;
  args.dtype = target.dtype();
  target.attention(args);
  Result result;
  const std::vector<uint8_t> bytes = pool.read<uint8_t>();
  for (int s = 0; s < kSequences; ++s) {
    const auto from = bytes.begin() + s * shape.block_elements() + shape.plane_elements();
    result.values.insert(result.values.end(), from, from + 128);
  }
  result.out = decode(out, target.dtype());
  result.intact = out.guards_intact() && pool.guards_intact() && qkv_array.guards_intact();
  return result;
}

}  // namespace

void E4m3CacheTest::every_16_bit_value_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("count");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (const int count : {1, 2})
      QTest::newRow(device_row(device, count == 1 ? "decode" : "prefill").c_str())
          << static_cast<int>(device) << count;
  }
}

// The first token sees itself alone: its value comes back as the cache holds it, bit by bit, and
// the cache holds what the host's conversion says. The second of two sees the mean with zero.
void E4m3CacheTest::every_16_bit_value() {
  QFETCH(int, device);
  QFETCH(int, count);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  std::vector<uint16_t> bits(65536);
  std::iota(bits.begin(), bits.end(), uint16_t{0});
  const Result result = run(target, bits, count);
  QVERIFY(result.intact);
  for (size_t i = 0; i < bits.size(); ++i) {
    const float value = target.dtype() == DType::BF16 ? kernels::bf16_to_float(bits[i])
                                                      : kernels::f16_to_float(bits[i]);
    const uint8_t want = kernels::float_to_e4m3(value);
    const double expected = kernels::e4m3_to_float(want);
    const size_t row = i / 128 * static_cast<size_t>(count) * 128 + i % 128;
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    QVERIFY2(result.values[i] == want && same(result.out[row], expected) &&
                 (count == 1 || same(result.out[row + 128], expected / 2)),
             qPrintable(QString("%1: cache %2, not %3; attention gives %4")
                            .arg(value)
                            .arg(result.values[i])
                            .arg(want)
                            .arg(result.out[row])));
  }
}
