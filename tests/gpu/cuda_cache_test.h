// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

// The CUDA runner with EngineConfig::kv_cache_dtype.
class CudaCacheTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void fp8_goldens_data();
  void fp8_goldens();
  void fp8_same_bits_in_50_runs();
  void fp8_chunks_and_prefix_hits_agree();
  void fp8_chunks_differ_little();
  void fp8_with_and_without_graphs();
  void fp8_holds_twice_the_tokens();
  void other_types_are_refused();
};
