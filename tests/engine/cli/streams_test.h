// SPDX-License-Identifier: Apache-2.0
// Standard input and output that are closed, broken or without an end; signals at bad moments.
#pragma once

#include <QObject>

class StreamsTest : public QObject {
  Q_OBJECT
 private slots:
  void a_closed_output_is_an_error();
  void no_place_for_a_log_is_a_warning();
  void a_reader_that_has_enough_is_no_failure();
  void unreadable_input_is_an_error_data();
  void unreadable_input_is_an_error();
  void a_line_without_an_end_is_refused();
  void chat_takes_commands_with_nothing_behind_them();
  void chat_tells_a_script_what_failed_data();
  void chat_tells_a_script_what_failed();
  void a_slow_page_can_be_interrupted();
};
