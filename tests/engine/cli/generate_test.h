// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class GenerateTest : public QObject {
  Q_OBJECT
 private slots:
  void greedy_matches_the_reference();
  void json_has_its_shape();
  void text_is_the_same_with_and_without_json();
  void a_question_may_come_from_another_program();
  void too_many_threads_are_not_started();
  void seeds_are_reproducible();
  void messages_from_file_and_standard_input();
  void a_question_is_a_conversation();
  void a_batch_is_answered_in_order();
  void a_batch_says_what_it_could_not_answer();
  void an_interrupted_batch_prints_what_was_said();
  void messages_that_are_none_data();
  void messages_that_are_none();
  void stop_strings_end_the_answer();
  void ends_at_the_context();
  void logits_are_of_every_token();
  void logits_of_a_refused_prompt_leave_the_file();
  void interrupt_keeps_what_was_said();
  void full_disk_is_an_error();
  void the_model_of_the_environment_is_used_or_refused();
  void without_a_chat_template_only_messages_are_refused();
};
