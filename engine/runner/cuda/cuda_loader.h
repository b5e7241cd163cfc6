// SPDX-License-Identifier: Apache-2.0
// Finds and opens libfireside_cuda.so. Needs no CUDA to build or to run.
//
// Places, in order: $FIRESIDE_CUDA_LIBRARY (a file), the folder of the executable, ../lib and
// ../lib/fireside beside it, then the loader's own search path. The library stays open once it was
// opened. Any thread.
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
#include "engine/runner/model_runner.h"

namespace engine {

// The GPUs, or one entry "cuda" whose `problem` says in words what is missing and what to do: the
// driver, its library, Fireside's CUDA library, cuBLAS. Never throws.
std::vector<DeviceInfo> list_cuda_devices();

// config.device is "cuda:N". Throws Error{Device} when the library cannot be opened, else what
// CudaApi::make_runner throws.
std::unique_ptr<ModelRunner> make_cuda_runner(const EngineConfig& config, const ModelConfig& model,
                                              const WeightSource& weights,
                                              const LoadProgress& progress = {},
                                              std::stop_token stop = {});

// What make_cuda_runner() would take, in one line, from free memory and the sizes of the model.
// Throws as it does; Error{OutOfMemory} has the figures.
MemoryUse plan_cuda_memory(const EngineConfig& config, const ModelConfig& model, int64_t freed);

// Of "cuda:N". Throws Error{Device, OutOfMemory}.
DeviceRates measure_cuda_rates(const std::string& device);

}  // namespace engine
