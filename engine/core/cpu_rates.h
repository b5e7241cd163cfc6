// SPDX-License-Identifier: Apache-2.0
// What the processors of this machine can give.
#pragma once

namespace engine {

// Bytes per second of num_threads threads that each sum their part of a buffer much larger than any
// cache; the median of five passes. Takes about a second and 512 MB. Returns 0 when that memory is
// not to be had.
double measure_read_bandwidth(int num_threads);

// Operations per second of kernels::cpu::matmul() with bf16 weights that stay in a cache; the
// median of several passes.
double measure_matrix_rate(int num_threads);

}  // namespace engine
