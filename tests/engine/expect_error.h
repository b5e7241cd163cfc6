// SPDX-License-Identifier: Apache-2.0
// EXPECT_ERROR(expression, code, fragment): an engine::Error of that kind whose message holds a
// text.
#pragma once

#include <QString>
#include <QtTest>

#include "engine/error.h"

#define EXPECT_ERROR(expression, expected_code, fragment)        \
  do {                                                           \
    try {                                                        \
      (void)(expression);                                        \
      QFAIL("nothing was thrown");                               \
    } catch (const engine::Error& error) {                       \
      QCOMPARE(QString(engine::error_code_name(error.code())),   \
               QString(engine::error_code_name(expected_code))); \
      QVERIFY2(QString(error.what()).contains(fragment),         \
               qPrintable(QString("message: ") + error.what())); \
    }                                                            \
  } while (false)
