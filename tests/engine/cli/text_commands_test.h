// SPDX-License-Identifier: Apache-2.0
// tokenize and template: JSON lines in and out.
#pragma once

#include <QObject>

class TextCommandsTest : public QObject {
  Q_OBJECT
 private slots:
  void tokenize_matches_the_reference();
  void tokenize_reads_sentencepiece_models();
  void tokenize_refuses_lines_data();
  void tokenize_refuses_lines();
  void template_renders_or_says_why_not();
  void template_of_another_model_is_refused();
};
