// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Requests on their way through the engine over a fake runner: no model, no tokenizer.
class EngineTest : public QObject {
  Q_OBJECT
 private slots:
  void one_request();
  void requests_that_cannot_be_served();
  void prompt_longer_than_the_context();
  void answers_end_at_max_tokens_and_context();
  void answers_end_at_eos_unless_ignored();
  void prompt_progress_is_reported();
  void abort_waiting_and_running();
  void second_turn_finds_its_prefix();
  void device_failure_ends_everything();
  void other_failure_ends_its_step_only();
  void no_finite_logit_ends_the_request();
  void stats_can_be_read_from_another_thread();
  void random_requests_data();
  void random_requests();
};
