// SPDX-License-Identifier: Apache-2.0
// Owners of what the CUDA runtime gives out, and the check that turns its answers into Error.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <string>
#include <utility>

#include "engine/error.h"

namespace engine {

// Throws Error{Device} naming what was being done; OutOfMemory when that was the answer.
inline void check_cuda(int status, const char* what) {
  if (status == cudaSuccess) return;
  const auto error = static_cast<cudaError_t>(status);
  cudaGetLastError();  // an error that can be forgotten is
  const std::string reason =
      std::string(cudaGetErrorString(error)) + " (" + cudaGetErrorName(error) + ")";
  if (error == cudaErrorMemoryAllocation)
    throw Error(ErrorCode::OutOfMemory,
                std::string("the GPU has no memory left, found while ") + what + ": " + reason +
                    "; close other programs on the GPU, lower gpu_memory_utilization or "
                    "max_model_len, or choose the device cpu");
  throw Error(ErrorCode::Device, std::string("the GPU failed while ") + what + ": " + reason +
                                     "; reload the model, and restart Fireside if that does not "
                                     "help");
}

// Bytes on the current device, or page-locked on the host.
template <cudaError_t (*kFree)(void*)>
class CudaBytes {
 public:
  CudaBytes() = default;
  CudaBytes(void* data, int64_t size) : data_(data), size_(size) {}
  ~CudaBytes() {
    if (data_) kFree(data_);
  }
  CudaBytes(CudaBytes&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  CudaBytes& operator=(CudaBytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }

  void* data() const { return data_; }
  int64_t size() const { return size_; }
  template <typename T>
  T* as(int64_t byte_offset = 0) const {
    return reinterpret_cast<T*>(static_cast<char*>(data_) + byte_offset);
  }

 private:
  void* data_ = nullptr;
  int64_t size_ = 0;
};

using DeviceBytes = CudaBytes<cudaFree>;
using PinnedBytes = CudaBytes<cudaFreeHost>;

inline DeviceBytes device_bytes(int64_t size, const char* what) {
  void* data = nullptr;
  check_cuda(cudaMalloc(&data, static_cast<size_t>(size > 0 ? size : 1)), what);
  return DeviceBytes(data, size);
}

inline PinnedBytes pinned_bytes(int64_t size, const char* what) {
  void* data = nullptr;
  check_cuda(cudaMallocHost(&data, static_cast<size_t>(size > 0 ? size : 1)), what);
  return PinnedBytes(data, size);
}

class CudaStream {
 public:
  CudaStream() {
    check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "making a stream");
  }
  ~CudaStream() { cudaStreamDestroy(stream_); }
  CudaStream(const CudaStream&) = delete;
  CudaStream& operator=(const CudaStream&) = delete;
  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

class CudaEvent {
 public:
  explicit CudaEvent(unsigned flags = cudaEventDisableTiming) {
    check_cuda(cudaEventCreateWithFlags(&event_, flags), "making an event");
  }
  ~CudaEvent() { cudaEventDestroy(event_); }
  CudaEvent(const CudaEvent&) = delete;
  CudaEvent& operator=(const CudaEvent&) = delete;
  cudaEvent_t get() const { return event_; }

 private:
  cudaEvent_t event_ = nullptr;
};

inline int64_t align_up(int64_t size, int64_t alignment = 256) {
  return (size + alignment - 1) / alignment * alignment;
}

}  // namespace engine
