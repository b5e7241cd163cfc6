// SPDX-License-Identifier: Apache-2.0
// What a GPU can give: the CUDA side of measure_device_rates().
#pragma once

#include "engine/device_rates.h"

namespace engine {

// Throws Error{Device, OutOfMemory}.
DeviceRates measure_gpu_rates(int device);

}  // namespace engine
