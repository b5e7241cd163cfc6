// SPDX-License-Identifier: Apache-2.0
// The devices an engine can run on, and why one cannot be used.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace engine {

struct DeviceInfo {
  std::string id;       // "cpu", "cuda:0"
  std::string name;     // "AMD EPYC 9654", "NVIDIA H200"
  int64_t memory_total = 0;  // bytes
  int64_t memory_free = 0;   // bytes
  std::string features;  // "2 threads, AVX-512 (bf16)", "compute capability 9.0"
  std::string problem;   // empty when usable; else cause and fix in one sentence
  bool lost = false;     // a fault has ended it for this process: a new process may use it
};

// The CPU first, then each GPU. When no GPU can be used, one entry "cuda" with the reason in `problem`.
std::vector<DeviceInfo> list_devices();

}  // namespace engine
