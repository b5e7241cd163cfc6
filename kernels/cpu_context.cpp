// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_context.h"

#include <cstring>
#include <initializer_list>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace kernels {

const char* cpu_level_name(CpuLevel level) {
  switch (level) {
    case CpuLevel::Portable:
      return "portable";
    case CpuLevel::Avx2:
      return "avx2";
    case CpuLevel::Avx512:
      return "avx512";
  }
  return "portable";
}

bool parse_cpu_level(const char* name, CpuLevel* level) {
  for (const CpuLevel candidate : {CpuLevel::Portable, CpuLevel::Avx2, CpuLevel::Avx512}) {
    if (std::strcmp(name, cpu_level_name(candidate)) == 0) {
      *level = candidate;
      return true;
    }
  }
  return false;
}

#if defined(__x86_64__)

namespace {

// Register state that the system saves on a context switch (XCR0): without it the instructions
// fault.
uint64_t saved_register_state() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return static_cast<uint64_t>(high) << 32 | low;
}

}  // namespace

CpuLevel best_cpu_level() {
  constexpr uint32_t kFma = 1u << 12, kOsxsave = 1u << 27, kF16c = 1u << 29;          // leaf 1 ecx
  constexpr uint32_t kAvx2 = 1u << 5, kF = 1u << 16, kDq = 1u << 17, kBw = 1u << 30;  // leaf 7 ebx
  constexpr uint32_t kVl = 1u << 31;
  constexpr uint64_t kYmmState = 0x6, kZmmState = 0xe6;

  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return CpuLevel::Portable;
  constexpr uint32_t kNeeded = kFma | kOsxsave | kF16c;
  if ((ecx & kNeeded) != kNeeded) return CpuLevel::Portable;
  const uint64_t state = saved_register_state();
  if ((state & kYmmState) != kYmmState) return CpuLevel::Portable;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return CpuLevel::Portable;
  if ((ebx & kAvx2) == 0) return CpuLevel::Portable;
  constexpr uint32_t kAvx512 = kF | kDq | kBw | kVl;
  const bool has_avx512 = (ebx & kAvx512) == kAvx512 && (state & kZmmState) == kZmmState;
  return has_avx512 ? CpuLevel::Avx512 : CpuLevel::Avx2;
}

#else

CpuLevel best_cpu_level() { return CpuLevel::Portable; }

#endif

}  // namespace kernels
