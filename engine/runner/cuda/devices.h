// SPDX-License-Identifier: Apache-2.0
// The GPUs that the CUDA runtime sees, and what a runner needs to know of one.
#pragma once

#include <string>
#include <vector>

#include "engine/device_info.h"
#include "kernels/cuda_context.h"

namespace engine {

// One entry a GPU; one entry "cuda" with the reason when there is none. Never throws.
std::vector<DeviceInfo> list_gpus();

// Makes the device current for this thread. Throws Error{Device, Unsupported}.
void select_gpu(int device);

// Name and capabilities of a device; stream and matmul stay null.
std::string gpu_name(int device);
kernels::CudaContext gpu_context(int device);

}  // namespace engine
