// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class PrimitivesTest : public QObject {
  Q_OBJECT
 private slots:
  void f16_and_bf16_round_trip();
  void weights_are_widened_exactly();
  void exponential_data();
  void exponential();
  void vector_levels_agree_bit_by_bit();
  void levels_have_names();
};
