// SPDX-License-Identifier: Apache-2.0
#include "engine/device_rates.h"

#include "engine/core/cpu_rates.h"
#include "engine/runner/cuda/cuda_loader.h"

namespace engine {

DeviceRates measure_device_rates(const std::string& device, int num_threads) {
  if (device != "cpu") return measure_cuda_rates(device);
  return {measure_read_bandwidth(num_threads), measure_matrix_rate(num_threads), 0};
}

}  // namespace engine
