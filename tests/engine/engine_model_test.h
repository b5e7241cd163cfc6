// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The engine over the CPU runner and a small real model: what no fake can show.
class EngineModelTest : public QObject {
  Q_OBJECT
 private slots:
  void loads_and_answers();
  void greedy_answers_are_the_reference_s_data();
  void greedy_answers_are_the_reference_s();
  void loading_can_be_cancelled();
  void no_more_threads_than_processors();
  void weights_that_change_while_they_are_read_data();
  void weights_that_change_while_they_are_read();
  void same_request_same_bits_data();
  void same_request_same_bits();
  void same_bits_after_a_prefix_hit();
  void same_bits_after_a_preemption();
  void same_seed_same_tokens_in_any_batch();
  void second_question_reuses_the_document();
  void broken_models_are_refused_data();
  void broken_models_are_refused();
};
