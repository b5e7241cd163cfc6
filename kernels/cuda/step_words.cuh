// SPDX-License-Identifier: Apache-2.0
// Activations that say themselves whether they are there: how the blocks of decode_step.cuh hand on
// what they computed, without barriers, fences or counters.
//
// An activation is a 32-bit word: the value in its lower half, a tag in its upper half that is
// another in every layer of every step. Whoever needs a vector reads it until all its words carry
// the tag of the layer. A word is written in one piece, so a value that is seen is whole, and
// nothing else has to be ordered. A buffer serves all layers: its words still hold the layer
// before, and nobody overwrites a word before everybody has read it, since each matrix needs all of
// the vector that the one before made.
#pragma once

#include "kernels/cuda/gemv_common.cuh"

namespace kernels::cuda {

#if defined(__CUDACC__)

__device__ inline uint4 load_words(const uint32_t* words) {
  uint4 v;
  asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "l"(words)
               : "memory");
  return v;
}
__device__ inline uint2 load_word_pair(const void* words) {
  uint2 v;
  asm volatile("ld.relaxed.gpu.global.v2.u32 {%0, %1}, [%2];"
               : "=r"(v.x), "=r"(v.y)
               : "l"(words)
               : "memory");
  return v;
}
__device__ inline void store_word(uint32_t* word, uint32_t value) {
  asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(word), "r"(value) : "memory");
}
__device__ inline void store_word_pair(void* words, uint32_t first, uint32_t second) {
  asm volatile("st.relaxed.gpu.global.v2.u32 [%0], {%1, %2};" ::"l"(words), "r"(first), "r"(second)
               : "memory");
}

// tag: in the upper half, the lower half zero.
template <typename T>
__device__ inline uint32_t make_word(float value, uint32_t tag) {
  const T rounded = Elem<T>::from(value);
  return tag | *reinterpret_cast<const unsigned short*>(&rounded);
}
template <typename T>
__device__ inline float word_value(uint32_t word) {
  return Elem<T>::low(word & 0xffffu);
}
__device__ inline bool tagged(const uint4& v, uint32_t tag) {
  return ((v.x ^ tag) | (v.y ^ tag) | (v.z ^ tag) | (v.w ^ tag)) < 0x10000u;
}
__device__ inline uint32_t two_words(uint32_t low, uint32_t high) {
  return __byte_perm(low, high, 0x5410);
}

// A vector that other blocks write, into shared memory, normalised where there is a norm weight.
// Before it is written all threads of the block meet, so that nobody reads what was there. All
// threads.
template <typename T>
__device__ inline void step_stage(const uint32_t* words, uint32_t tag, const float* norm_weight,
                                  float eps, int cols, T* x, float (&scratch)[kGemvWarps]) {
  const int chunks = cols / 8;
  float weight[kGemvChunks][8] = {};
  if (norm_weight != nullptr) {
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      const int c = threadIdx.x + i * kGemvThreads;
      if (c >= chunks) break;
      const float4* source = reinterpret_cast<const float4*>(norm_weight) + 2 * c;
      *reinterpret_cast<float4*>(&weight[i][0]) = source[0];
      *reinterpret_cast<float4*>(&weight[i][4]) = source[1];
    }
  }
  // The first chunk until it is there, so that waiting blocks do not read more than they must; the
  // others are then (nearly always) there as well. Past the end: the last chunk once more.
  uint4 low[kGemvChunks] = {}, high[kGemvChunks] = {};
  const auto read = [&](int i) {
    const int c = min(static_cast<int>(threadIdx.x) + i * kGemvThreads, chunks - 1);
    low[i] = load_words(words + c * 8);
    high[i] = load_words(words + c * 8 + 4);
  };
  const auto there = [&](int i) { return tagged(low[i], tag) && tagged(high[i], tag); };
  do {
    read(0);
  } while (!there(0));
  if (chunks > kGemvThreads) {
    do {
#pragma unroll
      for (int i = 1; i < kGemvChunks; ++i) read(i);
    } while (!(there(1) && there(2) && there(3)));
  }
  static_assert(kGemvChunks == 4);
  uint4 v[kGemvChunks];
#pragma unroll
  for (int i = 0; i < kGemvChunks; ++i) {
    v[i] = make_uint4(0, 0, 0, 0);
    if (static_cast<int>(threadIdx.x) + i * kGemvThreads >= chunks) break;
    v[i] = make_uint4(two_words(low[i].x, low[i].y), two_words(low[i].z, low[i].w),
                      two_words(high[i].x, high[i].y), two_words(high[i].z, high[i].w));
  }

  if (norm_weight == nullptr) {
    __syncthreads();
  } else {
    float squares = 0;
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      if (threadIdx.x + i * kGemvThreads >= chunks) break;
      const uint32_t pairs[4] = {v[i].x, v[i].y, v[i].z, v[i].w};
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        const float low = Elem<T>::low(pairs[j]), high = Elem<T>::high(pairs[j]);
        squares += low * low + high * high;
      }
    }
    squares = warp_sum(squares);
    if (threadIdx.x % 32 == 0) scratch[threadIdx.x / 32] = squares;
    __syncthreads();
    float sum = 0;
#pragma unroll
    for (int w = 0; w < kGemvWarps; ++w) sum += scratch[w];
    const float scale = rsqrtf(sum / cols + eps);
#pragma unroll
    for (int i = 0; i < kGemvChunks; ++i) {
      if (threadIdx.x + i * kGemvThreads >= chunks) break;
      uint32_t* pairs = reinterpret_cast<uint32_t*>(&v[i]);
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        pairs[j] =
            Elem<T>::pack(Elem<T>::round(Elem<T>::low(pairs[j]) * scale) * weight[i][2 * j],
                          Elem<T>::round(Elem<T>::high(pairs[j]) * scale) * weight[i][2 * j + 1]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < kGemvChunks; ++i) {
    const int c = threadIdx.x + i * kGemvThreads;
    if (c < chunks) reinterpret_cast<uint4*>(x)[c] = v[i];
  }
  __syncthreads();
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
