// SPDX-License-Identifier: Apache-2.0
// What libfireside_cuda.so offers to the engine. The library is opened at run time, so that
// Fireside starts where no NVIDIA driver and no cuBLAS is; it exports this one table and nothing
// else.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/config.h"
#include "engine/device_info.h"
#include "engine/device_rates.h"
#include "engine/engine.h"
#include "engine/formats/weight_source.h"
#include "engine/memory_use.h"
#include "engine/runner/cuda/tuning_table.h"
#include "engine/runner/model_runner.h"

namespace engine {

struct CudaApi {
  // Both sides are built together; a library of another build is refused.
  const char* version;  // FIRESIDE_VERSION

  // One entry a GPU, with `problem` set where it cannot be used; one entry "cuda" when there is
  // none.
  std::vector<DeviceInfo> (*list_devices)();

  // device: the N of cuda:N. `tuning` may gain choices; null: nothing is measured. Throws
  // Error{OutOfMemory, Unsupported, InvalidFile, Device, Cancelled}.
  std::unique_ptr<ModelRunner> (*make_runner)(const EngineConfig& config, const ModelConfig& model,
                                              const WeightSource& weights, int device,
                                              TuningTable* tuning, const LoadProgress& progress,
                                              std::stop_token stop);

  // What make_runner would take once `freed` more bytes are free; nothing is taken. Throws as it
  // does.
  MemoryUse (*plan_memory)(const EngineConfig& config, const ModelConfig& model, int device,
                           int64_t freed);

  DeviceRates (*measure_rates)(int device);
};

// The exported symbol: extern "C" const engine::CudaApi* fireside_cuda_api().
inline constexpr const char* kCudaApiSymbol = "fireside_cuda_api";
inline constexpr const char* kCudaLibraryName = "libfireside_cuda.so";

}  // namespace engine
