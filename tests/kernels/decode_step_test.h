// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include "tests/kernels/device.h"

// A whole step in one kernel against the ops of which it consists.
class DecodeStepTest : public QObject {
  Q_OBJECT
 private slots:
  void against_the_ops_data();
  void against_the_ops();
};
