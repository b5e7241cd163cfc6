// SPDX-License-Identifier: Apache-2.0
// Stands in for libfireside_cuda.so where there is no GPU: a runner without a model
// (tests/engine/fake_runner.h) on devices named in the environment.
//   FAKE_CUDA_DEVICES    usable, old, driver-old, none, one after another (default: usable)
//   FAKE_CUDA_NAME       of every GPU (default: Fake GPU)
//   FAKE_CUDA_CHOICE     a key that a runner puts into the table of tuned products
//   FIRESIDE_CUDA_FAULT  step:N, as the real one: the N-th step of a runner fails; lost:N: so it
//                        does, and as long as this says so no GPU is of use to the process again
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

// Whether a runner has failed since the variable says lost:N.
bool lost(bool fails_now = false) {
  static bool failed = false;
  failed = (failed || fails_now) && variable("FIRESIDE_CUDA_FAULT", "").starts_with("lost:");
  return failed;
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
    gpu.name = variable("FAKE_CUDA_NAME", "Fake GPU");
    gpu.features = "compute capability 9.0";
    gpu.memory_total = int64_t{24} << 30;
    gpu.memory_free = int64_t{20} << 30;
    if (kind == "old") gpu.problem = engine::gpu_too_old(75);
    if (lost()) gpu.problem = engine::gpu_lost();
    gpu.lost = lost();
    devices.push_back(gpu);
  }
  return devices;
}

// A card of 20 GB free memory, of which the model leaves all but 8 GB.
engine::MemoryUse memory(const engine::EngineConfig& config) {
  constexpr int64_t kGb = 1'000'000'000;
  engine::MemoryUse use;
  use.available = static_cast<int64_t>(20 * kGb * config.gpu_memory_utilization);
  use.weights = 8 * kGb;
  use.workspace = kGb / 2;
  use.graphs = kGb / 4;
  use.kv_bits = 8 * engine::kv_cache_element_bytes(config.kv_cache_dtype);
  use.kv_cache = use.available - use.used();
  if (use.kv_cache <= 0)
    throw engine::Error(
        engine::ErrorCode::OutOfMemory,
        "the model does not fit on the GPU: weights 8.00 GB + workspace 0.50 GB + graphs 0.25 GB + "
        "KV cache 0.01 GB (512 tokens) = 8.76 GB, but " +
            std::to_string(use.available / kGb) +
            ".00 GB may be used (20.00 GB free of 25.77 GB); close other programs on the GPU, "
            "lower max_model_len or kv_cache_bytes, or choose the device cpu");
  use.kv_tokens = use.kv_cache / (9216 * use.kv_bits);
  use.max_model_len = 4096;
  use.description = "weights 8.00 GB of 20.00 GB";
  return use;
}

// Answers like FakeRunner, and fails at a step for good.
class Runner final : public engine::ModelRunner {
 public:
  Runner(const engine::EngineConfig& config, const engine::ModelConfig& model)
      : config_(config),
        fault_step_(std::atoi(variable("FIRESIDE_CUDA_FAULT", "step:0").c_str() + 5)) {
    FakeRunner::Options options;
    options.vocab_size = model.vocab_size;
    options.block_size = config.block_size;
    options.num_blocks = 4096 / config.block_size;
    options.max_num_batched_tokens = 512;
    options.max_position_embeddings = model.max_position_embeddings;
    runner_ = std::make_unique<FakeRunner>(options, &record_);
  }
  std::vector<engine::SampledToken> run(const engine::Batch& batch) override {
    if (fault_step_ > 0 && ++step_ >= fault_step_) {
      lost(true);
      throw engine::Error(
          engine::ErrorCode::Device,
          "the GPU failed while computing a step: on purpose; reload the model, and "
          "restart Fireside if that does not help");
    }
    return runner_->run(batch);
  }
  const engine::ModelConfig& model_config() const override { return runner_->model_config(); }
  int num_kv_blocks() const override { return runner_->num_kv_blocks(); }
  int block_size() const override { return runner_->block_size(); }
  int max_num_batched_tokens() const override { return runner_->max_num_batched_tokens(); }
  std::string device_name() const override { return variable("FAKE_CUDA_NAME", "Fake GPU"); }
  engine::MemoryUse memory_use() const override { return memory(config_); }

 private:
  const engine::EngineConfig config_;
  const int fault_step_;
  int step_ = 0;
  FakeRunner::Record record_;
  std::unique_ptr<FakeRunner> runner_;
};

std::unique_ptr<engine::ModelRunner> make_runner(const engine::EngineConfig& config,
                                                 const engine::ModelConfig& model,
                                                 const engine::WeightSource&, int,
                                                 engine::TuningTable* tuning,
                                                 const engine::LoadProgress&, std::stop_token) {
  const std::string choice = variable("FAKE_CUDA_CHOICE", "");
  if (!choice.empty()) tuning->choices[choice] = tuning->is_kept ? "kept" : "not kept";
  return std::make_unique<Runner>(config, model);
}

engine::MemoryUse plan_memory(const engine::EngineConfig& config, const engine::ModelConfig&, int,
                              int64_t) {
  return memory(config);
}

engine::DeviceRates measure_rates(int) { return {}; }

constexpr engine::CudaApi kApi = {FAKE_CUDA_VERSION, list_devices, make_runner, plan_memory,
                                  measure_rates};

}  // namespace

extern "C" __attribute__((visibility("default"))) const engine::CudaApi* fireside_cuda_api() {
  return &kApi;
}
