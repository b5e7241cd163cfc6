// SPDX-License-Identifier: Apache-2.0
// Finished sums of a product to memory, as its Epilogue says (linear.h).
#pragma once

#include "kernels/cuda/device.cuh"
#include "kernels/cuda/linear.h"

namespace kernels::cuda {

#if defined(__CUDACC__)

// One sum; not for SiluMul, which takes two.
template <typename T>
__device__ inline void write_sum(void* out, Epilogue epilogue, int num_rows, int token, int row,
                                 float sum) {
  const int64_t at = static_cast<int64_t>(token) * num_rows + row;
  if (epilogue == Epilogue::StoreF32) {
    static_cast<float*>(out)[at] = sum;
  } else if (epilogue == Epilogue::Residual) {
    T* target = static_cast<T*>(out) + at;
    *target = Elem<T>::from(load_activation(target) + sum);
  } else {
    static_cast<T*>(out)[at] = Elem<T>::from(sum);
  }
}

// Rows [begin, begin + rows) of all tokens, by threads 0 .. threads - 1 of a block. p has out,
// epilogue, num_tokens and num_rows of the whole; sum_of(token, row - begin). begin and rows are
// even with SiluMul.
template <typename T, typename Params, typename SumOf>
__device__ inline void write_sums(const Params& p, int begin, int rows, int threads,
                                  const SumOf& sum_of) {
  if (p.epilogue == Epilogue::SiluMul) {
    T* out = static_cast<T*>(p.out) + begin / 2;
    for (int i = threadIdx.x; i < p.num_tokens * (rows / 2); i += threads) {
      const int token = i / (rows / 2), pair = i % (rows / 2);
      out[static_cast<int64_t>(token) * (p.num_rows / 2) + pair] =
          Elem<T>::from(silu(sum_of(token, 2 * pair)) * sum_of(token, 2 * pair + 1));
    }
    return;
  }
  for (int i = threadIdx.x; i < p.num_tokens * rows; i += threads) {
    const int token = i / rows, row = i % rows;
    write_sum<T>(p.out, p.epilogue, p.num_rows, token, begin + row, sum_of(token, row));
  }
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
