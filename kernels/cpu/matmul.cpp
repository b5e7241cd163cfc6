// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/matmul.h"

#include <algorithm>

#include "kernels/cpu/primitives.h"

namespace kernels::cpu {
namespace {

constexpr int64_t kMaxTaskRows = kMaxTileRows;
constexpr int64_t kTaskTokens = 48;   // a multiple of every level's tile_tokens
constexpr int64_t kPrefetchRows = 8;  // how far ahead weights are fetched
// Weight rows of one task stay in the second cache while its tokens pass.
constexpr int64_t kWeightBytes = 768 << 10;

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Small matrices are cut finer, so that every thread gets some.
int64_t rows_per_task(int64_t num_rows, int64_t row_bytes, int num_threads) {
  const int64_t share = ceil_div(num_rows, num_threads * int64_t{8});
  const int64_t fitting = kWeightBytes / row_bytes / 8 * 8;
  return std::clamp(std::min(ceil_div(share, 8) * 8, fitting), int64_t{8}, kMaxTaskRows);
}

void finish_tile(const MatmulArgs& args, const Primitives& level, const float* product,
                 int64_t token, int64_t num_tokens, int64_t row, int64_t num_rows) {
  for (int64_t t = 0; t < num_tokens; ++t) {
    const float* from = product + t * kMaxTaskRows;
    if (args.finish == Finish::SiluMultiply) {
      float* to = args.out + (token + t) * (args.weight.rows / 2) + row / 2;
      level.silu_multiply(to, from, num_rows / 2);
      continue;
    }
    float* to = args.out + (token + t) * args.weight.rows + row;
    if (args.finish == Finish::Add) {
      for (int64_t r = 0; r < num_rows; ++r) to[r] += from[r];
    } else {
      std::copy(from, from + num_rows, to);
    }
  }
}

}  // namespace

void matmul(const MatmulArgs& args, const CpuContext& context) {
  const Primitives& level = primitives(context.level);
  const int64_t row_bytes = args.weight.cols * dtype_size(args.weight.dtype);
  const int64_t task_rows = rows_per_task(args.weight.rows, row_bytes, context.pool->num_threads());
  const int64_t num_token_blocks = ceil_div(args.num_tokens, kTaskTokens);
  const int64_t num_row_blocks = ceil_div(args.weight.rows, task_rows);

  // Token blocks inside: threads that work at the same time share the weight rows in the last
  // cache, so that memory delivers each row once.
  context.pool->run(num_row_blocks * num_token_blocks, [&](int64_t task, int) {
    const int64_t row = task / num_token_blocks * task_rows;
    const int64_t token = task % num_token_blocks * kTaskTokens;
    const int64_t num_rows = std::min(task_rows, args.weight.rows - row);
    const int64_t num_tokens = std::min(kTaskTokens, args.num_tokens - token);
    alignas(64) float product[kTaskTokens * kMaxTaskRows];
    DotTile tile;
    tile.c = product;
    tile.x = args.x + token * args.weight.cols;
    tile.w = static_cast<const char*>(args.weight.data) + row * row_bytes;
    tile.c_stride = kMaxTaskRows;
    tile.x_stride = args.weight.cols;
    tile.w_stride = args.weight.cols;
    tile.num_tokens = num_tokens;
    tile.num_rows = num_rows;
    tile.num_k = args.weight.cols;
    tile.dtype = args.weight.dtype;
    const void* next[kMaxTaskRows];
    for (int64_t r = 0; r < num_rows; ++r) {
      const int64_t ahead = std::min(row + r + kPrefetchRows, args.weight.rows - 1);
      next[r] = static_cast<const char*>(args.weight.data) + ahead * row_bytes;
    }
    tile.next = next;
    level.dot_tile(tile);
    finish_tile(args, level, product, token, num_tokens, row, num_rows);
  });
}

}  // namespace kernels::cpu
