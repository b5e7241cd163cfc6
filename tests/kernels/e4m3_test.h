// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class E4m3Test : public QObject {
  Q_OBJECT
 private slots:
  void every_code();
  void every_tie();
  void nearest_of_all();
  void saturation_and_nan();
};
