// SPDX-License-Identifier: Apache-2.0
// What every CPU op runs on: a thread pool and an instruction set.
//
// Promise of all CPU ops: the bits of one output element depend on its own inputs and on the
// instruction set only, never on the number of threads, the other tokens of the batch, the chunking
// or the place in the paged cache. Avx2 and Avx512 even agree with each other bit by bit (both sum
// 16 lanes with fused multiply-add in one order); Portable multiplies and adds separately and
// differs in the last bits.
#pragma once

#include "kernels/thread_pool.h"

namespace kernels {

enum class CpuLevel { Portable, Avx2, Avx512 };

// "portable", "avx2", "avx512".
const char* cpu_level_name(CpuLevel level);

// The best level this processor has: Avx512 needs F, BW, VL and DQ; Avx2 needs AVX2, FMA and F16C.
CpuLevel best_cpu_level();

// Parses a name; false when it is unknown.
bool parse_cpu_level(const char* name, CpuLevel* level);

struct CpuContext {
  ThreadPool* pool = nullptr;
  CpuLevel level = CpuLevel::Portable;  // must not exceed best_cpu_level()
};

}  // namespace kernels
