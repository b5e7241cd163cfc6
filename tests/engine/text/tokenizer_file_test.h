// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class TokenizerFileTest : public QObject {
  Q_OBJECT
 private slots:
  void refuses_data();
  void refuses();
  void accepts_data();
  void accepts();
  void files_that_are_not_there();
  void content_never_yields_an_added_token_of_the_vocabulary();
};
