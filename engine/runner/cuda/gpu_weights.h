// SPDX-License-Identifier: Apache-2.0
// A dense decoder's weights on the device, in the layouts of kernels/weight_layout.h, in one
// allocation.
//
// Loading: several threads copy pieces of the files into page-locked memory, fusing q, k, v and
// interleaving gate and up on the way, and send them on; a piece is on the bus while the next is
// read.
#pragma once

#include <stop_token>
#include <vector>

#include "engine/engine.h"
#include "engine/formats/model_config.h"
#include "engine/formats/weight_source.h"
#include "engine/runner/cuda/resources.h"
#include "kernels/weight_layout.h"

namespace engine {

struct GpuLayer {
  const float* input_norm = nullptr;
  const float* post_attention_norm = nullptr;
  const float* q_norm = nullptr;  // null without QK-norm
  const float* k_norm = nullptr;
  kernels::WeightMatrix qkv, output, gate_up, down;
};

class GpuWeights {
 public:
  // Bytes on the device, known without reading anything.
  static int64_t planned_bytes(const ModelConfig& model);

  // Type of the matrices in the checkpoint, taken from one of them.
  static kernels::DType stored_dtype(const ModelConfig& model, const WeightSource& source);

  // Throws Error{InvalidFile, Unsupported, OutOfMemory, Device, Cancelled}.
  GpuWeights(const ModelConfig& model, const WeightSource& source, const LoadProgress& progress,
             std::stop_token stop);

  kernels::DType dtype() const { return dtype_; }
  const kernels::WeightMatrix& embedding() const { return embedding_; }
  const kernels::WeightMatrix& head() const { return head_; }
  const float* final_norm() const { return final_norm_; }
  const std::vector<GpuLayer>& layers() const { return layers_; }

 private:
  kernels::DType dtype_ = kernels::DType::BF16;
  DeviceBytes memory_;
  kernels::WeightMatrix embedding_, head_;
  const float* final_norm_ = nullptr;
  std::vector<GpuLayer> layers_;
};

}  // namespace engine
