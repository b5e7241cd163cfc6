// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/engine/scheduler/block_manager_test.h"
#include "tests/engine/scheduler/scheduler_test.h"

int main(int argc, char** argv) {
  BlockManagerTest block_manager;
  SchedulerTest scheduler;
  int failures = QTest::qExec(&block_manager, argc, argv);
  failures += QTest::qExec(&scheduler, argc, argv);
  return failures;
}
