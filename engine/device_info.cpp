// SPDX-License-Identifier: Apache-2.0
#include "engine/device_info.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string_view>

#include "engine/log.h"
#include "engine/runner/cuda/cuda_loader.h"
#include "engine/runner/memory_plan.h"
#include "kernels/cpu_context.h"

namespace engine {
namespace {

// Value of the first line "key : value" of a file in /proc; empty when there is none.
std::string proc_value(const std::string& path, std::string_view key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(key)) continue;
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : printable(line.substr(begin));
  }
  return "";
}

// A memory limit of the control group this process is in, if it is below what the machine has.
int64_t memory_limit(int64_t machine) {
  int64_t limit = machine;
  for (const char* path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream file(path);
    int64_t bytes = 0;
    if (file >> bytes && bytes > 0) limit = std::min(limit, bytes);
  }
  return limit;
}

std::string cpu_features() {
  using kernels::CpuLevel;
  const int threads = available_cores();
  std::string text = std::to_string(threads) + (threads == 1 ? " thread, " : " threads, ");
  switch (kernels::best_cpu_level()) {
    case CpuLevel::Portable:
      return text + "no AVX2 (slow)";
    case CpuLevel::Avx2:
      return text + "AVX2";
    case CpuLevel::Avx512:
      return text + "AVX-512";
  }
  return text;
}

DeviceInfo cpu_device() {
  DeviceInfo cpu;
  cpu.id = "cpu";
  cpu.name = proc_value("/proc/cpuinfo", "model name");
  if (cpu.name.empty()) cpu.name = "CPU";
  cpu.memory_total =
      memory_limit(static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGE_SIZE));
  cpu.memory_free = std::min(available_memory(), cpu.memory_total);
  cpu.features = cpu_features();
  return cpu;
}

}  // namespace

std::vector<DeviceInfo> list_devices() {
  std::vector<DeviceInfo> devices{cpu_device()};
  for (DeviceInfo& gpu : list_cuda_devices()) devices.push_back(std::move(gpu));
  return devices;
}

}  // namespace engine
