// SPDX-License-Identifier: Apache-2.0
// Why a GPU cannot be used and what to do, in words. Needs no CUDA.
#pragma once

#include <string>

namespace engine {

constexpr int kMinComputeCapability = 80;

// Of a GPU of that compute capability (75 is 7.5), below kMinComputeCapability.
std::string gpu_too_old(int capability);

// Of a GPU that a fault has ended for this process.
std::string gpu_lost();

enum class NoGpu {
  DriverTooOld,  // for the CUDA runtime that Fireside was built with
  DriverAbsent,  // its library answers, the driver does not
  DeviceAbsent,  // a working driver without a GPU it may show
  DriverBroken,  // anything else; `detail` is what CUDA says
};

// Versions as CUDA gives them: 13000 is 13.0.
std::string no_gpu_reason(NoGpu reason, int driver_version, int runtime_version,
                          const std::string& detail);

}  // namespace engine
