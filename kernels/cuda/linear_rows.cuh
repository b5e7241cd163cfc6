// SPDX-License-Identifier: Apache-2.0
// What linear.cu does before and after products that do not do it themselves.
#pragma once

#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

#if defined(__CUDACC__)

constexpr int kNormThreads = 256;

// One block a token: y[t] = rms_norm(x[rows[t]]), or a plain gather without a norm weight.
template <typename T>
__global__ void __launch_bounds__(kNormThreads)
    norm_rows(T* y, const T* x, const int32_t* rows, const float* norm_weight, int cols,
              float eps) {
  __shared__ float scratch[kNormThreads / 32];
  launch_dependents();
  wait_for_predecessor();
  const int64_t token = blockIdx.x;
  const uint4* source = reinterpret_cast<const uint4*>(x + (rows ? rows[token] : token) * cols);
  uint4* target = reinterpret_cast<uint4*>(y + token * cols);
  float squares = 0;
  for (int c = threadIdx.x; c < cols / 8; c += kNormThreads) {
    const uint4 v = load_activation_16(source + c);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float low = Elem<T>::low(words[i]), high = Elem<T>::high(words[i]);
      squares += low * low + high * high;
    }
  }
  const float sum = block_sum(squares, scratch, kNormThreads / 32);
  const float scale = rsqrtf(sum / cols + eps);
  for (int c = threadIdx.x; c < cols / 8; c += kNormThreads) {
    const uint4 v = load_activation_16(source + c);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
    uint32_t result[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      result[i] = words[i];
      if (norm_weight != nullptr) {
        const float* w = norm_weight + 8 * c + 2 * i;
        result[i] = Elem<T>::pack(Elem<T>::round(Elem<T>::low(words[i]) * scale) * w[0],
                                  Elem<T>::round(Elem<T>::high(words[i]) * scale) * w[1]);
      }
    }
    target[c] = make_uint4(result[0], result[1], result[2], result[3]);
  }
}

// out[t, i] = silu(gate_up[t, 2i]) * gate_up[t, 2i + 1]
template <typename T>
__global__ void __launch_bounds__(256) silu_mul(T* out, const T* gate_up, int64_t count) {
  launch_dependents();
  wait_for_predecessor();
  const int64_t stride = static_cast<int64_t>(gridDim.x) * 256;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * 256 + threadIdx.x; i < count / 4;
       i += stride) {
    const uint4 v = load_activation_16(reinterpret_cast<const uint4*>(gate_up) + i);
    const uint32_t words[4] = {v.x, v.y, v.z, v.w};
    float y[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) y[j] = silu(Elem<T>::low(words[j])) * Elem<T>::high(words[j]);
    reinterpret_cast<uint2*>(out)[i] =
        make_uint2(Elem<T>::pack(y[0], y[1]), Elem<T>::pack(y[2], y[3]));
  }
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
