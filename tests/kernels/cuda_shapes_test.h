// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include "tests/kernels/device.h"

// What only the GPU has: the sizes at which it changes kernels, splits of long contexts, fixed bits.
class CudaShapesTest : public QObject {
  Q_OBJECT
 private slots:
  void linear_at_kernel_borders_data();
  void linear_at_kernel_borders();
  void prefill_at_every_block_size_data();
  void prefill_at_every_block_size();
  void few_tokens_data();
  void few_tokens();
  void long_contexts_in_splits_data();
  void long_contexts_in_splits();
  void same_bits_every_time_data();
  void same_bits_every_time();
};
