// SPDX-License-Identifier: Apache-2.0
// How fast this machine reads its main memory: the limit of a decode step on the CPU.
#pragma once

namespace engine::cli {

// Bytes per second of num_threads threads that each sum their part of a buffer much larger than any
// cache; the median of five passes. Takes about a second and 512 MB. Returns 0 when that memory is
// not to be had.
double measure_read_bandwidth(int num_threads);

}  // namespace engine::cli
