// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/engine/cli/arguments_test.h"
#include "tests/engine/cli/generate_test.h"
#include "tests/engine/cli/job_commands_test.h"
#include "tests/engine/cli/streams_test.h"
#include "tests/engine/cli/text_commands_test.h"

int main(int argc, char** argv) {
  ArgumentsTest arguments;
  GenerateTest generate;
  StreamsTest streams;
  TextCommandsTest text_commands;
  JobCommandsTest job_commands;
  int failures = QTest::qExec(&arguments, argc, argv);
  failures += QTest::qExec(&generate, argc, argv);
  failures += QTest::qExec(&streams, argc, argv);
  failures += QTest::qExec(&text_commands, argc, argv);
  failures += QTest::qExec(&job_commands, argc, argv);
  return failures;
}
