// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// tokenizer.model of SentencePiece: same ids as the reference, same rules for content, no trust in
// the file.
class SentencePieceTest : public QObject {
  Q_OBJECT
 private slots:
  void matches_the_reference_data();
  void matches_the_reference();
  void content_yields_no_added_token();
  void added_tokens_come_from_templates();
  void the_first_space_comes_and_goes();
  void answers_come_in_whole_characters();
  void long_texts_are_cut_without_a_trace();
  void folders_may_hold_either_file();
  void refuses_models_data();
  void refuses_models();
  void broken_files_are_errors();
};
