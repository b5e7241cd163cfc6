// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Embedding, the four stages around attention, lm_head, rope: each against float64.
class DenseOpsTest : public QObject {
  Q_OBJECT
 private slots:
  void embedding_data();
  void embedding();
  void norm_qkv_data();
  void norm_qkv();
  void linear_residual_data();
  void linear_residual();
  void norm_gate_up_data();
  void norm_gate_up();
  void lm_head_data();
  void lm_head();
  void rope_cos_sin_data();
  void rope_cos_sin();
  void rope_frequencies();
  void bits_do_not_depend_on_other_tokens_data();
  void bits_do_not_depend_on_other_tokens();
};
