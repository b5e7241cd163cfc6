// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/device_recovery.h"

#include <cuda_runtime_api.h>

#include <map>
#include <mutex>
#include <set>

namespace engine {
namespace {

// A context belongs to the whole process, and so does the count of those who use it.
struct Users {
  std::mutex mutex;
  std::map<int, int> of_device;
  std::set<int> lost;
};

Users& users() {
  static Users all;
  return all;
}

}  // namespace

DeviceRecovery::DeviceRecovery(int device) : device_(device) {
  const std::lock_guard lock(users().mutex);
  ++users().of_device[device];
}

DeviceRecovery::~DeviceRecovery() {
  const std::lock_guard lock(users().mutex);
  if (--users().of_device[device_] > 0) return;
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess || device_ < 0 || device_ >= count) return;
  const auto answers = [this] {
    return cudaSetDevice(device_) == cudaSuccess && cudaDeviceSynchronize() == cudaSuccess;
  };
  if (answers()) return;
  cudaDeviceReset();
  if (!answers()) users().lost.insert(device_);
  cudaGetLastError();
}

bool device_is_lost(int device) {
  const std::lock_guard lock(users().mutex);
  return users().lost.contains(device);
}

bool a_device_is_lost() {
  const std::lock_guard lock(users().mutex);
  return !users().lost.empty();
}

}  // namespace engine
