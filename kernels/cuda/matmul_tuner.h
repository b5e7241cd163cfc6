// SPDX-License-Identifier: Apache-2.0
// Which of the algorithms that cuBLASLt proposes is the fastest for a product: by measuring.
//
// Each is timed several times in turn with the others, every time with another matrix, so that the
// weights come from memory as in a model; the median counts. Nearly all give the same bits as the
// first proposal (one sequence of summation, found by comparing outputs) and may take its place for
// a small gain: whatever noise decides between them cannot be seen in a result. One that gives
// other bits (parts of sums added later) must win by kOtherBitsGain, and is left out where
// same_bits is asked for.
//
// An algorithm is good for the number of tokens that it was proposed for: with a few tokens less,
// or with the same number of tiles, the same algorithm was measured to take up to a third longer.
//
// Synchronises and allocates: for loading, not for steps.
#pragma once

#include <memory>
#include <vector>

#include "kernels/cuda/matmul.h"

namespace kernels {

struct MatmulTrial {
  MatmulProduct product;
  std::vector<WeightMatrix> weights;  // of the product's shape, at least one
  int64_t num_tokens = 0;
  const void* x = nullptr;  // [num_tokens, cols] dtype, fill_random()
  void* out = nullptr;      // [num_tokens, rows] dtype, overwritten
  bool same_bits = false;
};

struct MatmulChoice {
  CudaMatmul::Algorithm algorithm = {};
  bool is_first = true;   // the first proposal
  bool same_bits = true;  // as the first proposal
  float first_us = 0, chosen_us = 0;
};

class MatmulTuner {
 public:
  static constexpr int kMaxCandidates = 8;
  static constexpr float kSameBitsGain = 1.02f;
  static constexpr float kOtherBitsGain = 1.04f;

  explicit MatmulTuner(void* stream);
  ~MatmulTuner();
  MatmulTuner(const MatmulTuner&) = delete;
  MatmulTuner& operator=(const MatmulTuner&) = delete;

  // Random numbers, about normal with deviation 1, the same every time.
  CudaStatus fill_random(void* x, int64_t count, DType dtype);

  // The fastest proposal. cudaErrorNotSupported when cuBLASLt proposes nothing that runs.
  CudaStatus tune(CudaMatmul* matmul, const MatmulTrial& trial, MatmulChoice* choice);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kernels
