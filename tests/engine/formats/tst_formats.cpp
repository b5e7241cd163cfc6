// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "tests/engine/formats/json_test.h"
#include "tests/engine/formats/model_config_test.h"
#include "tests/engine/formats/safetensors_test.h"

int main(int argc, char** argv) {
  JsonTest json;
  SafetensorsTest safetensors;
  ModelConfigTest model_config;
  int failures = QTest::qExec(&json, argc, argv);
  failures += QTest::qExec(&safetensors, argc, argv);
  failures += QTest::qExec(&model_config, argc, argv);
  return failures;
}
