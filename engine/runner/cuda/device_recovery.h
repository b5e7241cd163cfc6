// SPDX-License-Identifier: Apache-2.0
// A GPU that works again after a fault, without a new process.
//
// A kernel that fails (a wild address, a trap) destroys the context: from then on every call on
// that device gives the same error. What brings it back is cudaDeviceReset(), allowed only once
// nothing of the old context is used any more.
#pragma once

namespace engine {

// Whether a fault has ended this device for this process.
bool device_is_lost(int device);

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
