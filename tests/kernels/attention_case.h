// SPDX-License-Identifier: Apache-2.0
// Sequences with q, k and v of every position, and their way through a paged cache in any batches.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "tests/kernels/arrays.h"
#include "tests/kernels/random.h"
#include "tests/kernels/reference.h"

struct AttentionShape {
  int num_heads, num_kv_heads, head_dim, block_size;
  bool qk_norm = true;
};

// The same whatever batches, chunks and blocks carry it. e4m3: the cache keeps eight bits.
struct AttentionData {
  AttentionData(const AttentionShape& shape_, std::vector<int> lengths_, kernels::DType dtype,
                bool e4m3_ = false)
      : shape(shape_), lengths(std::move(lengths_)), e4m3(e4m3_) {
    Random random(static_cast<uint64_t>(shape.head_dim * 131 + shape.block_size));
    const int64_t width = (shape.num_heads + 2 * shape.num_kv_heads) * shape.head_dim;
    for (const int length : lengths)
      qkv.push_back(encode(random.normals(length * width, 1.5), dtype));
    q_norm = encode(random.normals(shape.head_dim), kernels::DType::F32);
    k_norm = encode(random.normals(shape.head_dim), kernels::DType::F32);
    kernels::RopeConfig rope;
    rope.head_dim = shape.head_dim;
    inv_freq = kernels::rope_frequencies(rope).inv_freq;
  }

  int64_t width() const { return (shape.num_heads + 2 * shape.num_kv_heads) * shape.head_dim; }
  double scale() const { return 1 / std::sqrt(static_cast<double>(shape.head_dim)); }

  std::vector<float> cos_sin(int position) const {
    std::vector<float> row;
    for (const float f : inv_freq) row.push_back(std::cos(static_cast<float>(position) * f));
    for (const float f : inv_freq) row.push_back(std::sin(static_cast<float>(position) * f));
    return row;
  }

  // A key or value as the cache holds it; what float64 and the device's float32 round differently
  // (a tie, one number in some 10,000) is in tolerance().
  reference::Values cached(reference::Values row) const {
    if (e4m3) {
      for (double& value : row)
        value = kernels::e4m3_to_float(kernels::float_to_e4m3(static_cast<float>(value)));
    }
    return row;
  }
  double tolerance(const TestDevice& device) const {
    return std::max(device.tolerance(), e4m3 ? 0.006 : 0.0);
  }

  // Float64 result [length - first, num_heads * head_dim] of one sequence from token `first` on.
  reference::Values expected(size_t sequence, int64_t first = 0) const;

  AttentionShape shape;
  std::vector<int> lengths;
  bool e4m3;
  std::vector<Encoded> qkv;  // of each sequence: [length, width]
  Encoded q_norm, k_norm;
  std::vector<float> inv_freq;
};

inline reference::Values AttentionData::expected(size_t sequence, int64_t first) const {
  using reference::index;
  using reference::Values;
  const int64_t d = shape.head_dim, heads = shape.num_heads, kv_heads = shape.num_kv_heads;
  const int64_t length = lengths[sequence], group = heads / kv_heads;
  const auto head_row = [&](int64_t t, int64_t head) {
    const auto begin = qkv[sequence].values.begin() + t * width() + head * d;
    return Values(begin, begin + d);
  };
  const auto prepared = [&](int64_t t, int64_t head, const Encoded& norm) {
    const std::vector<float> angles = cos_sin(static_cast<int>(t));
    Values row = head_row(t, head);
    if (shape.qk_norm) row = reference::rms_norm(row, norm.values, 1e-6);
    reference::rotate(row.data(), Values(angles.begin(), angles.end()).data(), d);
    return row;
  };
  // [kv_heads, length, d]
  Values keys(index(kv_heads * length * d)), values(keys.size());
  in_parallel(kv_heads * length, 32, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t h = i / length, t = i % length;
      std::ranges::copy(cached(prepared(t, heads + h, k_norm)), keys.begin() + i * d);
      std::ranges::copy(cached(head_row(t, heads + kv_heads + h)), values.begin() + i * d);
    }
  });
  Values out(index((length - first) * heads * d));
  in_parallel((length - first) * heads, reference::kWorkOfPiece / (2 * d * length),
              [&](int64_t begin, int64_t end) {
                for (int64_t i = begin; i < end; ++i) {
                  const int64_t t = first + i / heads, h = i % heads;
                  const int64_t of_group = h / group * length * d;
                  reference::attend(prepared(t, h, q_norm), keys.data() + of_group,
                                    values.data() + of_group, t + 1, scale(), out.data() + i * d);
                }
              });
  return out;
}

// One paged cache and the outputs of every position, filled by batches.
class AttentionRun {
 public:
  // Blocks of the sequences lie scattered over the pool, by `seed`. Slots nobody writes are NaN.
  AttentionRun(TestDevice& device, const AttentionData& data, int block_size, uint64_t seed,
               bool with_workspace)
      : device_(device),
        data_(data),
        shape_{0,
               2,
               data.shape.num_kv_heads,
               block_size,
               data.shape.head_dim,
               data.e4m3 ? kernels::DType::F8_E4M3 : device.kv_dtype()},
        with_workspace_(with_workspace) {
    int num_blocks = 0;
    for (const int length : data.lengths) {
      const int blocks = (length + block_size - 1) / block_size;
      tables_.emplace_back(static_cast<size_t>(blocks));
      num_blocks += blocks;
      out_.emplace_back(static_cast<size_t>(length) *
                            static_cast<size_t>(data.shape.num_heads * data.shape.head_dim),
                        NAN);
    }
    shape_.num_blocks = num_blocks + 3;
    std::vector<int32_t> order(static_cast<size_t>(shape_.num_blocks));
    std::iota(order.begin(), order.end(), 0);
    Random random(seed);
    random.shuffle(&order);
    size_t next = 0;
    for (std::vector<int32_t>& table : tables_) {
      for (int32_t& block : table) block = order[next++];
    }
    done_.assign(data.lengths.size(), 0);
    pool_ = std::make_unique<DeviceArray>(device, shape_.pool_bytes());
  }

  // The next new_tokens[s] positions of each sequence s in one call; 0 leaves a sequence out.
  void step(const std::vector<int>& new_tokens);

  // Everything, in one call.
  void run_all() { step(data_.lengths); }

  const std::vector<double>& out(size_t sequence) const { return out_[sequence]; }
  bool intact() const { return intact_ && pool_->guards_intact(); }
  // Slots that no token owns still hold NaN.
  bool unused_slots_untouched() const;

 private:
  TestDevice& device_;
  const AttentionData& data_;
  kernels::KvCacheShape shape_;
  const bool with_workspace_;
  std::vector<std::vector<int32_t>> tables_;
  std::vector<int> done_;
  std::vector<std::vector<double>> out_;
  std::unique_ptr<DeviceArray> pool_;
  bool intact_ = true;
};

inline void AttentionRun::step(const std::vector<int>& new_tokens) {
  const AttentionShape& shape = data_.shape;
  const int64_t value_bytes = kernels::dtype_size(device_.dtype());
  const int64_t out_width = shape.num_heads * shape.head_dim;
  std::vector<char> qkv;
  std::vector<float> cos_sin;
  std::vector<int64_t> slot_mapping;
  std::vector<int32_t> cu_seqlens = {0}, contexts, block_tables;
  size_t widest = 0;
  for (const std::vector<int32_t>& table : tables_) widest = std::max(widest, table.size());
  for (size_t s = 0; s < new_tokens.size(); ++s) {
    if (new_tokens[s] == 0) continue;
    const int begin = done_[s], end = begin + new_tokens[s];
    const int64_t row_bytes = data_.width() * value_bytes;
    const auto from = data_.qkv[s].bytes.begin();
    qkv.insert(qkv.end(), from + begin * row_bytes, from + end * row_bytes);
    for (int position = begin; position < end; ++position) {
      const std::vector<float> row = data_.cos_sin(position);
      cos_sin.insert(cos_sin.end(), row.begin(), row.end());
      const int64_t block = tables_[s][static_cast<size_t>(position / shape_.block_size)];
      slot_mapping.push_back(block * shape_.block_size + position % shape_.block_size);
    }
    cu_seqlens.push_back(cu_seqlens.back() + new_tokens[s]);
    contexts.push_back(end);
    std::vector<int32_t> table = tables_[s];
    table.resize(widest + 1, -1);
    block_tables.insert(block_tables.end(), table.begin(), table.end());
  }
  const int64_t num_tokens = cu_seqlens.back();
  const int64_t max_context = *std::max_element(contexts.begin(), contexts.end());
  const int64_t workspace_bytes =
      with_workspace_
          ? 8 * device_.attention_workspace_bytes(max_context, shape.num_heads, shape.head_dim)
          : 0;

  const DeviceArray qkv_array(device_, qkv), cos_sin_array(device_, cos_sin);
  const DeviceArray slot_mapping_array(device_, slot_mapping), cu_array(device_, cu_seqlens);
  const DeviceArray contexts_array(device_, contexts), tables_array(device_, block_tables);
  const DeviceArray q_norm(device_, data_.q_norm.bytes), k_norm(device_, data_.k_norm.bytes);
  const DeviceArray out(device_, num_tokens * out_width * value_bytes);
  const DeviceArray workspace(device_, workspace_bytes);

  kernels::AttentionArgs args;
  args.out = out.data();
  args.qkv = qkv_array.data();
  if (shape.qk_norm) {
    args.q_norm_weight = q_norm.as<float>();
    args.k_norm_weight = k_norm.as<float>();
  }
  args.cos_sin = cos_sin_array.as<float>();
  args.cache = kernels::kv_cache_layer(pool_->data(), shape_, 1);
  args.batch.slot_mapping = slot_mapping_array.as<int64_t>();
  args.batch.cu_seqlens_q = cu_array.as<int32_t>();
  args.batch.context_lens = contexts_array.as<int32_t>();
  args.batch.block_tables = tables_array.as<int32_t>();
  args.batch.max_blocks_per_seq = static_cast<int64_t>(widest) + 1;
  args.batch.num_tokens = num_tokens;
  args.batch.num_seqs = static_cast<int64_t>(contexts.size());
  args.num_heads = shape.num_heads;
  args.num_kv_heads = shape.num_kv_heads;
  args.head_dim = shape.head_dim;
  args.scale = static_cast<float>(data_.scale());
  args.workspace = workspace.data();
  args.workspace_bytes = workspace_bytes;
  args.dtype = device_.dtype();
  device_.attention(args);

  const std::vector<double> rows = decode(out, device_.dtype());
  auto row = rows.begin();
  for (size_t s = 0; s < new_tokens.size(); ++s) {
    const int64_t count = new_tokens[s] * out_width;
    std::copy(row, row + count, out_[s].begin() + done_[s] * out_width);
    row += count;
    done_[s] += new_tokens[s];
  }
  intact_ =
      intact_ && out.guards_intact() && workspace.guards_intact() && qkv_array.guards_intact();
}

inline bool AttentionRun::unused_slots_untouched() const {
  std::vector<char> used(static_cast<size_t>(shape_.num_blocks * shape_.block_size), 0);
  for (size_t s = 0; s < tables_.size(); ++s) {
    for (int position = 0; position < done_[s]; ++position) {
      const int64_t block = tables_[s][static_cast<size_t>(position / shape_.block_size)];
      used[static_cast<size_t>(block * shape_.block_size + position % shape_.block_size)] = 1;
    }
  }
  const std::vector<double> pool = decode(*pool_, shape_.dtype);
  size_t i = 0;
  for (int64_t block = 0; block < shape_.num_blocks; ++block) {
    for (int64_t layer = 0; layer < shape_.num_layers; ++layer) {
      for (int64_t plane = 0; plane < 2 * shape_.num_kv_heads; ++plane) {
        for (int64_t offset = 0; offset < shape_.block_size; ++offset) {
          const bool written =
              layer == 1 && used[static_cast<size_t>(block * shape_.block_size + offset)];
          for (int64_t k = 0; k < shape_.head_dim; ++k) {
            if (std::isnan(pool[i++]) == written) return false;
          }
        }
      }
    }
  }
  return true;
}
