// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/kernels/attention_test.h"
#include "tests/kernels/cuda_shapes_test.h"
#include "tests/kernels/dense_ops_test.h"
#include "tests/kernels/sampling_test.h"

int main(int argc, char** argv) {
  if (test_devices().empty()) {
    qInfo("no usable GPU: nothing to test");
    return 0;
  }
  DenseOpsTest dense_ops;
  AttentionTest attention;
  SamplingTest sampling;
  CudaShapesTest shapes;
  int failures = QTest::qExec(&dense_ops, argc, argv);
  failures += QTest::qExec(&attention, argc, argv);
  failures += QTest::qExec(&sampling, argc, argv);
  failures += QTest::qExec(&shapes, argc, argv);
  return failures;
}
