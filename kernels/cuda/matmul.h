// SPDX-License-Identifier: Apache-2.0
// Large matrix products through cuBLASLt, each with a cached algorithm.
//
// The only user of cuBLASLt. It needs one handle and one workspace on the device for the whole life
// of the runner; both are taken at construction. multiply() allocates nothing on the device.
//
// Algorithms sum in float32 and round once: those that add parts of a sum in the type of the output
// are never taken. Which one a product takes depends on its shape and the number of tokens alone:
// the one given to choose(), else the first that cuBLASLt proposes. So the same call gives the same
// bits as long as the choices stay the same. The first use of a number of tokens costs the host 0.1
// ms for asking cuBLASLt, and about 3 ms more where the kernel was not loaded yet.
//
// Not for several threads at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/cuda_context.h"
#include "kernels/weight_layout.h"

namespace kernels {

// What an algorithm is chosen for, without the number of tokens.
struct MatmulProduct {
  int64_t rows = 0, cols = 0;  // of the weight
  DType dtype = DType::BF16;
  bool add = false;
  bool out_f32 = false;
};

class CudaMatmul {
 public:
  static constexpr int64_t kWorkspaceBytes = 32 << 20;

  // An algorithm as cuBLASLt describes it: bytes without pointers, of use to the same version of
  // cuBLASLt on the same kind of device.
  using Algorithm = std::array<uint64_t, 8>;

  // Takes kWorkspaceBytes on the current device. Returns null when cuBLASLt or the device refuses;
  // `problem` then says why in words.
  static std::unique_ptr<CudaMatmul> create(const char** problem);
  ~CudaMatmul();
  CudaMatmul(const CudaMatmul&) = delete;
  CudaMatmul& operator=(const CudaMatmul&) = delete;

  // out[t, r] = sum_i weight[r, i] * x[t, i]  (+ out[t, r] when add). Sums in float32, one
  // rounding. out: the weight's dtype, or float with out_f32 (then not add).
  CudaStatus multiply(void* out, bool out_f32, const void* x, const WeightMatrix& weight,
                      int64_t num_tokens, bool add, void* stream);

  // What cuBLASLt proposes, the most promising first; at most max_count.
  std::vector<Algorithm> proposals(const MatmulProduct& product, int64_t num_tokens, int max_count);

  // Takes this algorithm for a product of so many tokens, from the next multiply() on. False, and
  // nothing changes, when cuBLASLt refuses it there or it is of a kind never taken.
  bool choose(const MatmulProduct& product, int64_t num_tokens, const Algorithm& algorithm);

  // multiply() by a given algorithm, for measuring; out_f32 is the product's.
  CudaStatus multiply_by(const Algorithm& algorithm, void* out, bool out_f32, const void* x,
                         const WeightMatrix& weight, int64_t num_tokens, bool add, void* stream);

  // The same for algorithms that run the same kernel.
  static std::vector<uint32_t> kernel_of(const Algorithm& algorithm);

  // Version of the cuBLASLt in use.
  static int64_t library_version();

 private:
  struct Impl;
  explicit CudaMatmul(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kernels
