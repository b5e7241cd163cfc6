// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The two promises of the CUDA runner about bits: the same batches give the same, and in
// batch-invariant mode a request gives the same in any batch.
class CudaBitsTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void same_schedule_200_times_data();
  void same_schedule_200_times();
  void batch_invariant_1000_times_data();
  void batch_invariant_1000_times();
  void forty_answers_in_steps_of_forty_data();
  void forty_answers_in_steps_of_forty();
  void batch_invariant_over_long_contexts_data();
  void batch_invariant_over_long_contexts();
};
