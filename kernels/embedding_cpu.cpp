// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/embedding.h"

namespace kernels::cpu {
namespace {

void widen_row(float* out, const void* row, int64_t n, DType dtype) {
  if (dtype == DType::F32) {
    const float* from = static_cast<const float*>(row);
    std::copy(from, from + n, out);
    return;
  }
  const uint16_t* from = static_cast<const uint16_t*>(row);
  if (dtype == DType::BF16) {
    for (int64_t i = 0; i < n; ++i) out[i] = bf16_to_float(from[i]);
  } else {
    for (int64_t i = 0; i < n; ++i) out[i] = f16_to_float(from[i]);
  }
}

}  // namespace

void embedding(const EmbeddingArgs& args, const CpuContext& context) {
  const int64_t hidden_size = args.table.cols;
  const int64_t row_bytes = hidden_size * dtype_size(args.table.dtype);
  context.pool->run(args.num_tokens, [&](int64_t t, int) {
    const char* row = static_cast<const char*>(args.table.data) + args.token_ids[t] * row_bytes;
    widen_row(static_cast<float*>(args.out) + t * hidden_size, row, hidden_size, args.table.dtype);
  });
  if (args.rope != nullptr) rope_cos_sin(*args.rope, context);
}

}  // namespace kernels::cpu
