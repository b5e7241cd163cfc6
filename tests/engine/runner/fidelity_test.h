// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The CPU runner against Hugging Face in float32, and against itself, bit by bit.
class FidelityTest : public QObject {
  Q_OBJECT
 private slots:
  void logits_are_the_reference_s_data();
  void logits_are_the_reference_s();
  void greedy_tokens_are_the_reference_s_data();
  void greedy_tokens_are_the_reference_s();
  void bits_do_not_depend_on_batch_chunks_prefix_or_preemption_data();
  void bits_do_not_depend_on_batch_chunks_prefix_or_preemption();
  void long_contexts_split_without_changing_bits();
};
