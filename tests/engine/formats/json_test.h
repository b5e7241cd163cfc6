// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class JsonTest : public QObject {
  Q_OBJECT
 private slots:
  void accepts_data();
  void accepts();
  void refuses_data();
  void refuses();
  void objects_are_read_with_types_and_ranges();
  void checked_sizes_stick_when_they_overflow();
  void files_that_are_no_files();
  void names_become_printable_data();
  void names_become_printable();
};
