// SPDX-License-Identifier: Apache-2.0
#include <QtTest>
#include <string>

#include "tests/kernels/attention_test.h"
#include "tests/kernels/cuda_shapes_test.h"
#include "tests/kernels/dense_ops_test.h"
#include "tests/kernels/sampling_test.h"

// --fast: all but the largest shapes, in seconds.
// --small: a few small shapes of every kernel, for compute-sanitizer, which is a hundred times
// slower.
int main(int argc, char** argv) {
  if (test_devices().empty()) {
    qInfo("no usable GPU: nothing to test");
    return 0;
  }
  DenseOpsTest dense_ops;
  AttentionTest attention;
  SamplingTest sampling;
  CudaShapesTest shapes;
  if (argc > 1 && std::string(argv[1]) == "--small") {
    QStringList dense = {"tests", "-silent"}, ragged = dense, draws = dense;
    for (const char* name : {"cuda-bf16", "cuda-bf16-as-sm80"}) {
      for (const char* shape :
           {"1x8x8", "1x64x16", "3x8x640", "13x128x256", "49x96x64", "97x200x40"}) {
        for (const char* op : {"norm_qkv", "linear_residual", "norm_gate_up", "lm_head"})
          dense << QString("%1:%2 BF16 %3").arg(op, name, shape);
      }
      ragged << QString("against_float64:%1 4/2x128 block 16").arg(name);
      for (const char* test :
           {"greedy_and_ties", "logprobs", "penalties_and_bias", "rows_without_numbers"})
        draws << QString("%1:%2").arg(test, name);
    }
    dense << "rope_cos_sin";
    return QTest::qExec(&dense_ops, dense) + QTest::qExec(&attention, ragged) +
           QTest::qExec(&sampling, draws);
  }
  const bool fast = argc > 1 && std::string(argv[1]) == "--fast";
  if (fast) {
    --argc;
    ++argv;
  }
  int failures = QTest::qExec(&dense_ops, argc, argv);
  failures += QTest::qExec(&attention, argc, argv);
  failures += QTest::qExec(&sampling, argc, argv);
  if (!fast) failures += QTest::qExec(&shapes, argc, argv);
  return failures;
}
