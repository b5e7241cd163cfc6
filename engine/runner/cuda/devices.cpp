// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/devices.h"

#include <cuda_runtime_api.h>

#include "engine/error.h"
#include "engine/runner/cuda/device_recovery.h"
#include "engine/runner/cuda/gpu_problems.h"
#include "engine/runner/cuda/resources.h"
#include "kernels/cuda/linear.h"

namespace engine {
namespace {

int attribute(cudaDeviceAttr name, int device) {
  int value = 0;
  check_cuda(cudaDeviceGetAttribute(&value, name, device), "asking what it can do");
  return value;
}

int compute_capability(int device) {
  return attribute(cudaDevAttrComputeCapabilityMajor, device) * 10 +
         attribute(cudaDevAttrComputeCapabilityMinor, device);
}

// Why the runtime sees no GPU at all.
std::string why_no_gpu(cudaError_t status) {
  int driver = 0, runtime = 0;
  cudaDriverGetVersion(&driver);
  cudaRuntimeGetVersion(&runtime);
  NoGpu reason = NoGpu::DriverBroken;
  if (status == cudaErrorInsufficientDriver)
    reason = driver > 0 ? NoGpu::DriverTooOld : NoGpu::DriverAbsent;
  if (status == cudaErrorNoDevice || status == cudaSuccess) reason = NoGpu::DeviceAbsent;
  return no_gpu_reason(
      reason, driver, runtime,
      std::string(cudaGetErrorString(status)) + " (" + cudaGetErrorName(status) + ")");
}

DeviceInfo describe(int device) {
  DeviceInfo info;
  info.id = "cuda:" + std::to_string(device);
  info.name = gpu_name(device);
  const int capability = compute_capability(device);
  info.features = "compute capability " + std::to_string(capability / 10) + "." +
                  std::to_string(capability % 10);
  if (capability < kMinComputeCapability) {
    info.problem = gpu_too_old(capability);
    return info;
  }
  size_t free_bytes = 0, total_bytes = 0;
  check_cuda(cudaSetDevice(device), "choosing a GPU");
  check_cuda(cudaMemGetInfo(&free_bytes, &total_bytes), "asking for its memory");
  info.memory_total = static_cast<int64_t>(total_bytes);
  info.memory_free = static_cast<int64_t>(free_bytes);
  return info;
}

}  // namespace

std::vector<DeviceInfo> list_gpus() {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  std::vector<DeviceInfo> gpus;
  if (status != cudaSuccess || count == 0) {
    cudaGetLastError();
    DeviceInfo none;
    none.id = "cuda";
    none.name = "NVIDIA GPU";
    none.lost = a_device_is_lost();
    none.problem = none.lost ? gpu_lost() : why_no_gpu(status);
    return {none};
  }
  int current = 0;
  cudaGetDevice(&current);
  for (int device = 0; device < count; ++device) {
    DeviceInfo broken;
    broken.id = "cuda:" + std::to_string(device);
    broken.name = "NVIDIA GPU";
    broken.lost = device_is_lost(device);
    try {
      if (!broken.lost) {
        gpus.push_back(describe(device));
        continue;
      }
    } catch (const Error& error) {
      broken.problem = error.what();
      broken.lost = a_device_is_lost();  // a driver may fail for all of them
    }
    if (broken.lost) broken.problem = gpu_lost();
    gpus.push_back(broken);
  }
  cudaSetDevice(current);
  return gpus;
}

void select_gpu(int device) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (device_is_lost(device) || (status != cudaSuccess && a_device_is_lost()))
    throw Error(ErrorCode::DeviceLost, gpu_lost());
  if (status != cudaSuccess || count == 0) throw Error(ErrorCode::Device, why_no_gpu(status));
  if (device < 0 || device >= count)
    throw Error(ErrorCode::Device, "there is no GPU cuda:" + std::to_string(device) +
                                       "; this machine has " + std::to_string(count) +
                                       " (cuda:0 to cuda:" + std::to_string(count - 1) + ")");
  const int capability = compute_capability(device);
  if (capability < kMinComputeCapability)
    throw Error(ErrorCode::Unsupported, gpu_too_old(capability));
  const cudaError_t chosen = cudaSetDevice(device);
  if (chosen != cudaSuccess && a_device_is_lost()) throw Error(ErrorCode::DeviceLost, gpu_lost());
  check_cuda(chosen, "choosing a GPU");
}

std::string gpu_name(int device) {
  cudaDeviceProp properties;
  check_cuda(cudaGetDeviceProperties(&properties, device), "asking for its name");
  return properties.name;
}

kernels::CudaContext gpu_context(int device) {
  kernels::CudaContext context;
  context.compute_capability = compute_capability(device);
  context.num_sms = attribute(cudaDevAttrMultiProcessorCount, device);
  context.max_shared_bytes = attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
  context.programmatic_launch = context.compute_capability >= 90;
  context.clusters_of_four = kernels::cuda::clusters_of_four(context);
  return context;
}

}  // namespace engine
