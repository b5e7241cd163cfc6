// SPDX-License-Identifier: Apache-2.0
// The one exported function of libfireside_cuda.so.
#include "engine/runner/cuda/cuda_api.h"
#include "engine/runner/cuda/cuda_runner.h"
#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/gpu_rates.h"

namespace engine {
namespace {

std::unique_ptr<ModelRunner> make_runner(const EngineConfig& config, const ModelConfig& model,
                                         const WeightSource& weights, int device,
                                         TuningTable* tuning, const LoadProgress& progress,
                                         std::stop_token stop) {
  auto options = CudaRunnerOptions::from_environment();
  options.tuning = tuning;
  return std::make_unique<CudaRunner>(config, model, weights, device, options, progress,
                                      std::move(stop));
}

MemoryUse plan_memory(const EngineConfig& config, const ModelConfig& model, int device,
                      int64_t freed) {
  return CudaRunner::plan_memory(config, model, device, freed).use();
}

constexpr CudaApi kApi = {FIRESIDE_VERSION, list_gpus, make_runner, plan_memory, measure_gpu_rates};

}  // namespace
}  // namespace engine

extern "C" __attribute__((visibility("default"))) const engine::CudaApi* fireside_cuda_api() {
  return &engine::kApi;
}
