// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda_shapes_test.h"

#include <QtTest>
#include <array>
#include <cmath>

#include "kernels/cuda_context.h"
#include "tests/kernels/attention_case.h"
#include "tests/kernels/cheap_numbers.h"

namespace {

using reference::Values;

// Each device with both kinds of cache.
void device_rows() {
  QTest::addColumn<int>("device");
  QTest::addColumn<bool>("e4m3");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    const std::string name = test_devices()[device]->name();
    QTest::newRow(name.c_str()) << static_cast<int>(device) << false;
    QTest::newRow((name + " e4m3").c_str()) << static_cast<int>(device) << true;
  }
}

TestDevice& fetched_device() {
  QFETCH(int, device);
  return *test_devices()[static_cast<size_t>(device)];
}

// A matrix product with a residual, checked at a few hundred places of the output only.
void check_linear(TestDevice& target, int64_t tokens, int64_t rows, int64_t cols) {
  Random random(static_cast<uint64_t>(tokens * 7919 + rows * 31 + cols));
  const Encoded x = encode(random.normals(tokens * cols), target.dtype());
  const std::vector<uint16_t> weight = random_numbers(rows * cols, target.dtype(), 4);
  const Encoded residual = encode(random.normals(tokens * rows), target.dtype());
  const DeviceArray x_array(target, x.bytes), weight_array(target, weight);
  const DeviceArray out(target, residual.bytes);
  kernels::LinearResidualArgs args;
  args.hidden = out.data();
  args.x = x_array.data();
  args.weight = {weight_array.data(), rows, cols, target.dtype()};
  args.num_tokens = tokens;
  args.dtype = target.dtype();
  target.linear_residual(args);
  const Values got = decode(out, target.dtype());
  Values picked, want;
  for (int i = 0; i < 600; ++i) {
    const int64_t t = i < 2 ? i * (tokens - 1) : random.integer(0, static_cast<int>(tokens) - 1);
    const int64_t r = i < 2 ? i * (rows - 1) : random.integer(0, static_cast<int>(rows) - 1);
    double sum = residual.values[reference::index(t * rows + r)];
    for (int64_t c = 0; c < cols; ++c)
      sum += x.values[reference::index(t * cols + c)] *
             number(weight[reference::index(r * cols + c)], target.dtype());
    picked.push_back(got[reference::index(t * rows + r)]);
    want.push_back(sum);
  }
  for (const double value : got) QVERIFY(std::isfinite(value));
  COMPARE_ARRAYS(picked, want, target.tolerance());
  QVERIFY(out.guards_intact());
}

}  // namespace

void CudaShapesTest::linear_at_kernel_borders_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("tokens");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("cols");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (const int tokens : {1, 2, 3, 4, 5, 16, 17, 32, 33, 64, 65, 200}) {
      for (const auto& [rows, cols] :
           {std::pair{2560, 4096}, {2560, 9728}, {6144, 2560}, {1000, 264}}) {
        if (rows != 1000 && tokens != 1 && tokens != 4 && tokens != 17 && tokens != 64) continue;
        const std::string name =
            std::to_string(tokens) + "x" + std::to_string(rows) + "x" + std::to_string(cols);
        QTest::newRow(device_row(device, name).c_str())
            << static_cast<int>(device) << tokens << rows << cols;
      }
    }
  }
}

void CudaShapesTest::linear_at_kernel_borders() {
  QFETCH(int, tokens);
  QFETCH(int, rows);
  QFETCH(int, cols);
  check_linear(fetched_device(), tokens, rows, cols);
}

void CudaShapesTest::prefill_at_every_block_size_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("heads");
  QTest::addColumn<int>("kv_heads");
  QTest::addColumn<int>("block_size");
  QTest::addColumn<bool>("e4m3");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (const auto& [heads, kv_heads, block] :
         {std::array{8, 2, 8}, {7, 1, 16}, {3, 3, 32}, {6, 2, 64}, {32, 1, 128}, {8, 2, 256}}) {
      const std::string name = std::to_string(heads) + "/" + std::to_string(kv_heads) + " block " +
                               std::to_string(block);
      for (const bool e4m3 : {false, true})
        QTest::newRow(device_row(device, name + (e4m3 ? " e4m3" : "")).c_str())
            << static_cast<int>(device) << heads << kv_heads << block << e4m3;
    }
  }
}

// Heads of 128, groups that fill a tile of rows and groups that do not, chunks that begin and end
// inside of tiles and blocks; blocks that no token owns hold NaN.
void CudaShapesTest::prefill_at_every_block_size() {
  QFETCH(int, heads);
  QFETCH(int, kv_heads);
  QFETCH(int, block_size);
  QFETCH(bool, e4m3);
  TestDevice& target = fetched_device();
  const AttentionData data({heads, kv_heads, 128, block_size}, {417, 129, 37}, target.dtype(),
                           e4m3);
  AttentionRun run(target, data, block_size, 1, true);
  run.step({300, 129, 0});
  run.step({2, 0, 35});
  run.step({115, 0, 2});
  for (size_t s = 0; s < data.lengths.size(); ++s)
    COMPARE_ARRAYS(run.out(s), data.expected(s), data.tolerance(target));
  QVERIFY(run.intact());
  QVERIFY(run.unused_slots_untouched());
}

void CudaShapesTest::few_tokens_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("head_dim");
  QTest::addColumn<bool>("e4m3");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (const int head_dim : {128, 64}) {
      for (const bool e4m3 : {false, true}) {
        const std::string name = std::to_string(head_dim) + (e4m3 ? " e4m3" : "");
        QTest::newRow(device_row(device, name).c_str())
            << static_cast<int>(device) << head_dim << e4m3;
      }
    }
  }
}

// The least that makes every attention kernel do all it can, even on a card of 8 multiprocessors:
// tiles full of new tokens, a chunk over a prefix that is shared out, beside single tokens, splits
// that are merged.
void CudaShapesTest::few_tokens() {
  QFETCH(int, head_dim);
  QFETCH(bool, e4m3);
  TestDevice& target = fetched_device();
  const AttentionData data({8, 2, head_dim, 16}, {525, 20, 3}, target.dtype(), e4m3);
  AttentionRun run(target, data, data.shape.block_size, 1, true);
  run.step({518, 0, 0});
  run.step({2, 11, 2});
  run.step({1, 8, 0});
  run.step({1, 1, 1});
  run.step({1, 0, 0});
  run.step({2, 0, 0});
  for (size_t s = 0; s < data.lengths.size(); ++s)
    COMPARE_ARRAYS(run.out(s), data.expected(s), data.tolerance(target));
  QVERIFY(run.intact());
  QVERIFY(run.unused_slots_untouched());
}

void CudaShapesTest::long_contexts_in_splits_data() { device_rows(); }

// One new token, several, and both in one batch, over contexts of several thousand tokens: every
// way to split and merge.
void CudaShapesTest::long_contexts_in_splits() {
  QFETCH(bool, e4m3);
  TestDevice& target = fetched_device();
  const AttentionData data({8, 2, 128, 16}, {5200, 700, 260}, target.dtype(), e4m3);
  AttentionRun run(target, data, data.shape.block_size, 1, true);
  run.step({5000, 1, 0});
  run.step({1, 0, 0});      // alone, many splits
  run.step({1, 600, 200});  // mixed
  run.step({100, 1, 1});    // a short chunk over a long prefix
  run.step({1, 1, 1});
  run.step({97, 97, 58});
  const std::vector<int> first_checked = {4990, 590, 190};
  for (size_t s = 0; s < data.lengths.size(); ++s) {
    const Values want = data.expected(s, first_checked[s]);
    const std::vector<double>& got = run.out(s);
    COMPARE_ARRAYS(Values(got.end() - static_cast<ptrdiff_t>(want.size()), got.end()), want,
                   data.tolerance(target));
  }
  QVERIFY(run.intact());
  QVERIFY(run.unused_slots_untouched());
}

void CudaShapesTest::same_bits_every_time_data() { device_rows(); }

void CudaShapesTest::same_bits_every_time() {
  QFETCH(bool, e4m3);
  TestDevice& target = fetched_device();
  const AttentionData data({8, 2, 128, 16}, {900, 130}, target.dtype(), e4m3);
  std::vector<double> first;
  for (int repeat = 0; repeat < 20; ++repeat) {
    AttentionRun run(target, data, data.shape.block_size, static_cast<uint64_t>(repeat), true);
    run.step({898, 128});
    run.step({1, 1});
    run.step({1, 1});
    if (repeat == 0) first = run.out(0);
    QVERIFY(run.out(0) == first);
  }
}
