// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Memory and processors from made-up /proc and /sys trees.
class MachineTest : public QObject {
  Q_OBJECT
 private slots:
  void memory_data();
  void memory();
  void cores();
  void this_machine();
};
