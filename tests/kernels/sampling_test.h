// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class SamplingTest : public QObject {
  Q_OBJECT
 private slots:
  void philox_known_answers();
  void against_plain_reference_data();
  void against_plain_reference();
  void frequencies_follow_the_probabilities_data();
  void frequencies_follow_the_probabilities();
  void draws_do_not_depend_on_the_batch_data();
  void draws_do_not_depend_on_the_batch();
  void greedy_and_ties_data();
  void greedy_and_ties();
  void penalties_and_bias_data();
  void penalties_and_bias();
  void logprobs_data();
  void logprobs();
  void every_way_to_draw_data();
  void every_way_to_draw();
  void tokens_make_the_next_batch_data();
  void tokens_make_the_next_batch();
  void rows_without_numbers_data();
  void rows_without_numbers();
};
