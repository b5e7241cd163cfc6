// SPDX-License-Identifier: Apache-2.0
// What every CUDA op runs on. Plain C++17: including this needs no CUDA header.
//
// Ops put their kernels on `stream` and return at once; a status other than 0 is the cudaError_t of
// the launch (or cudaErrorInvalidValue for arguments outside the op's manual). Nothing allocates or
// synchronises, so that every op can be captured into a CUDA graph.
//
// Promise of all CUDA ops: sums have a fixed order that depends on the shapes, the number of tokens
// and the device, never on timing: the same call on the same inputs gives the same bits, every
// time.
//
// batch_invariant promises more: what an op gives for one token depends on nothing but that token's
// own inputs (and on the device): not on how many tokens are computed together, where among them it
// is, how its sequence was cut into chunks or where the cache keeps it. The matrix products then
// take one family of kernels for any number of tokens, attention one kernel for one new token and
// for many.
//
// Programmatic dependent launch (compute capability 9.0 and up): kernels start while their
// predecessor still runs, read weights ahead, and wait before they touch activations. Each kernel
// of ours waits before its first write and before it exits, so that waiting for one kernel is
// waiting for all before it. Work that others put on the same stream needs no care: it is ordered
// as ever.
#pragma once

#include <cstdint>

namespace kernels {

using CudaStatus = int;  // a cudaError_t, 0 is success

class CudaMatmul;  // kernels/cuda/matmul.h

struct CudaContext {
  void* stream = nullptr;            // cudaStream_t
  int compute_capability = 0;        // 90 for 9.0; at least 80
  int num_sms = 0;                   // multiprocessors
  int max_shared_bytes = 0;          // shared memory a block may ask for
  int clusters_of_four = 0;          // clusters of 4 blocks at once, a multiprocessor each; 0: none
  bool programmatic_launch = false;  // only with compute_capability >= 90
  bool batch_invariant = false;
  bool ordered_gemm = true;      // batch_invariant: many tokens by kernels/cuda/ordered_gemm.h
  CudaMatmul* matmul = nullptr;  // for more tokens than kMaxSkinnyTokens; may be null below
};

// Up to so many tokens our own kernels stream the weights once; above, cuBLASLt multiplies.
constexpr int64_t kMaxSkinnyTokens = 64;

}  // namespace kernels
