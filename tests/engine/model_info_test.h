// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMap>
#include <QObject>
#include <QTemporaryDir>
#include <memory>

class ModelInfoTest : public QObject {
  Q_OBJECT
 private slots:
  void init();
  void cleanup();
  void describes_a_model();
  void says_why_a_model_cannot_be_loaded_data();
  void says_why_a_model_cannot_be_loaded();
  void foreign_fixtures_are_named_data();
  void foreign_fixtures_are_named();
  void refuses_what_is_no_model_folder();
  void finds_the_hugging_face_cache();
  void finds_models_in_order();
  void bundled_model_brings_its_name();
  void resources_are_looked_for();
  void devices_are_listed();
  void cuda_is_refused_with_a_reason();

 private:
  QString model_copy(const QString& name);
  void set_environment(const char* name, const QString& value);

  std::unique_ptr<QTemporaryDir> dir_;
  QMap<QByteArray, QByteArray> saved_;
};
