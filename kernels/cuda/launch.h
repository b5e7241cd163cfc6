// SPDX-License-Identifier: Apache-2.0
// Host side of a launch: attributes (programmatic dependent launch, clusters, shared memory) in one
// place.
#pragma once

#include <cuda_runtime.h>

#include <utility>

#include "kernels/cuda_context.h"

namespace kernels::cuda {

struct LaunchShape {
  dim3 grid;
  int threads = 0;
  int shared_bytes = 0;
  int cluster = 1;       // blocks along x that share a cluster
  bool overlaps = true;  // may begin before the kernel before it is done
};

// Puts one kernel on the context's stream.
template <typename... Params, typename... Args>
CudaStatus launch(const CudaContext& context, void (*kernel)(Params...), const LaunchShape& shape,
                  Args&&... args) {
  if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) return cudaSuccess;
  if (shape.shared_bytes > 48 * 1024) {
    const cudaError_t status = cudaFuncSetAttribute(
        kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shape.shared_bytes);
    if (status != cudaSuccess) return status;
  }
  if (context.programmatic_launch) {
    // All kernels ask for the same split of L1 and shared memory: a multiprocessor has to drain
    // before it changes the split, and then nothing overlaps.
    const cudaError_t status = cudaFuncSetAttribute(
        kernel, cudaFuncAttributePreferredSharedMemoryCarveout, cudaSharedmemCarveoutMaxShared);
    if (status != cudaSuccess) return status;
  }
  cudaLaunchConfig_t config = {};
  config.gridDim = shape.grid;
  config.blockDim = dim3(shape.threads);
  config.dynamicSmemBytes = shape.shared_bytes;
  config.stream = static_cast<cudaStream_t>(context.stream);
  cudaLaunchAttribute attributes[2];
  config.attrs = attributes;
  if (context.programmatic_launch && shape.overlaps) {
    attributes[config.numAttrs].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[config.numAttrs++].val.programmaticStreamSerializationAllowed = 1;
  }
  if (shape.cluster > 1) {
    attributes[config.numAttrs].id = cudaLaunchAttributeClusterDimension;
    attributes[config.numAttrs].val.clusterDim.x = shape.cluster;
    attributes[config.numAttrs].val.clusterDim.y = 1;
    attributes[config.numAttrs++].val.clusterDim.z = 1;
  }
  return cudaLaunchKernelEx(&config, kernel, std::forward<Args>(args)...);
}

}  // namespace kernels::cuda
