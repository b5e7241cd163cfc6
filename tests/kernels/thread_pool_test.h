// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class ThreadPoolTest : public QObject {
  Q_OBJECT
 private slots:
  void every_task_runs_once_data();
  void every_task_runs_once();
  void many_short_loops();
  void loops_after_sleep();
  void results_are_visible_to_the_caller();
  void pools_come_and_go();
};
