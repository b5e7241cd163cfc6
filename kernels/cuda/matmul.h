// SPDX-License-Identifier: Apache-2.0
// Large matrix products through cuBLASLt, each shape with one cached algorithm.
//
// The only user of cuBLASLt. It needs one handle and one workspace on the device for the whole life
// of the runner; both are taken at construction. multiply() allocates nothing on the device. The
// algorithm of a shape is the first that cuBLASLt proposes, so that the same shape always gives the
// same bits; finding it costs the host some tens of microseconds once for each shape.
#pragma once

#include <memory>

#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

class CudaMatmul {
 public:
  static constexpr int64_t kWorkspaceBytes = 32 << 20;

  // Takes kWorkspaceBytes on the current device. Returns null when cuBLASLt or the device refuses;
  // `problem` then says why in words.
  static std::unique_ptr<CudaMatmul> create(const char** problem);
  ~CudaMatmul();
  CudaMatmul(const CudaMatmul&) = delete;
  CudaMatmul& operator=(const CudaMatmul&) = delete;

  // out[t, r] = sum_i weight[r, i] * x[t, i]  (+ out[t, r] when add). Sums in float32, one rounding.
  // out: the weight's dtype, or float with out_f32 (then not add).
  CudaStatus multiply(void* out, bool out_f32, const void* x, const WeightMatrix& weight,
                      int64_t num_tokens, bool add, void* stream);

 private:
  struct Impl;
  explicit CudaMatmul(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kernels
