// SPDX-License-Identifier: Apache-2.0
// Stands in for libfireside_cuda.so where there is no GPU: a runner without a model
// (tests/engine/fake_runner.h) on devices named in the environment.
//   FAKE_CUDA_DEVICES    usable, old, driver-old, none, one after another (default: usable)
//   FIRESIDE_CUDA_FAULT  step:N, as the real one: the N-th step of a runner fails
#include <cstdlib>
#include <sstream>

#include "engine/error.h"
#include "engine/runner/cuda/cuda_api.h"
#include "engine/runner/cuda/gpu_problems.h"
#include "tests/engine/fake_runner.h"

#ifndef FAKE_CUDA_VERSION
#define FAKE_CUDA_VERSION FIRESIDE_VERSION
#endif

namespace {

std::string variable(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

engine::DeviceInfo absent(engine::NoGpu reason) {
  engine::DeviceInfo none;
  none.id = "cuda";
  none.name = "NVIDIA GPU";
  none.problem = engine::no_gpu_reason(reason, 12040, 13000, "");
  return none;
}

std::vector<engine::DeviceInfo> list_devices() {
  std::vector<engine::DeviceInfo> devices;
  std::istringstream kinds(variable("FAKE_CUDA_DEVICES", "usable"));
  for (std::string kind; kinds >> kind;) {
    if (kind == "none") return {absent(engine::NoGpu::DeviceAbsent)};
    if (kind == "driver-old") return {absent(engine::NoGpu::DriverTooOld)};
    engine::DeviceInfo gpu;
    gpu.id = "cuda:";
    gpu.id += std::to_string(devices.size());
    gpu.name = "Fake GPU";
    gpu.features = "compute capability 9.0";
    gpu.memory_total = int64_t{24} << 30;
    gpu.memory_free = int64_t{20} << 30;
    if (kind == "old") gpu.problem = engine::gpu_too_old(75);
    devices.push_back(gpu);
  }
  return devices;
}

// Answers like FakeRunner, and fails at a step for good.
class Runner final : public engine::ModelRunner {
 public:
  Runner(const engine::EngineConfig& config, const engine::ModelConfig& model)
      : fault_step_(std::atoi(variable("FIRESIDE_CUDA_FAULT", "step:0").c_str() + 5)) {
    FakeRunner::Options options;
    options.vocab_size = model.vocab_size;
    options.block_size = config.block_size;
    options.num_blocks = 4096 / config.block_size;
    options.max_num_batched_tokens = 512;
    options.max_position_embeddings = model.max_position_embeddings;
    runner_ = std::make_unique<FakeRunner>(options, &record_);
  }
  std::vector<engine::SampledToken> run(const engine::Batch& batch) override {
    if (fault_step_ > 0 && ++step_ >= fault_step_)
      throw engine::Error(engine::ErrorCode::Device,
                          "the GPU failed while computing a step: on purpose; reload the model");
    return runner_->run(batch);
  }
  const engine::ModelConfig& model_config() const override { return runner_->model_config(); }
  int num_kv_blocks() const override { return runner_->num_kv_blocks(); }
  int block_size() const override { return runner_->block_size(); }
  int max_num_batched_tokens() const override { return runner_->max_num_batched_tokens(); }
  std::string device_name() const override { return "Fake GPU"; }
  std::string memory_summary() const override { return "weights 0.00 GB of 20.00 GB"; }

 private:
  const int fault_step_;
  int step_ = 0;
  FakeRunner::Record record_;
  std::unique_ptr<FakeRunner> runner_;
};

std::unique_ptr<engine::ModelRunner> make_runner(const engine::EngineConfig& config,
                                                 const engine::ModelConfig& model,
                                                 const engine::WeightSource&, int,
                                                 const engine::LoadProgress&, std::stop_token) {
  return std::make_unique<Runner>(config, model);
}

std::string plan_memory(const engine::EngineConfig&, const engine::ModelConfig&, int) {
  return "weights 0.00 GB of 20.00 GB";
}

engine::DeviceRates measure_rates(int) { return {}; }

constexpr engine::CudaApi kApi = {FAKE_CUDA_VERSION, list_devices, make_runner, plan_memory,
                                  measure_rates};

}  // namespace

extern "C" __attribute__((visibility("default"))) const engine::CudaApi* fireside_cuda_api() {
  return &kApi;
}
