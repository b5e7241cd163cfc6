// SPDX-License-Identifier: Apache-2.0
#include <spdlog/spdlog.h>

#include <QtTest>

#include "tests/engine/engine_config_test.h"
#include "tests/engine/engine_drawing_test.h"
#include "tests/engine/engine_model_test.h"
#include "tests/engine/engine_test.h"
#include "tests/engine/engine_text_test.h"
#include "tests/engine/model_info_test.h"

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  EngineTest engine;
  EngineConfigTest engine_config;
  EngineDrawingTest engine_drawing;
  EngineTextTest engine_text;
  EngineModelTest engine_model;
  ModelInfoTest model_info;
  int failures = QTest::qExec(&engine, argc, argv);
  failures += QTest::qExec(&engine_config, argc, argv);
  failures += QTest::qExec(&engine_drawing, argc, argv);
  failures += QTest::qExec(&engine_text, argc, argv);
  failures += QTest::qExec(&engine_model, argc, argv);
  failures += QTest::qExec(&model_info, argc, argv);
  return failures;
}
