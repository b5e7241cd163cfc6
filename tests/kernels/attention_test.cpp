// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/attention_test.h"

#include <QtTest>
#include <cstring>
#include <map>
#include <tuple>

#include "tests/kernels/attention_case.h"

namespace {

// Wide shapes get short sequences: the reference and the sanitizers are slow.
struct Shape {
  AttentionShape attention;
  int longest;
};
constexpr Shape kShapes[] = {{{4, 2, 128, 16}, 530},       {{1, 1, 2, 8}, 1100},
                             {{7, 1, 80, 64}, 130},        {{32, 1, 64, 256}, 130},
                             {{3, 3, 6, 32, false}, 1100}, {{4, 2, 256, 128}, 130}};

void add_rows() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("shape");
  QTest::addColumn<bool>("e4m3");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (int i = 0; i < static_cast<int>(std::size(kShapes)); ++i) {
      const AttentionShape& shape = kShapes[i].attention;
      if (!test_devices()[device]->supports_head_dim(shape.head_dim)) continue;
      const std::string name =
          std::to_string(shape.num_heads) + "/" + std::to_string(shape.num_kv_heads) + "x" +
          std::to_string(shape.head_dim) + " block " + std::to_string(shape.block_size);
      QTest::newRow(device_row(device, name).c_str()) << static_cast<int>(device) << i << false;
      if (test_devices()[device]->supports_e4m3_cache())
        QTest::newRow(device_row(device, name + " e4m3").c_str())
            << static_cast<int>(device) << i << true;
    }
  }
}

// Slow, and the same for every device with these activations.
const std::vector<reference::Values>& expected(const AttentionData& data, int shape,
                                               kernels::DType dtype) {
  static std::map<std::tuple<int, kernels::DType, bool>, std::vector<reference::Values>> cache;
  std::vector<reference::Values>& rows = cache[{shape, dtype, data.e4m3}];
  while (rows.size() < data.lengths.size()) rows.push_back(data.expected(rows.size()));
  return rows;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

void AttentionTest::against_float64_data() { add_rows(); }

// Lengths around block, tile and split borders, all in one call.
void AttentionTest::against_float64() {
  QFETCH(int, device);
  QFETCH(int, shape);
  QFETCH(bool, e4m3);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  const int longest = std::min(kShapes[shape].longest, 530);
  const AttentionData data(kShapes[shape].attention, {1, 64, 65, 17, 130, longest}, target.dtype(),
                           e4m3);
  AttentionRun run(target, data, data.shape.block_size, 1, true);
  run.run_all();
  for (size_t s = 0; s < data.lengths.size(); ++s)
    COMPARE_ARRAYS(run.out(s), expected(data, shape, target.dtype())[s], data.tolerance(target));
  QVERIFY(run.intact());
  QVERIFY(run.unused_slots_untouched());
}

void AttentionTest::bits_do_not_depend_on_batch_chunks_or_paging_data() { add_rows(); }

void AttentionTest::bits_do_not_depend_on_batch_chunks_or_paging() {
  QFETCH(int, device);
  QFETCH(int, shape);
  QFETCH(bool, e4m3);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  if (!target.batch_invariant()) QSKIP("this device does not promise it");
  const int length = kShapes[shape].longest;
  const AttentionData data(kShapes[shape].attention, {5, length, 97}, target.dtype(), e4m3);
  AttentionRun all(target, data, data.shape.block_size, 1, true);
  all.run_all();

  // Alone, in other blocks, a few tokens at a time, with and without room for splits.
  AttentionRun chunked(target, data, data.shape.block_size, 2, true);
  for (int done = 0, chunk = 0; done < length; done += chunk) {
    chunk = std::min(length - done, done < length - 100 ? length / 4 : 1 + done % 17);
    chunked.step({0, chunk, 0});
  }
  QVERIFY(same_bits(chunked.out(1), all.out(1)));

  AttentionRun blocks(target, data, data.shape.block_size == 8 ? 256 : 8, 3, false);
  blocks.step({2, length - 1, 1});
  blocks.step({1, 1, 90});
  blocks.step({2, 0, 6});
  for (size_t s = 0; s < 3; ++s) QVERIFY(same_bits(blocks.out(s), all.out(s)));
  QVERIFY(all.intact() && chunked.intact() && blocks.intact());
}
