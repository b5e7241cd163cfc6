// SPDX-License-Identifier: Apache-2.0
// The cage that the document helper locks itself into before it looks at the file.
//
// Layers, each enough against most attacks, so that a hole in one is not a hole in the cage:
//   resource limits  1 GiB of address space, CPU seconds, no file may grow, no new process, 16
//                    descriptors, no core dump
//   Landlock         no file or folder but `readable_folders` can be opened; no TCP; no signals to
//                    others (new kernels)
//   seccomp          an allow-list of some 25 system calls: memory, reading what is open, writing
//                    to fd 1, ending, abort(). openat() read-only, and only while Landlock holds
//                    it; nothing executable can be mapped; everything else ends the process
// and besides: no_new_privs, not dumpable, no capabilities.
//
// In builds with sanitizers (FIRESIDE_SANITIZED) the address space is not limited, since they map
// terabytes, and what the list does not allow is refused with EPERM instead of ending the process,
// since their run time asks for more.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/documents/helper_protocol.h"

namespace document_helper {

inline constexpr uint32_t kAllLayers =
    engine::helper::kLayerSeccomp | engine::helper::kLayerLandlock | engine::helper::kLayerLimits |
    engine::helper::kLayerAddressSpace;

struct SandboxOptions {
  std::vector<std::string> readable_folders;  // those that do not exist are left out
  uint32_t cpu_seconds = 120;
  uint32_t layers = kAllLayers;  // fewer only in tests, which prove each layer alone
};

struct SandboxState {
  uint32_t layers = 0;    // in force
  int seccomp_error = 0;  // errno when seccomp is missing: then nothing may be read
};

// The order of capabilities, limits, Landlock, seccomp is fixed. Call once, with one thread
// running.
SandboxState enter_sandbox(const SandboxOptions& options);

}  // namespace document_helper
