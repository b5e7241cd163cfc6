// SPDX-License-Identifier: Apache-2.0
// The promise: text of a person, a document, a file name, a role or an earlier answer never becomes
// a control token.
#pragma once

#include <QObject>

class InjectionTest : public QObject {
  Q_OBJECT
 private slots:
  void no_content_becomes_an_added_token();
  void nor_when_it_is_cut_over_neighbours();
};
