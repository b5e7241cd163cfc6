// SPDX-License-Identifier: Apache-2.0
// Tensors of a checkpoint by name: where their bytes can be read.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/byte_source.h"
#include "kernels/dtype.h"

namespace engine {

struct TensorView {
  std::string name;
  kernels::DType dtype;
  std::vector<int64_t> shape;
  const ByteSource* source = nullptr;  // lives as long as the WeightSource
  int64_t offset = 0;                  // of its first byte in the source; row-major
  int64_t num_bytes = 0;
};

class WeightSource {
 public:
  virtual ~WeightSource() = default;

  // Throws Error{InvalidFile} naming tensor and folder when it is missing or its shape differs from
  // `shape`, Error{Unsupported} naming the dtype when it is none of kernels::DType.
  virtual TensorView tensor(const std::string& name, const std::vector<int64_t>& shape) const = 0;
  virtual bool contains(const std::string& name) const = 0;
  // Those of a kernels::DType, in the order of the files.
  virtual const std::vector<TensorView>& tensors() const = 0;
  virtual int64_t total_bytes() const = 0;
  // To be asked when the weights have been read. Throws Error{Io} when the files were written to in
  // the meantime.
  virtual void check_unchanged() const {}
};

// One model.safetensors, or shards listed in model.safetensors.index.json. Every header is checked
// here, weights are read when asked for. Throws Error{NotFound, InvalidFile, Io, Unsupported
// (weights in another format)}.
std::unique_ptr<WeightSource> open_safetensors(const std::string& model_folder);

}  // namespace engine
