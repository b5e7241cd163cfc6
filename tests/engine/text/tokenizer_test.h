// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class TokenizerTest : public QObject {
  Q_OBJECT
 private slots:
  void matches_the_reference();
  void chats_match_the_reference();
  void matches_the_reference_on_the_published_vocabulary();
  void merges_by_rank_in_whatever_order_ranks_are();
  void words_data();
  void words();
  void normalises_data();
  void normalises();
  void added_tokens_only_in_template_text();
  void flags_of_added_tokens_data();
  void flags_of_added_tokens();
  void any_cut_into_segments_gives_the_same_ids();
  void long_words_need_no_stack_data();
  void long_words_need_no_stack();
  void refuses_what_is_not_utf8_data();
  void refuses_what_is_not_utf8();
  void ids_out_of_range_are_nothing();
  void may_be_used_from_many_threads();
};
