// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/cuda_loader.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "engine/error.h"
#include "engine/log.h"
#include "engine/runner/cuda/cuda_api.h"
#include "engine/runner/cuda/tuning_file.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

struct OpenedLibrary {
  const CudaApi* api = nullptr;
  std::string problem;  // when api is null
};

std::vector<fs::path> candidate_files() {
  std::vector<fs::path> files;
  if (const char* chosen = std::getenv("FIRESIDE_CUDA_LIBRARY"); chosen && *chosen)
    return {fs::path(chosen)};
  std::error_code failed;
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (!failed) {
    for (const char* place : {"", "../lib", "../lib/fireside"})
      files.push_back(folder / place / kCudaLibraryName);
  }
  return files;
}

std::string last_loader_error() {
  const char* text = ::dlerror();
  return text ? printable(text) : "unknown error";
}

// A file that is there but cannot be opened lacks a library of its own: cuBLAS, by name.
OpenedLibrary open_failed(const std::string& reason) {
  if (reason.find("libcublas") != std::string::npos)
    return {nullptr, "cuBLAS is not installed (" + reason +
                         "); install the CUDA runtime libraries of version 13 (package "
                         "libcublas-13-0, or the CUDA toolkit)"};
  return {nullptr, "Fireside's CUDA library cannot be opened (" + reason +
                       "); reinstall Fireside, or choose the device cpu"};
}

OpenedLibrary open_library() {
  void* library = nullptr;
  for (const fs::path& file : candidate_files()) {
    std::error_code failed;
    if (!fs::exists(file, failed)) continue;
    library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) return open_failed(last_loader_error());
    break;
  }
  if (!library) library = ::dlopen(kCudaLibraryName, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const std::string reason = last_loader_error();
    if (reason.find("libcublas") != std::string::npos) return open_failed(reason);
    return {nullptr, std::string("this build of Fireside has no CUDA library (") + kCudaLibraryName +
                         " was not found beside the program); install a build with CUDA, or choose "
                         "the device cpu"};
  }
  using Entry = const CudaApi* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, kCudaApiSymbol));
  const CudaApi* api = entry ? entry() : nullptr;
  if (!api || std::string(api->version) != FIRESIDE_VERSION) {
    ::dlclose(library);
    return {nullptr, std::string(kCudaLibraryName) + " belongs to another version of Fireside (" +
                         (api ? api->version : "unknown") + ", wanted " + FIRESIDE_VERSION +
                         "); reinstall Fireside"};
  }
  return {api, {}};
}

const OpenedLibrary& library() {
  static const OpenedLibrary opened = open_library();
  return opened;
}

DeviceInfo missing(const std::string& problem) {
  DeviceInfo none;
  none.id = "cuda";
  none.name = "NVIDIA GPU";
  none.problem = problem;
  return none;
}

const CudaApi& opened_api(const std::string& device) {
  if (!library().api)
    throw Error(ErrorCode::Device, "device " + device + " cannot be used: " + library().problem);
  return *library().api;
}

// The N of "cuda:N".
int device_number(const std::string& device) {
  const size_t colon = device.find(':');
  return colon == std::string::npos ? 0 : std::atoi(device.c_str() + colon + 1);
}

bool driver_library_opens() {
  void* driver = ::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver) ::dlclose(driver);
  return driver != nullptr;
}

}  // namespace

std::vector<DeviceInfo> list_cuda_devices() {
  if (!driver_library_opens()) {
    std::error_code failed;
    const bool loaded = fs::exists("/proc/driver/nvidia/version", failed);
    return {missing(
        loaded ? "the NVIDIA driver is loaded, but its library libcuda.so.1 is missing; install the "
                 "CUDA part of the driver (in a container, start it with access to the GPU)"
               : "no NVIDIA driver found: neither /proc/driver/nvidia/version nor libcuda.so.1 is "
                 "there; install the driver if this machine has an NVIDIA GPU (in a container, "
                 "start it with access to the GPU)")};
  }
  if (!library().api) return {missing(library().problem)};
  try {
    return library().api->list_devices();
  } catch (const std::exception& problem) {
    return {missing(problem.what())};
  }
}

std::unique_ptr<ModelRunner> make_cuda_runner(const EngineConfig& config, const ModelConfig& model,
                                              const WeightSource& weights,
                                              const LoadProgress& progress, std::stop_token stop) {
  const CudaApi& api = opened_api(config.device);
  const std::string path = tuning_file_path();
  TuningTable tuning = read_tuning_file(path);
  const std::map<std::string, std::string> known = tuning.choices;
  auto runner = api.make_runner(config, model, weights, device_number(config.device), &tuning,
                                progress, std::move(stop));
  if (!tuning.report.empty()) spdlog::info("{}", tuning.report);
  if (tuning.is_kept && tuning.choices != known) write_tuning_file(path, tuning);
  return runner;
}

MemoryUse plan_cuda_memory(const EngineConfig& config, const ModelConfig& model, int64_t freed) {
  return opened_api(config.device)
      .plan_memory(config, model, device_number(config.device), freed);
}

DeviceRates measure_cuda_rates(const std::string& device) {
  return opened_api(device).measure_rates(device_number(device));
}

}  // namespace engine
