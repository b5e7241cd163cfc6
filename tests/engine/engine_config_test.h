// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Values of requests and of the engine: what is refused, what is chosen.
class EngineConfigTest : public QObject {
  Q_OBJECT
 private slots:
  void sampling_values_are_checked_data();
  void sampling_values_are_checked();
  void config_values_are_checked_data();
  void config_values_are_checked();
  void cache_types_have_names();
  void zeros_of_the_config_are_chosen();
  void time_budget_follows_the_speed();
};
