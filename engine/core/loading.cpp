// SPDX-License-Identifier: Apache-2.0
#include "engine/core/loading.h"

#include <algorithm>

#include "engine/device_info.h"
#include "engine/error.h"
#include "engine/formats/weight_source.h"
#include "engine/log.h"
#include "engine/runner/cpu_runner.h"
#include "engine/runner/cuda/cuda_loader.h"
#include "engine/runner/machine.h"
#include "engine/runner/memory_plan.h"
#include "engine/text/tokenizer.h"

namespace engine {
namespace {

// Shares of the whole, by how long the stages take on a large model.
constexpr double kDescriptionDone = 0.01;
constexpr double kTokenizerDone = 0.06;

void report(const LoadProgress& progress, const std::stop_token& stop, const char* stage,
            double done) {
  if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
  if (progress) progress(stage, done);
}

// A token the model has no row for would read past the end of its matrices.
void check_vocabulary(const Tokenizer& tokenizer, const ModelConfig& model,
                      const std::string& folder) {
  if (tokenizer.size() <= model.vocab_size) return;
  throw Error(ErrorCode::InvalidFile,
              printable(folder) + ": the tokenizer has " + std::to_string(tokenizer.size()) +
                  " tokens, but vocab_size of config.json is " + std::to_string(model.vocab_size) +
                  "; the files belong to different models");
}

// Said before gigabytes are read.
void check_context(const EngineConfig& config, const ModelConfig& model) {
  if (config.max_model_len <= model.max_position_embeddings) return;
  throw Error(ErrorCode::InvalidArgument,
              "max_model_len is " + std::to_string(config.max_model_len) +
                  " tokens; this model allows " + std::to_string(model.max_position_embeddings));
}

}  // namespace

int choose_threads(int requested) {
  return requested == 0 ? available_cores() : std::min(requested, available_processors());
}

std::string choose_device(const std::string& requested) {
  if (requested == "cpu") return requested;
  const std::vector<DeviceInfo> devices = list_devices();
  if (requested == "auto") {
    // Not the CPU in silence, and no other GPU: their drivers have failed with it.
    const auto lost = std::ranges::find_if(devices, &DeviceInfo::lost);
    if (lost != devices.end()) throw Error(ErrorCode::DeviceLost, lost->problem);
    const auto usable = std::ranges::find_if(devices, [](const DeviceInfo& device) {
      return device.id.starts_with("cuda") && device.problem.empty();
    });
    return usable == devices.end() ? "cpu" : usable->id;
  }
  const std::string wanted = requested == "cuda" ? "cuda:0" : requested;
  for (const DeviceInfo& device : devices) {
    if (device.id != wanted && device.id != "cuda") continue;
    if (device.problem.empty()) return device.id;
    if (device.lost) throw Error(ErrorCode::DeviceLost, device.problem);
    throw Error(device.id == "cuda" ? ErrorCode::Device : ErrorCode::Unsupported,
                "device " + requested + " cannot be used: " + device.problem);
  }
  throw Error(ErrorCode::Device, "there is no device " + requested +
                                     "; `fireside-cli doctor` lists the devices of this machine");
}

MemoryUse plan_model_memory(const EngineConfig& requested, int64_t freed) {
  if (requested.model.empty())
    throw Error(ErrorCode::InvalidArgument, "no model was chosen; name its folder");
  EngineConfig config = requested;
  config.device = choose_device(requested.device);
  config.num_threads = choose_threads(requested.num_threads);
  const ModelConfig model = load_model_config(config.model);
  check_context(config, model);
  return config.device == "cpu"
             ? plan_cpu_runner(config, model, *open_safetensors(config.model), freed).use()
             : plan_cuda_memory(config, model, freed);
}

LoadedModel load_model(const EngineConfig& config, const LoadProgress& progress,
                       std::stop_token stop) {
  if (config.model.empty())
    throw Error(ErrorCode::InvalidArgument, "no model was chosen; name its folder");
  LoadedModel loaded;
  loaded.config = config;
  loaded.config.device = choose_device(config.device);
  loaded.config.num_threads = choose_threads(config.num_threads);
  if (loaded.config.num_threads < config.num_threads && loaded.config.device == "cpu")
    spdlog::warn(
        "{} threads were asked for, but Fireside may use {} of the processors here and more "
        "threads would wait for one another: it takes {}",
        config.num_threads, loaded.config.num_threads, loaded.config.num_threads);

  report(progress, stop, "Reading the description", 0);
  loaded.info = inspect_model(config.model);
  loaded.config.model = loaded.info.path;
  const ModelConfig model = load_model_config(loaded.info.path);
  check_context(config, model);
  report(progress, stop, "Reading the tokenizer", kDescriptionDone);
  loaded.encoder = PromptEncoder::load(loaded.info.path);
  check_vocabulary(loaded.encoder->tokenizer(), model, loaded.info.path);
  report(progress, stop, "Reading weights", kTokenizerDone);
  const auto weights = open_safetensors(loaded.info.path);
  const LoadProgress scaled = [&progress](const std::string& stage, double done) {
    if (progress) progress(stage, kTokenizerDone + done * (1 - kTokenizerDone));
  };
  loaded.runner = loaded.config.device == "cpu"
                      ? make_cpu_runner(loaded.config, model, *weights, scaled, stop)
                      : make_cuda_runner(loaded.config, model, *weights, scaled, stop);
  weights->check_unchanged();
  report(progress, stop, "Ready", 1);
  return loaded;
}

}  // namespace engine
