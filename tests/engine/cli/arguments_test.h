// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class ArgumentsTest : public QObject {
  Q_OBJECT
 private slots:
  void overview_and_version();
  void help_data();
  void help();
  void errors_data();
  void errors();
  void likely_names_data();
  void likely_names();
  void options_are_read_strictly();
  void terminals_get_no_controls_data();
  void terminals_get_no_controls();
};
