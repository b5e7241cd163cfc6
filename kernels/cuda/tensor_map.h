// SPDX-License-Identifier: Apache-2.0
// Descriptions of matrices for the tensor copy engine (compute capability 9.0 and up).
#pragma once

#include <cuda.h>

#include <cstdint>

#include "kernels/dtype.h"

namespace kernels::cuda {

constexpr int kMaxTensorRank = 4;

// A tensor of 16-bit elements, the innermost dimension first. Copies bring boxes into shared
// memory, 128-byte swizzled (box[0] = 64 elements); what lies outside of the tensor becomes zero.
struct TensorShape {
  int rank = 0;
  uint64_t dims[kMaxTensorRank] = {};
  uint64_t strides[kMaxTensorRank - 1] = {};  // bytes, of dims 1 and up; multiples of 16
  uint32_t box[kMaxTensorRank] = {};
};

// Host work of about a microsecond. False when the driver refuses (misaligned data, an old driver).
bool encode_tensor_map(CUtensorMap* map, DType dtype, const void* data, const TensorShape& shape);

}  // namespace kernels::cuda
