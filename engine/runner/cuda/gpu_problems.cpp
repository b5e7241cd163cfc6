// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/gpu_problems.h"

namespace engine {
namespace {

std::string version_text(int major, int minor) {
  std::string text = std::to_string(major);
  text += '.';
  text += std::to_string(minor);
  return text;
}

std::string cuda_version(int version) { return version_text(version / 1000, version % 1000 / 10); }

}  // namespace

std::string gpu_too_old(int capability) {
  static_assert(kMinComputeCapability == 80);
  const std::string version = version_text(capability / 10, capability % 10);
  return "compute capability " + version +
         " is too old: Fireside needs 8.0 (Ampere) or newer; choose another GPU or the device cpu";
}

std::string gpu_lost() {
  return "the GPU has failed, and its driver lets only a new process use it again; restart "
         "Fireside "
         "(nothing that was said is lost), or choose the device cpu";
}

std::string no_gpu_reason(NoGpu reason, int driver_version, int runtime_version,
                          const std::string& detail) {
  switch (reason) {
    case NoGpu::DriverTooOld:
      return "the NVIDIA driver is too old: it supports CUDA " + cuda_version(driver_version) +
             ", Fireside needs " + cuda_version(runtime_version) + "; update the driver";
    case NoGpu::DriverAbsent:
      return "no NVIDIA driver answers; install or load the driver";
    case NoGpu::DeviceAbsent:
      return "the driver sees no GPU (CUDA_VISIBLE_DEVICES may hide it); unset that variable or "
             "choose the device cpu";
    case NoGpu::DriverBroken:
      break;
  }
  return "the driver does not work: " + detail + "; restart the machine or reinstall the driver";
}

}  // namespace engine
