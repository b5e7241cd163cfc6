// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class AttentionTest : public QObject {
  Q_OBJECT
 private slots:
  void against_float64_data();
  void against_float64();
  void bits_do_not_depend_on_batch_chunks_or_paging_data();
  void bits_do_not_depend_on_batch_chunks_or_paging();
};
