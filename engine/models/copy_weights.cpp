// SPDX-License-Identifier: Apache-2.0
#include "engine/models/copy_weights.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <vector>

#include "engine/error.h"

namespace engine {
namespace {

using kernels::DType;

constexpr int64_t kPieceBytes = 2 << 20;
constexpr int64_t kPiecesPerThread = 4;  // between two looks at the stop request

// Norm weights: the only tensors that are converted, and small.
void widen(const WeightPlacement& placement, char* arena) {
  const TensorView& tensor = placement.tensor;
  float* to = reinterpret_cast<float*>(arena + placement.offset);
  std::vector<uint16_t> bits(static_cast<size_t>(tensor.num_bytes) / sizeof(uint16_t));
  tensor.source->read(tensor.offset, bits.data(), tensor.num_bytes);
  for (size_t i = 0; i < bits.size(); ++i)
    to[i] = tensor.dtype == DType::BF16 ? kernels::bf16_to_float(bits[i])
                                        : kernels::f16_to_float(bits[i]);
}

void copy_rows(const WeightPlacement& placement, char* arena, int64_t begin, int64_t end) {
  placement.tensor.source->read_rows(placement.tensor.offset + begin * placement.row_bytes,
                                     {arena + placement.offset + begin * placement.row_stride,
                                      end - begin, placement.row_bytes, placement.row_stride});
}

// What a thread of the pool may not throw; the first problem counts.
class Problem {
 public:
  template <typename Work>
  void keep(const Work& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!first_) first_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr first_;
};

}  // namespace

void copy_weights(const WeightPlan& plan, char* arena, kernels::ThreadPool* pool,
                  const std::function<void(double done)>& progress, const std::stop_token& stop) {
  int64_t total = 0, done = 0;
  for (const WeightPlacement& placement : plan.placements) total += placement.tensor.num_bytes;

  for (const WeightPlacement& placement : plan.placements) {
    const int64_t piece = std::max<int64_t>(1, kPieceBytes / placement.row_bytes);
    const int64_t round = piece * kPiecesPerThread * pool->num_threads();
    for (int64_t begin = 0; begin < placement.num_rows; begin += round) {
      if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
      const int64_t end = std::min(begin + round, placement.num_rows);
      if (placement.to_float32) {
        widen(placement, arena);
      } else {
        Problem problem;
        pool->run((end - begin + piece - 1) / piece, [&](int64_t task, int) {
          const int64_t first = begin + task * piece;
          problem.keep([&] { copy_rows(placement, arena, first, std::min(first + piece, end)); });
        });
        problem.rethrow();
      }
      done += (end - begin) * placement.row_bytes;
      if (progress) progress(static_cast<double>(done) / static_cast<double>(total));
    }
  }
}

}  // namespace engine
