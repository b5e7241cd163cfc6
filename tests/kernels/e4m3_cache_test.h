// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// Attention over an e4m3 cache: the device's conversions against those of the host, number by
// number.
class E4m3CacheTest : public QObject {
  Q_OBJECT
 private slots:
  void every_16_bit_value_data();
  void every_16_bit_value();
};
