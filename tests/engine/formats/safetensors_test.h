// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class SafetensorsTest : public QObject {
  Q_OBJECT
 private slots:
  void accepts_data();
  void accepts();
  void refuses_data();
  void refuses();
  void every_truncation_of_a_file_is_refused();
  void every_flipped_byte_is_refused_or_read_safely();
  void tensors_are_found_with_their_bytes();
  void asking_for_a_wrong_tensor();
  void unaligned_tensors_are_read();
  void rows_are_read_to_their_places();
  void files_that_change_under_us();
  void shards_data();
  void shards();
  void shards_are_read_as_the_index_says();
  void other_formats_are_named();
  void small_models_data();
  void small_models();
};
