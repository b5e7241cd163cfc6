// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The choices of algorithms on the disk (engine/runner/cuda/tuning_file.h). Needs no GPU.
class TuningFileTest : public QObject {
  Q_OBJECT
 private slots:
  void comes_back_as_it_was();
  void other_texts_are_none_data();
  void other_texts_are_none();
  void any_changed_byte_is_noticed();
  void lies_in_the_cache_folder();
  void is_written_whole_or_not_at_all();
  void keeps_what_others_wrote();
  void starts_anew_when_full();
  void unusable_places_are_said();
};
