// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <string>

#include "tests/kernels/attention_test.h"
#include "tests/kernels/batch_invariance_test.h"
#include "tests/kernels/cuda_shapes_test.h"
#include "tests/kernels/dense_ops_test.h"
#include "tests/kernels/e4m3_cache_test.h"
#include "tests/kernels/sampling_test.h"

namespace {

// Every kernel at least once, on operands as small as its borders allow. Which kernel a shape goes
// to: kernels/cuda/linear.cu, by tokens, columns (multiples of 64 or not) and rows.
int run_small(bool draws_only, bool no_draws) {
  DenseOpsTest dense_ops;
  SamplingTest sampling;
  CudaShapesTest shapes;
  const QStringList nothing = {"tests", "-silent"};
  QStringList dense = nothing, draws = nothing, attention = nothing;
  const auto add_dense = [&dense](const char* device, const QStringList& rows) {
    for (const QString& shape : rows)
      for (const char* op : {"norm_qkv", "linear_residual", "norm_gate_up", "lm_head"})
        dense << QString("%1:%2 BF16 %3").arg(op, device, shape);
  };
  // Streams of rows for one and two tokens, of tiles for 8, 16, 32 and 64, in clusters, cuBLASLt.
  add_dense("cuda-bf16", {"1x64x16", "2x72x24", "3x8x640", "13x128x256", "20x6400x64", "49x96x64",
                          "33x200x1088", "97x200x40"});
  // An older card: tiles of 16, 32 and 64 tokens, few rows and many.
  add_dense("cuda-bf16-as-sm80", {"3x8x640", "20x6400x64", "49x96x64"});
  dense << "embedding:cuda-bf16 BF16 3x8x640"
        << "rope_cos_sin";
  for (const char* device : {"cuda-bf16", "cuda-bf16-as-sm80"}) {
    for (const char* test :
         {"greedy_and_ties", "logprobs", "penalties_and_bias", "rows_without_numbers"})
      draws << QString("%1:%2").arg(test, device);
    for (const char* cache : {"", " e4m3"})
      attention << QString("few_tokens:%1%2").arg(device, cache);
  }
  int failures = no_draws ? 0 : QTest::qExec(&sampling, draws);
  if (draws_only) return failures;
  failures += QTest::qExec(&dense_ops, dense) + QTest::qExec(&shapes, attention);
  dense = attention = nothing;
  add_dense("cuda-bf16-invariant", {"97x200x40"});
  attention << "few_tokens:cuda-bf16-invariant";
  failures += QTest::qExec(&dense_ops, dense);
  return failures + QTest::qExec(&shapes, attention);
}

}  // namespace

// --fast: all but the largest shapes, in seconds.
// --small [draws | products]: for compute-sanitizer, which is a hundred times slower; only the
// draws, or all but the draws.
int main(int argc, char** argv) {
  if (test_devices().empty()) {
    qInfo("no usable GPU: nothing to test");
    return 0;
  }
  DenseOpsTest dense_ops;
  AttentionTest attention;
  SamplingTest sampling;
  CudaShapesTest shapes;
  BatchInvarianceTest invariance;
  E4m3CacheTest e4m3;
  if (argc > 1 && std::string(argv[1]) == "--small") {
    const std::string part = argc > 2 ? argv[2] : "";
    return run_small(part == "draws", part == "products");
  }
  const bool fast = argc > 1 && std::string(argv[1]) == "--fast";
  if (fast) {
    --argc;
    ++argv;
  }
  int failures = QTest::qExec(&dense_ops, argc, argv);
  failures += QTest::qExec(&attention, argc, argv);
  failures += QTest::qExec(&sampling, argc, argv);
  failures += QTest::qExec(&e4m3, argc, argv);
  if (!fast) failures += QTest::qExec(&shapes, argc, argv);
  failures += QTest::qExec(&invariance, argc, argv);
  return failures;
}
