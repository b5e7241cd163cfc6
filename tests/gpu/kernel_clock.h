// SPDX-License-Identifier: Apache-2.0
// Times launches as a model makes them: a CUDA graph of dependent ones, each with a matrix of its
// own, so that weights come from memory. 9 GB of weights and 1 GB of activations, never zeros.
// FIRESIDE_CUDA_PDL=0 and FIRESIDE_CUDA_FOURS: see bench_kernels.cpp.
#pragma once

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <vector>

#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/resources.h"
#include "kernels/cuda/matmul.h"
#include "kernels/weight_layout.h"

class KernelClock {
 public:
  KernelClock() {
    engine::select_gpu(0);
    context_ = engine::gpu_context(0);
    if (const char* pdl = std::getenv("FIRESIDE_CUDA_PDL"); pdl && pdl[0] == '0')
      context_.programmatic_launch = false;
    if (const char* fours = std::getenv("FIRESIDE_CUDA_FOURS"))
      context_.clusters_of_four = std::atoi(fours);
    std::printf("%d multiprocessors, %d clusters of four\n", context_.num_sms,
                context_.clusters_of_four);
    context_.stream = stream_.get();
    const char* problem = "";
    matmul_ = kernels::CudaMatmul::create(&problem);
    context_.matmul = matmul_.get();
    weights_ = engine::device_bytes(int64_t{9} << 30, "weights");
    activations_ = engine::device_bytes(int64_t{1} << 30, "activations");
    std::vector<uint16_t> bits(32 << 20);
    uint64_t state = 88172645463325252ull;
    for (uint16_t& value : bits) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      value = static_cast<uint16_t>((state & 0x807f) | 0x3c00);
    }
    cudaMemcpy(weights_.data(), bits.data(), 64 << 20, cudaMemcpyHostToDevice);
    for (const engine::DeviceBytes* memory : {&weights_, &activations_}) {
      for (int64_t at = 0; at < memory->size(); at += 64 << 20)
        cudaMemcpy(memory->as<char>(at), weights_.data(), 64 << 20, cudaMemcpyDeviceToDevice);
    }
  }

  kernels::WeightMatrix weight(int64_t rows, int64_t cols, int layer) const {
    kernels::WeightMatrix matrix;
    matrix.rows = rows;
    matrix.cols = cols;
    const int64_t place = (layer * matrix.num_bytes()) % (weights_.size() - matrix.num_bytes());
    matrix.data = weights_.as<char>(place / 256 * 256);
    return matrix;
  }
  char* activation(int index) const { return activations_.as<char>(int64_t{index} << 26); }

  using Launch = std::function<int(int, const kernels::CudaContext&)>;

  // work: bytes or operations of a launch.
  void measure(const char* name, int tokens, double work, int launches, const Launch& launch,
               const char* unit = "TB/s") {
    const double us = microseconds(name, launches, launch);
    std::printf("%-14s tokens %4d  %9.2f us  %7.2f %s\n", name, tokens, us, work / us / 1e6, unit);
    std::fflush(stdout);
  }

  // The median of ten runs of the graph, a launch of it.
  double microseconds(const char* name, int launches, const Launch& launch) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    engine::check_cuda(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal),
                       "capture");
    for (int i = 0; i < launches; ++i) engine::check_cuda(launch(i, context_), name);
    engine::check_cuda(cudaStreamEndCapture(stream_.get(), &graph), "capture");
    engine::check_cuda(cudaGraphInstantiate(&exec, graph, 0), "instantiate");
    engine::CudaEvent begin(cudaEventDefault), end(cudaEventDefault);
    std::vector<float> times;
    for (int i = 0; i < 13; ++i) {
      cudaEventRecord(begin.get(), stream_.get());
      cudaGraphLaunch(exec, stream_.get());
      cudaEventRecord(end.get(), stream_.get());
      engine::check_cuda(cudaEventSynchronize(end.get()), name);
      float ms = 0;
      cudaEventElapsedTime(&ms, begin.get(), end.get());
      if (i >= 3) times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
    return times[times.size() / 2] * 1e3 / launches;
  }

 protected:
  engine::CudaStream stream_;
  kernels::CudaContext context_;
  std::unique_ptr<kernels::CudaMatmul> matmul_;
  engine::DeviceBytes weights_, activations_;
};
