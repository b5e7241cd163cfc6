// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Loading, memory and draws of the CPU runner.
class CpuRunnerTest : public QObject {
  Q_OBJECT
 private slots:
  void weights_reach_their_places_data();
  void weights_reach_their_places();
  void checkpoints_that_cannot_be_loaded();
  void a_second_head_of_a_tied_model_is_accepted();
  void loading_reports_progress_and_can_be_cancelled();
  void shapes_the_kernels_cannot_run_are_refused();
  void instruction_sets_are_chosen_by_name();
  void memory_plans_data();
  void memory_plans();
  void memory_that_does_not_suffice();
  void cache_types_of_the_gpu_are_refused();
  void sampling_tables_count_tokens();
  void draws_follow_their_parameters();
  void broken_weights_yield_no_token();
};
