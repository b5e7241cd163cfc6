// SPDX-License-Identifier: Apache-2.0
// Tensors of a checkpoint by name: views into read-only mapped files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/dtype.h"

namespace engine {

struct TensorView {
  std::string name;
  kernels::DType dtype;
  std::vector<int64_t> shape;
  const void* data = nullptr;  // row-major; lives as long as the WeightSource
  int64_t num_bytes = 0;
};

class WeightSource {
 public:
  virtual ~WeightSource() = default;

  // Data aligned to the element size. Throws Error{InvalidFile} naming tensor and folder when it is
  // missing or its shape differs from `shape`, Error{Unsupported} naming the dtype when it is none
  // of kernels::DType.
  virtual TensorView tensor(const std::string& name, const std::vector<int64_t>& shape) const = 0;
  virtual bool contains(const std::string& name) const = 0;
  // Those of a kernels::DType, in the order of the files; data may be unaligned in files of old
  // writers.
  virtual const std::vector<TensorView>& tensors() const = 0;
  virtual int64_t total_bytes() const = 0;
};

// One model.safetensors, or shards listed in model.safetensors.index.json. Every header is checked
// here, weights are read when touched. Throws Error{NotFound, InvalidFile, Io, Unsupported (weights
// in another format)}.
std::unique_ptr<WeightSource> open_safetensors(const std::string& model_folder);

}  // namespace engine
