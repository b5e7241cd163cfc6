// SPDX-License-Identifier: Apache-2.0
// What is left of a GPU after a fault, without a new process.
//
// A call that CUDA refuses (a wrong argument, no memory) leaves the context as it was. A kernel
// that fails (a wild address, a trap) destroys it: from then on every call gives the same error.
// cudaDeviceReset(), allowed once nothing of the old context is used any more, makes a new one
// where the driver lets it. Measured on an H200 with driver 580.159, it does not:
// cudaDeviceReset(), cuDevicePrimaryCtxReset(), cuCtxCreate() and waiting all end in the old error
// or in cudaErrorDevicesUnavailable, contexts made before the fault fail with the others; a new
// process, or the same one after exec(), has a GPU at once.
#pragma once

namespace engine {

// Whether a fault has ended this device, or any, for this process.
bool device_is_lost(int device);
bool a_device_is_lost();

// Whoever owns objects on a device holds this as its first member, so that it goes last. When the
// last one on the device goes and the device answers with an error, the device is reset; when it
// still does, it is lost.
class DeviceRecovery {
 public:
  explicit DeviceRecovery(int device);
  ~DeviceRecovery();
  DeviceRecovery(const DeviceRecovery&) = delete;
  DeviceRecovery& operator=(const DeviceRecovery&) = delete;

 private:
  const int device_;
};

}  // namespace engine
