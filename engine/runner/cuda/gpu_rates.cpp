// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/gpu_rates.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/runner/cuda/device_recovery.h"
#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/resources.h"
#include "kernels/cuda/matmul.h"

namespace engine {
namespace {

constexpr int kWarmUps = 2;

// The median by the device's own clock.
double milliseconds(cudaStream_t stream, int repeats, const std::function<void()>& body) {
  const CudaEvent begin(cudaEventDefault), end(cudaEventDefault);
  std::vector<float> times;
  for (int i = 0; i < repeats + kWarmUps; ++i) {
    check_cuda(cudaEventRecord(begin.get(), stream), "timing");
    body();
    check_cuda(cudaEventRecord(end.get(), stream), "timing");
    check_cuda(cudaEventSynchronize(end.get()), "timing");
    float ms = 0;
    check_cuda(cudaEventElapsedTime(&ms, begin.get(), end.get()), "timing");
    if (i >= kWarmUps) times.push_back(ms);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

double copy_rate(cudaStream_t stream) {
  size_t free_bytes = 0, total_bytes = 0;
  check_cuda(cudaMemGetInfo(&free_bytes, &total_bytes), "asking for free memory");
  const size_t bytes = std::min(size_t{4} << 30, free_bytes / 8);
  const DeviceBytes from = device_bytes(static_cast<int64_t>(bytes), "measuring"),
                    to = device_bytes(static_cast<int64_t>(bytes), "measuring");
  check_cuda(cudaMemsetAsync(from.data(), 1, bytes, stream), "measuring");
  const double ms = milliseconds(stream, 7, [&] {
    check_cuda(cudaMemcpyAsync(to.data(), from.data(), bytes, cudaMemcpyDeviceToDevice, stream),
               "measuring");
  });
  return 2.0 * static_cast<double>(bytes) / ms * 1e3;
}

double upload_rate(cudaStream_t stream) {
  constexpr int64_t kBytes = int64_t{64} << 20;
  const PinnedBytes from = pinned_bytes(kBytes, "measuring");
  const DeviceBytes to = device_bytes(kBytes, "measuring");
  const double ms = milliseconds(stream, 7, [&] {
    check_cuda(cudaMemcpyAsync(to.data(), from.data(), kBytes, cudaMemcpyHostToDevice, stream),
               "measuring");
  });
  return static_cast<double>(kBytes) / ms * 1e3;
}

// Random numbers: a multiplication of zeros takes less power, and so less time.
DeviceBytes random_matrix(int64_t count) {
  std::vector<uint16_t> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<uint16_t>((i * 2654435761u >> 7 & 0x807f) | 0x3f00);
  DeviceBytes matrix = device_bytes(count * 2, "measuring");
  check_cuda(cudaMemcpy(matrix.data(), values.data(), values.size() * 2, cudaMemcpyHostToDevice),
             "measuring");
  return matrix;
}

double matrix_rate(cudaStream_t stream) {
  constexpr int64_t kTokens = 8192, kCols = 2560, kRows = 6144;
  const char* problem = nullptr;
  const auto matmul = kernels::CudaMatmul::create(&problem);
  if (!matmul) throw Error(ErrorCode::Device, std::string("the GPU cannot be used: ") + problem);
  const DeviceBytes x = random_matrix(kTokens * kCols), w = random_matrix(kRows * kCols);
  const DeviceBytes out = device_bytes(kTokens * kRows * 2, "measuring");
  kernels::WeightMatrix weight;
  weight.data = w.data();
  weight.rows = kRows;
  weight.cols = kCols;
  const double ms = milliseconds(stream, 15, [&] {
    check_cuda(matmul->multiply(out.data(), false, x.data(), weight, kTokens, false, stream),
               "measuring");
  });
  return 2.0 * kTokens * kCols * kRows / ms * 1e3;
}

}  // namespace

DeviceRates measure_gpu_rates(int device) {
  const DeviceRecovery recovery(device);
  select_gpu(device);
  const CudaStream stream;
  DeviceRates rates;
  rates.memory = copy_rate(stream.get());
  rates.matrix = matrix_rate(stream.get());
  rates.upload = upload_rate(stream.get());
  return rates;
}

}  // namespace engine
