// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class ModelConfigTest : public QObject {
  Q_OBJECT
 private slots:
  void reads_the_published_form();
  void reads_the_form_of_transformers_5();
  void yarn_data();
  void yarn();
  void harmless_fields_are_ignored();
  void refuses_data();
  void refuses();
  void generation_config();
  void generation_config_refuses_data();
  void generation_config_refuses();
  void a_broken_link_is_no_absent_file();
  void every_truncation_is_refused();
};
