// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class SchedulerTest : public QObject {
  Q_OBJECT
 private slots:
  void one_sequence_alone();
  void long_prompt_is_computed_in_chunks();
  void long_prompt_never_holds_up_an_answer();
  void short_question_starts_beside_a_long_document();
  void distant_chunks_are_shorter_while_answers_run();
  void a_cached_prefix_counts_as_distance();
  void prefix_hit_recomputes_at_most_one_block();
  void prefix_cache_can_be_declined();
  void starts_in_order_of_arrival();
  void admission_never_makes_prompts_compete();
  void newest_is_preempted_and_resumes();
  void sequence_as_large_as_the_cache_ends();
  void stop_token_and_length();
  void finish_while_waiting_and_running();
  void budget_of_a_step_may_be_lower();
  void random_workload_data();
  void random_workload();
};
