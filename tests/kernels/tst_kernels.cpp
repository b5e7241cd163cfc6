// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/kernels/attention_test.h"
#include "tests/kernels/dense_ops_test.h"
#include "tests/kernels/e4m3_test.h"
#include "tests/kernels/primitives_test.h"
#include "tests/kernels/sampling_test.h"
#include "tests/kernels/thread_pool_test.h"

int main(int argc, char** argv) {
  ThreadPoolTest thread_pool;
  PrimitivesTest primitives;
  DenseOpsTest dense_ops;
  E4m3Test e4m3;
  AttentionTest attention;
  SamplingTest sampling;
  int failures = QTest::qExec(&thread_pool, argc, argv);
  failures += QTest::qExec(&primitives, argc, argv);
  failures += QTest::qExec(&dense_ops, argc, argv);
  failures += QTest::qExec(&e4m3, argc, argv);
  failures += QTest::qExec(&attention, argc, argv);
  failures += QTest::qExec(&sampling, argc, argv);
  return failures;
}
