// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Devices that promise the same bits for a token in any company, at the sizes of real models.
class BatchInvarianceTest : public QObject {
  Q_OBJECT
 private slots:
  void matrix_products_data();
  void matrix_products();
  void attention_data();
  void attention();
};
