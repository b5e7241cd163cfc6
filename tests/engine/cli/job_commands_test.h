// SPDX-License-Identifier: Apache-2.0
// summarize, chat, bench, doctor.
#pragma once

#include <QObject>

class JobCommandsTest : public QObject {
  Q_OBJECT
 private slots:
  void summarize_a_short_document();
  void summarize_shows_what_it_would_ask();
  void summarize_section_by_section();
  void summarize_several_files();
  void summarize_keeps_to_its_plan();
  void summarize_can_be_interrupted();
  void summarize_interrupted_keeps_its_sections();
  void summarize_asks_for_a_password_without_showing_it();
  void chat_answers_and_takes_commands();
  void chat_in_a_terminal_goes_on_after_ctrl_c();
  void bench_prints_figures();
  void bench_measures_what_users_wait_for_data();
  void bench_measures_what_users_wait_for();
  void doctor_names_each_problem_and_its_fix();
  void doctor_plans_the_memory();
  void doctor_plans_nothing_for_a_refused_model();
  void doctor_knows_the_data_folder();
  void doctor_sees_the_display();
  void doctor_tries_the_document_helper();
};
