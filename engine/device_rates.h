// SPDX-License-Identifier: Apache-2.0
// How fast a device reads its memory, multiplies matrices and takes what is loaded: what a
// benchmark stands beside.
#pragma once

#include <string>

namespace engine {

struct DeviceRates {
  double memory = 0;  // bytes per second; 0 when it could not be measured
  double matrix = 0;  // operations (a multiplication and an addition are two) per second
  double upload = 0;  // bytes per second from page-locked memory; 0 where nothing is copied (cpu)
};

// Of "cpu" (that many threads) or "cuda:N"; measured in about a second, with a quarter of the
// memory that is free at most.
//   CPU: threads that sum a buffer much larger than any cache; Fireside's own matrix product on
//   operands that fit a cache.
//   GPU: a copy within its memory (bytes read and written); cuBLASLt in bf16; a copy to it.
// Throws Error{Device}.
DeviceRates measure_device_rates(const std::string& device, int num_threads);

}  // namespace engine
