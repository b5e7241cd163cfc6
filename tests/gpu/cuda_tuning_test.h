// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The CUDA runner with CudaRunnerOptions::tuning.
class CudaTuningTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void tokens_up_to_the_largest_step();
  void algorithms_as_text();
  void second_load_measures_nothing();
  void same_bits_in_every_load();
  void no_other_bits_where_nothing_is_kept();
  void useless_entries_are_measured_anew_data();
  void useless_entries_are_measured_anew();
  void goldens();
};
