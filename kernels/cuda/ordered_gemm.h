// SPDX-License-Identifier: Apache-2.0
// Y = X W^T for many tokens with the bits of stream_mma.cuh: every sum in the same order, on the
// warpgroup products (wgmma) and tensor copies of compute capability 9.0. For batch-invariant mode,
// where cuBLASLt cannot be used.
//
// A block takes a tile of 192 tokens x 128 or 256 rows; three warpgroups own 64 tokens each, a
// fourth brings planes of 64 columns of both matrices. A wide matrix (see stream_mma.cuh) is one
// sum over the columns in order. A narrow one is eight: plane q belongs to sum q % 8; they are
// computed one after another and added in order.
//
// What it rests on: mma.sync and wgmma give the same bits for the same 16 columns, wherever in a
// tile. Nothing promises that; the H200 was measured to do so, and the tests of batch-invariant mode
// compare both on the card.
#pragma once

#include <cuda.h>

#include "kernels/cuda/linear.h"

namespace kernels::cuda {

constexpr int kGemmTokens = 192;
constexpr int kGemmPartials = 8;  // sums of a narrow matrix

struct OrderedGemmParams {
  void* out;
  int num_tokens;
  int num_rows, cols;  // cols a multiple of 64
  bool narrow;
  Epilogue epilogue;
};

// Rows of a tile: the box of the weights' map has so many.
inline int ordered_gemm_rows(bool narrow) { return narrow ? 128 : 256; }

// Maps as stream_mma.cuh has them, boxes of one plane; the tokens' box has kGemmTokens rows.
CudaStatus ordered_gemm(const OrderedGemmParams& p, DType dtype, const CUtensorMap& w_map,
                        const CUtensorMap& x_map, const CudaContext& context);

// Whether the device has it and the context wants it.
bool ordered_gemm_fits(const CudaContext& context);

}  // namespace kernels::cuda
