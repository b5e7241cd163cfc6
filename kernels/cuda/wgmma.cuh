// SPDX-License-Identifier: Apache-2.0
// Warpgroup matrix products (wgmma, compute capability 9.0 only: target sm_90a) in the two forms
// that attention needs. Four consecutive warps, the first a multiple of four, issue them together.
// Descriptors and layouts: "PTX ISA", section on asynchronous warpgroup matrix instructions.
//
// Tiles in shared memory are planes of 64 columns: 128-byte rows, 128-byte swizzled (as a tensor
// copy leaves them), planes one after another, each starting at a multiple of 1,024 bytes.
#pragma once

#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

// A tile read along its rows (the products run over its columns): rows in groups of eight.
__device__ inline uint64_t row_descriptor(uint32_t address) {
  constexpr uint64_t kSwizzle128 = uint64_t{1} << 62, kGroupOfRows = uint64_t{1024 >> 4} << 32;
  return kSwizzle128 | kGroupOfRows | uint64_t{1} << 16 | (address & 0x3ffff) >> 4;
}

// A tile read across its rows (the products run over its rows): planes are `plane_bytes` apart.
__device__ inline uint64_t column_descriptor(uint32_t address, uint32_t plane_bytes) {
  constexpr uint64_t kSwizzle128 = uint64_t{1} << 62, kGroupOfRows = uint64_t{1024 >> 4} << 32;
  return kSwizzle128 | kGroupOfRows | uint64_t{plane_bytes >> 4} << 16 | (address & 0x3ffff) >> 4;
}

// Before the first product after registers it uses were written otherwise.
__device__ inline void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
__device__ inline void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
template <int kPending>
__device__ inline void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
// Keeps the compiler from moving uses of accumulators across a wait.
template <int kCount>
__device__ inline void pin_registers(float (&r)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) asm volatile("" : "+f"(r[i])::"memory");
}

// The 64 accumulators of a 64 x 128 tile, thread by thread. Of thread t, register 4 * n + j is row
// t / 32 % 4 * 16 + t % 32 / 4 + j / 2 * 8, column n * 8 + t % 4 * 2 + j % 2.
#define FIRESIDE_D8(d, i)                                                                     \
  "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), \
      "+f"(d[i + 6]), "+f"(d[i + 7])
#define FIRESIDE_D64(d)                                                         \
  FIRESIDE_D8(d, 0), FIRESIDE_D8(d, 8), FIRESIDE_D8(d, 16), FIRESIDE_D8(d, 24), \
      FIRESIDE_D8(d, 32), FIRESIDE_D8(d, 40), FIRESIDE_D8(d, 48), FIRESIDE_D8(d, 56)
#define FIRESIDE_D64_NAMES                                                                       \
  "{%0,%1,%2,%3,%4,%5,%6,%7,%8,%9,%10,%11,%12,%13,%14,%15,%16,%17,%18,%19,%20,%21,%22,%23,%24,"  \
  "%25,%26,%27,%28,%29,%30,%31,%32,%33,%34,%35,%36,%37,%38,%39,%40,%41,%42,%43,%44,%45,%46,%47," \
  "%48,%49,%50,%51,%52,%53,%54,%55,%56,%57,%58,%59,%60,%61,%62,%63}"
#define FIRESIDE_SHARED_PRODUCT(type)                                                     \
  asm volatile(                                                                           \
      "{\n.reg .pred p;\nsetp.ne.b32 p, %66, 0;\n"                                        \
      "wgmma.mma_async.sync.aligned.m64n128k16.f32." type "." type " " FIRESIDE_D64_NAMES \
      ", %64, %65, p, 1, 1, 0, 0;\n}\n"                                                   \
      : FIRESIDE_D64(d)                                                                   \
      : "l"(a), "l"(b), "r"(static_cast<int>(add)))
#define FIRESIDE_REGISTER_PRODUCT(type)                                                            \
  asm volatile("wgmma.mma_async.sync.aligned.m64n128k16.f32." type "." type " " FIRESIDE_D64_NAMES \
               ", {%64,%65,%66,%67}, %68, 1, 1, 1, 1;\n"                                           \
               : FIRESIDE_D64(d)                                                                   \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b))

// d (+)= A B^T over 16 columns of two tiles: A 64 rows, B 128 rows, both row_descriptor().
template <typename T>
__device__ inline void wgmma_rows(float (&d)[64], uint64_t a, uint64_t b, bool add) {
  if constexpr (__is_same(T, __nv_bfloat16)) {
    FIRESIDE_SHARED_PRODUCT("bf16");
  } else {
    FIRESIDE_SHARED_PRODUCT("f16");
  }
}

// d += A B over 16 rows of B: A in registers (the accumulators' places, packed in pairs), B
// column_descriptor() of 128 columns.
template <typename T>
__device__ inline void wgmma_columns(float (&d)[64], const uint32_t (&a)[4], uint64_t b) {
  if constexpr (__is_same(T, __nv_bfloat16)) {
    FIRESIDE_REGISTER_PRODUCT("bf16");
  } else {
    FIRESIDE_REGISTER_PRODUCT("f16");
  }
}

#undef FIRESIDE_D8
#undef FIRESIDE_D64
#undef FIRESIDE_D64_NAMES
#undef FIRESIDE_SHARED_PRODUCT
#undef FIRESIDE_REGISTER_PRODUCT

#endif  // __CUDA_ARCH_FEAT_SM90_ALL

}  // namespace kernels::cuda
