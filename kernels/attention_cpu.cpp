// SPDX-License-Identifier: Apache-2.0
// Two passes over the batch: every token prepares its q and puts its k and v into the cache; then
// tiles of queries that share a key/value head read the cache.
#include "kernels/attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/primitives.h"
#include "kernels/cpu/rms_norm.h"

namespace kernels::cpu {
namespace {

constexpr int64_t kTileRows =
    kMaxCpuGroup;                // query rows (tokens x heads of one group) worked on together
constexpr int64_t kFewRows = 8;  // so few that copying keys together does not pay
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

void rotate(float* x, const float* cos_sin, int64_t head_dim) {
  const int64_t half = head_dim / 2;
  const float* cosines = cos_sin;
  const float* sines = cos_sin + half;
  for (int64_t i = 0; i < half; ++i) {
    const float first = x[i], second = x[half + i];
    x[i] = first * cosines[i] - second * sines[i];
    x[half + i] = second * cosines[i] + first * sines[i];
  }
}

float* key_address(const KvCacheLayer& cache, int64_t block, int64_t head, int64_t offset,
                   int64_t head_dim) {
  return static_cast<float*>(cache.data) + block * cache.block_stride +
         (head * cache.block_size + offset) * head_dim;
}

// First pass, one token: q and k are normalised and rotated in place, k and v copied to their slot.
void prepare_token(const AttentionArgs& args, int64_t token) {
  const int64_t d = args.head_dim;
  float* q = static_cast<float*>(args.qkv) + token * (args.num_heads + 2 * args.num_kv_heads) * d;
  float* k = q + args.num_heads * d;
  const float* v = k + args.num_kv_heads * d;
  const float* cos_sin = args.cos_sin + token * d;
  const int64_t slot = args.batch.slot_mapping[token];
  const int64_t block = slot / args.cache.block_size, offset = slot % args.cache.block_size;

  for (int64_t head = 0; head < args.num_heads; ++head) {
    float* row = q + head * d;
    if (args.q_norm_weight) rms_norm_row(row, row, args.q_norm_weight, d, args.eps);
    rotate(row, cos_sin, d);
  }
  for (int64_t head = 0; head < args.num_kv_heads; ++head) {
    float* row = k + head * d;
    if (args.k_norm_weight) rms_norm_row(row, row, args.k_norm_weight, d, args.eps);
    rotate(row, cos_sin, d);
    float* key = key_address(args.cache, block, head, offset, d);
    std::copy(row, row + d, key);
    std::copy(v + head * d, v + (head + 1) * d, key + args.cache.value_offset);
  }
}

// Queries that are worked on together: consecutive tokens of one sequence, all heads of one group.
struct QueryTile {
  int64_t sequence, kv_head;
  int64_t first_token;     // in the batch
  int64_t first_position;  // of that token
  int64_t num_tokens;
  int64_t num_rows;  // num_tokens * group; row = token * group + head in group

  int64_t num_keys() const { return first_position + num_tokens; }
  int64_t num_splits() const { return ceil_div(num_keys(), kAttentionSplit); }
};

struct Shape {
  int64_t group;  // heads that share a key/value head
  int64_t tokens_per_tile;
  int64_t num_tiles = 0;  // over all sequences and key/value heads
  int64_t max_splits = 0;
  int64_t max_rows = 0;
};

Shape shape_of(const AttentionArgs& args) {
  Shape shape;
  shape.group = args.num_heads / args.num_kv_heads;
  shape.tokens_per_tile = std::max<int64_t>(1, kTileRows / shape.group);
  for (int64_t s = 0; s < args.batch.num_seqs; ++s) {
    const int64_t num_new = args.batch.cu_seqlens_q[s + 1] - args.batch.cu_seqlens_q[s];
    shape.num_tiles += ceil_div(num_new, shape.tokens_per_tile) * args.num_kv_heads;
    shape.max_splits =
        std::max(shape.max_splits, ceil_div(args.batch.context_lens[s], kAttentionSplit));
    shape.max_rows =
        std::max(shape.max_rows, std::min(num_new, shape.tokens_per_tile) * shape.group);
  }
  return shape;
}

// Tiles are numbered through sequences, then key/value heads, then tokens from the last to the
// first: the longest work starts first.
QueryTile tile_at(const AttentionArgs& args, const Shape& shape, int64_t index) {
  for (int64_t s = 0;; ++s) {
    const int64_t begin = args.batch.cu_seqlens_q[s], end = args.batch.cu_seqlens_q[s + 1];
    const int64_t num_token_tiles = ceil_div(end - begin, shape.tokens_per_tile);
    if (index >= num_token_tiles * args.num_kv_heads) {
      index -= num_token_tiles * args.num_kv_heads;
      continue;
    }
    const int64_t token_tile = num_token_tiles - 1 - index / args.num_kv_heads;
    QueryTile tile;
    tile.sequence = s;
    tile.kv_head = index % args.num_kv_heads;
    tile.first_token = begin + token_tile * shape.tokens_per_tile;
    tile.first_position = args.batch.context_lens[s] - (end - tile.first_token);
    tile.num_tokens = std::min(shape.tokens_per_tile, end - tile.first_token);
    tile.num_rows = tile.num_tokens * shape.group;
    return tile;
  }
}

// Running softmax of one row: maximum, sum of exponentials, and the sum of values beside it.
struct RowState {
  float max = kMinusInfinity;
  float sum = 0;
};

// state and values take in another part, as if its keys had followed.
void merge_row(RowState* state, float* values, const RowState& part, const float* part_values,
               int64_t n) {
  const float max = std::max(state->max, part.max);
  const float keep = std::exp(state->max - max), take = std::exp(part.max - max);
  for (int64_t i = 0; i < n; ++i) values[i] = values[i] * keep + part_values[i] * take;
  state->sum = state->sum * keep + part.sum * take;
  state->max = max;
}

void write_row(const AttentionArgs& args, const QueryTile& tile, int64_t group, int64_t row,
               const RowState& state, const float* values) {
  const int64_t token = tile.first_token + row / group;
  const int64_t head = tile.kv_head * group + row % group;
  float* out = static_cast<float*>(args.out) + (token * args.num_heads + head) * args.head_dim;
  for (int64_t i = 0; i < args.head_dim; ++i) out[i] = values[i] / state.sum;
}

// Second pass, one query tile.
class TileWorker {
 public:
  TileWorker(const AttentionArgs& args, const Primitives& level, const QueryTile& tile,
             int64_t group)
      : args_(args), level_(level), tile_(tile), group_(group), d_(args.head_dim) {
    const int64_t stride = (args.num_heads + 2 * args.num_kv_heads) * d_;
    for (int64_t t = 0; t < tile.num_tokens; ++t) {
      const float* q = static_cast<const float*>(args.qkv) + (tile.first_token + t) * stride +
                       tile.kv_head * group * d_;
      std::copy(q, q + group * d_, queries_ + t * group * d_);
    }
  }

  // The keys of one split: states[row] and values[row * head_dim ...] are set.
  void run_split(int64_t split, RowState* states, float* values) {
    std::fill(states, states + tile_.num_rows, RowState());
    std::fill(values, values + tile_.num_rows * d_, 0.0f);
    const int64_t begin = split * kAttentionSplit;
    const int64_t end = std::min(begin + kAttentionSplit, tile_.num_keys());
    for (int64_t key = begin; key < end; key += kAttentionTile) {
      run_key_tile(key, std::min(kAttentionTile, end - key), states, values);
    }
  }

 private:
  // Calls body(keys, index, count) for each run of keys that lie one after another in a block.
  template <typename Body>
  void for_each_run(int64_t first_key, int64_t num_keys, const Body& body) const {
    const KvCacheLayer& cache = args_.cache;
    const int32_t* table =
        args_.batch.block_tables + tile_.sequence * args_.batch.max_blocks_per_seq;
    for (int64_t done = 0; done < num_keys;) {
      const int64_t position = first_key + done;
      const int64_t offset = position % cache.block_size;
      const int64_t count = std::min(cache.block_size - offset, num_keys - done);
      body(key_address(cache, table[position / cache.block_size], tile_.kv_head, offset, d_), done,
           count);
      done += count;
    }
  }

  // Keys of the tile that a row may see: those up to its own position.
  int64_t visible_keys(int64_t row, int64_t first_key, int64_t num_keys) const {
    const int64_t position = tile_.first_position + row / group_;
    return std::clamp<int64_t>(position + 1 - first_key, 0, num_keys);
  }

  // The keys (or values, by plane_offset) of a tile one after another: in the cache, where the
  // block holds them all, else copied. For many rows that is cheaper than many short runs.
  const float* gathered(int64_t first_key, int64_t num_keys, int64_t plane_offset) {
    const float* begin = gathered_;
    for_each_run(first_key, num_keys, [&](const float* keys, int64_t index, int64_t count) {
      if (count == num_keys) {
        begin = keys + plane_offset;
      } else {
        std::copy(keys + plane_offset, keys + plane_offset + count * d_, gathered_ + index * d_);
      }
    });
    return begin;
  }

  // Calls body(keys or values, index, count) for the whole tile or its runs.
  template <typename Body>
  void for_each_piece(int64_t first_key, int64_t num_keys, int64_t plane_offset, const Body& body) {
    if (tile_.num_rows > kFewRows) {
      body(gathered(first_key, num_keys, plane_offset), 0, num_keys);
      return;
    }
    for_each_run(first_key, num_keys, [&](const float* keys, int64_t index, int64_t count) {
      body(keys + plane_offset, index, count);
    });
  }

  // Where the next tile's keys and values lie. Blocks may be anywhere: the processor cannot guess.
  void find_next_tile(int64_t first_key, int64_t num_keys) {
    const int64_t first = std::min(first_key + kAttentionTile, tile_.num_keys() - 1);
    const int64_t found = std::min(num_keys, tile_.num_keys() - first);
    for_each_run(first, found, [&](const float* keys, int64_t index, int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        next_keys_[index + i] = keys + i * d_;
        next_values_[index + i] = keys + i * d_ + args_.cache.value_offset;
      }
    });
    for (int64_t i = found; i < num_keys; ++i) {
      next_keys_[i] = next_keys_[0];
      next_values_[i] = next_values_[0];
    }
  }

  void run_key_tile(int64_t first_key, int64_t num_keys, RowState* states, float* values) {
    find_next_tile(first_key, num_keys);
    for_each_piece(first_key, num_keys, 0, [&](const float* keys, int64_t index, int64_t count) {
      level_.dot_tile({scores_ + index, queries_, keys, kAttentionTile, d_, d_, tile_.num_rows,
                       count, d_, DType::F32, next_keys_ + index});
    });
    for (int64_t row = 0; row < tile_.num_rows; ++row) {
      const int64_t visible = visible_keys(row, first_key, num_keys);
      if (visible > 0) update_row(row, visible, &states[row], values + row * d_);
    }
    for_each_piece(first_key, num_keys, args_.cache.value_offset,
                   [&](const float* tile_values, int64_t index, int64_t count) {
                     add_values(first_key + index, tile_values, index, count, values);
                   });
  }

  // Scores of one row become exponentials; what was summed before is scaled to the new maximum.
  void update_row(int64_t row, int64_t visible, RowState* state, float* values) {
    float* scores = scores_ + row * kAttentionTile;
    const float max = level_.scale_max(scores, visible, args_.scale, state->max);
    if (max > state->max) {
      const float keep = std::exp(state->max - max);
      state->sum *= keep;
      for (int64_t i = 0; i < d_; ++i) values[i] *= keep;
      state->max = max;
    }
    state->sum += level_.exp_sum(scores, visible, max);
  }

  // values += exponentials * V, for keys [index, index + count) of the tile. Rows that see the same
  // keys go together: all of them, but for tiles on the diagonal.
  void add_values(int64_t first_key, const float* tile_values, int64_t index, int64_t count,
                  float* values) const {
    for (int64_t row = 0; row < tile_.num_rows;) {
      const int64_t visible = visible_keys(row, first_key, count);
      int64_t end = row + group_;
      while (end < tile_.num_rows && visible_keys(end, first_key, count) == visible) end += group_;
      level_.weighted_sum({values + row * d_, scores_ + row * kAttentionTile + index, tile_values,
                           d_, kAttentionTile, d_, end - row, visible, d_,
                           row == 0 ? next_values_ + index : nullptr});
      row = end;
    }
  }

  const AttentionArgs& args_;
  const Primitives& level_;
  const QueryTile tile_;
  const int64_t group_, d_;
  const void* next_keys_[kAttentionTile];
  const void* next_values_[kAttentionTile];
  alignas(64) float queries_[kTileRows * kMaxCpuHeadDim];
  alignas(64) float scores_[kTileRows * kAttentionTile];
  alignas(64) float gathered_[kAttentionTile * kMaxCpuHeadDim];
};

// Partial results of one tile and one split: states of its rows, then their values.
int64_t partial_floats(int64_t num_rows, int64_t head_dim) { return num_rows * (2 + head_dim); }

struct Partial {
  RowState* states;
  float* values;
};

Partial partial_at(const AttentionArgs& args, const Shape& shape, int64_t tile, int64_t split) {
  float* base = static_cast<float*>(args.workspace) +
                (tile * shape.max_splits + split) * partial_floats(shape.max_rows, args.head_dim);
  return {reinterpret_cast<RowState*>(base), base + 2 * shape.max_rows};
}

// Few tiles with long contexts: splits run side by side and are merged afterwards.
bool worth_splitting(const AttentionArgs& args, const Shape& shape, int num_threads) {
  if (num_threads == 1 || shape.max_splits < 2 || shape.num_tiles >= 2 * num_threads) return false;
  const int64_t needed =
      shape.num_tiles * shape.max_splits * partial_floats(shape.max_rows, args.head_dim);
  return needed * static_cast<int64_t>(sizeof(float)) <= args.workspace_bytes;
}

void run_whole_tile(const AttentionArgs& args, const Primitives& level, const Shape& shape,
                    int64_t index) {
  const QueryTile tile = tile_at(args, shape, index);
  TileWorker worker(args, level, tile, shape.group);
  RowState states[kTileRows], part_states[kTileRows];
  alignas(64) float values[kTileRows * kMaxCpuHeadDim];
  alignas(64) float part_values[kTileRows * kMaxCpuHeadDim];
  std::fill(values, values + tile.num_rows * args.head_dim, 0.0f);
  for (int64_t split = 0; split < tile.num_splits(); ++split) {
    worker.run_split(split, part_states, part_values);
    for (int64_t row = 0; row < tile.num_rows; ++row) {
      const int64_t at = row * args.head_dim;
      merge_row(&states[row], values + at, part_states[row], part_values + at, args.head_dim);
    }
  }
  for (int64_t row = 0; row < tile.num_rows; ++row) {
    write_row(args, tile, shape.group, row, states[row], values + row * args.head_dim);
  }
}

void merge_splits(const AttentionArgs& args, const Shape& shape, int64_t index) {
  const QueryTile tile = tile_at(args, shape, index);
  for (int64_t row = 0; row < tile.num_rows; ++row) {
    RowState state;
    float values[kMaxCpuHeadDim] = {};
    for (int64_t split = 0; split < tile.num_splits(); ++split) {
      const Partial part = partial_at(args, shape, index, split);
      merge_row(&state, values, part.states[row], part.values + row * args.head_dim, args.head_dim);
    }
    write_row(args, tile, shape.group, row, state, values);
  }
}

}  // namespace

void attention(const AttentionArgs& args, const CpuContext& context) {
  const Primitives& level = primitives(context.level);
  context.pool->run(args.batch.num_tokens, [&](int64_t token, int) { prepare_token(args, token); });

  const Shape shape = shape_of(args);
  if (!worth_splitting(args, shape, context.pool->num_threads())) {
    context.pool->run(shape.num_tiles,
                      [&](int64_t index, int) { run_whole_tile(args, level, shape, index); });
    return;
  }
  context.pool->run(shape.num_tiles * shape.max_splits, [&](int64_t task, int) {
    const int64_t index = task / shape.max_splits, split = task % shape.max_splits;
    const QueryTile tile = tile_at(args, shape, index);
    if (split >= tile.num_splits()) return;
    const Partial part = partial_at(args, shape, index, split);
    TileWorker(args, level, tile, shape.group).run_split(split, part.states, part.values);
  });
  context.pool->run(shape.num_tiles, [&](int64_t index, int) { merge_splits(args, shape, index); });
}

int64_t attention_workspace_bytes(int64_t max_context, int64_t num_heads, int64_t head_dim,
                                  int num_threads) {
  if (num_threads == 1) return 0;
  constexpr int64_t kSequences = 2;
  return kSequences * ceil_div(max_context, kAttentionSplit) * partial_floats(num_heads, head_dim) *
         static_cast<int64_t>(sizeof(float));
}

}  // namespace kernels::cpu
