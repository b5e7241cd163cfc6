// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class BlockManagerTest : public QObject {
  Q_OBJECT
 private slots:
  void finds_whole_blocks_only();
  void reuses_plain_blocks_before_cached_and_old_before_new();
  void same_prefix_is_kept_once();
  void without_caching_nothing_is_found();
  void hash_depends_on_parent_and_tokens();
  void random_operations_match_an_oracle_data();
  void random_operations_match_an_oracle();
};
