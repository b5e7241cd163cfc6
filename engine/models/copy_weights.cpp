// SPDX-License-Identifier: Apache-2.0
#include "engine/models/copy_weights.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"

namespace engine {
namespace {

using kernels::DType;

constexpr int64_t kPieceBytes = 2 << 20;
constexpr int64_t kPiecesPerThread = 4;  // between two looks at the stop request

// Norm weights: the only tensors that are converted, and small.
void widen(const WeightPlacement& placement, char* arena) {
  float* to = reinterpret_cast<float*>(arena + placement.offset);
  const char* from = static_cast<const char*>(placement.source.data);
  const int64_t n = placement.source.num_bytes / kernels::dtype_size(placement.source.dtype);
  for (int64_t i = 0; i < n; ++i) {
    uint16_t bits;
    std::memcpy(&bits, from + 2 * i, sizeof bits);
    to[i] = placement.source.dtype == DType::BF16 ? kernels::bf16_to_float(bits)
                                                  : kernels::f16_to_float(bits);
  }
}

void copy_rows(const WeightPlacement& placement, char* arena, int64_t begin, int64_t end) {
  const char* from = static_cast<const char*>(placement.source.data) + begin * placement.row_bytes;
  char* to = arena + placement.offset + begin * placement.row_stride;
  if (placement.row_stride == placement.row_bytes) {
    std::memcpy(to, from, static_cast<size_t>((end - begin) * placement.row_bytes));
    return;
  }
  for (int64_t row = begin; row < end; ++row) {
    std::memcpy(to, from, static_cast<size_t>(placement.row_bytes));
    from += placement.row_bytes;
    to += placement.row_stride;
  }
}

}  // namespace

void copy_weights(const WeightPlan& plan, char* arena, kernels::ThreadPool* pool,
                  const std::function<void(double done)>& progress, const std::stop_token& stop) {
  int64_t total = 0, done = 0;
  for (const WeightPlacement& placement : plan.placements) total += placement.source.num_bytes;

  for (const WeightPlacement& placement : plan.placements) {
    const int64_t piece = std::max<int64_t>(1, kPieceBytes / placement.row_bytes);
    const int64_t round = piece * kPiecesPerThread * pool->num_threads();
    for (int64_t begin = 0; begin < placement.num_rows; begin += round) {
      if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
      const int64_t end = std::min(begin + round, placement.num_rows);
      if (placement.to_float32) {
        widen(placement, arena);
      } else {
        pool->run((end - begin + piece - 1) / piece, [&](int64_t task, int) {
          const int64_t first = begin + task * piece;
          copy_rows(placement, arena, first, std::min(first + piece, end));
        });
      }
      done += (end - begin) * placement.row_bytes;
      if (progress) progress(static_cast<double>(done) / static_cast<double>(total));
    }
  }
}

}  // namespace engine
