// SPDX-License-Identifier: Apache-2.0
// What this process may use of the machine: memory and processors, control groups included.
#pragma once

#include <cstdint>
#include <string>

namespace engine {

// Bytes this process can still take: the smallest of MemAvailable, what every control group above
// it leaves (v2 or v1; caches that the group can drop count as free), and the address space limit.
// `root` is where /proc and /sys are found, for tests. Never negative.
int64_t available_memory(const std::string& root = "/");

// Processors worth a thread: those of the affinity mask, hyper-threads of one core counted once,
// at most the control group's CPU quota rounded up. At least 1.
int available_cores(const std::string& root = "/");

// The same with each hyper-thread counted: more threads than that only wait for one another.
int available_processors(const std::string& root = "/");

}  // namespace engine
