// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// How tokens are drawn and what comes with them, over a fake runner.
class EngineDrawingTest : public QObject {
  Q_OBJECT
 private slots:
  void model_defaults_and_seeds();
  void penalties_see_the_tokens();
  void logprobs_are_passed_on();
  void logits_of_every_drawn_position();
  void logits_of_every_prompt_position_once();
};
