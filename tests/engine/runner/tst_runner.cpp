// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "engine/log.h"
#include "tests/engine/runner/cpu_runner_test.h"
#include "tests/engine/runner/fidelity_test.h"
#include "tests/engine/runner/machine_test.h"

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::err);
  MachineTest machine;
  CpuRunnerTest cpu_runner;
  FidelityTest fidelity;
  int failures = QTest::qExec(&machine, argc, argv);
  failures += QTest::qExec(&cpu_runner, argc, argv);
  failures += QTest::qExec(&fidelity, argc, argv);
  return failures;
}
