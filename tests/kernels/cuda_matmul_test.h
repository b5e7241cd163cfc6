// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// cuBLASLt's products by every algorithm that the tuner may choose.
class CudaMatmulTest : public QObject {
  Q_OBJECT
 private slots:
  void every_proposal_is_right_data();
  void every_proposal_is_right();
  void choices_are_taken_data();
  void choices_are_taken();
  void refuses_what_is_no_algorithm();
};
