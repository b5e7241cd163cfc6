// SPDX-License-Identifier: Apache-2.0
// How weights lie in memory, whatever file they came from. Both devices read the same bytes.
//
// Row-stream layout, the only one so far: a matrix of `rows` output by `cols` input features is
// row-major without padding, row r at data + r * cols * dtype_size(dtype), so that
//   y[r] = sum_c data[r, c] * x[c]
// BF16, F16 and F32 stay as the checkpoint has them: what the file says is what is multiplied.
// The first byte is aligned to kWeightAlignment.
//
// Fused matrices, so that a stage is one pass over memory:
//   qkv       rows [0, q_size) = q_proj, then kv_size rows of k_proj, then kv_size rows of v_proj;
//             inside each, head h owns rows [h * head_dim, (h + 1) * head_dim)
//   gate_up   row 2i = gate_proj row i, row 2i + 1 = up_proj row i, 2 * intermediate_size rows:
//             whoever computes the pair can finish SiLU(gate) * up in registers
//   o_proj, down_proj, embedding table, lm_head: as in the checkpoint
// Norm weights are vectors of F32 (converted at load, exact).
#pragma once

#include <cstdint>

#include "kernels/dtype.h"

namespace kernels {

constexpr int64_t kWeightAlignment = 256;  // bytes

struct WeightMatrix {
  const void* data = nullptr;  // [rows, cols] dtype, row-major
  int64_t rows = 0;            // output features
  int64_t cols = 0;            // input features
  DType dtype = DType::BF16;

  int64_t num_bytes() const { return rows * cols * dtype_size(dtype); }
};

}  // namespace kernels
