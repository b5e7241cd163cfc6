// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class AnswerTextTest : public QObject {
  Q_OBJECT
 private slots:
  void pieces_make_the_whole_decode();
  void random_ids_make_the_whole_decode();
  void characters_are_whole();
  void broken_bytes_data();
  void broken_bytes();
  void special_tokens_are_left_out();
  void stops_data();
  void stops();
  void stops_are_the_same_however_the_text_is_cut();
  void nothing_follows_a_stop();
};
