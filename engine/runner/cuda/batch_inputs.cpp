// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/batch_inputs.h"

#include <algorithm>
#include <cstring>

namespace engine {

namespace {

using kernels::SamplingRow;

constexpr int64_t kAlignment = 16;

template <typename T>
void copy_into(char* target, const std::vector<T>& values) {
  if (!values.empty()) std::memcpy(target, values.data(), values.size() * sizeof(T));
}

int64_t list_capacity(int64_t max_seqs, int64_t vocab_size) {
  return std::max<int64_t>(vocab_size, max_seqs * std::min<int64_t>(vocab_size, 32768));
}

}  // namespace

InputLayout::InputLayout(int64_t tokens, int64_t seqs, int64_t logits) {
  total = 0;
  const auto take = [this](int64_t bytes) {
    const int64_t at = total;
    total += align_up(bytes, kAlignment);
    return at;
  };
  token_ids = take(tokens * 4);
  positions = take(tokens * 4);
  cu_seqlens = take((seqs + 1) * 4);
  context_lens = take(seqs * 4);
  logits_rows = take(logits * 4);
  slot_mapping = take(tokens * 8);
  sampling = take(seqs * static_cast<int64_t>(sizeof(SamplingRow)));
}

int64_t BatchInputs::device_size(int64_t max_tokens, int64_t max_seqs, int64_t max_blocks_per_seq,
                                 int64_t vocab_size) {
  const int64_t list = list_capacity(max_seqs, vocab_size);
  return InputLayout(max_tokens, max_seqs, max_tokens).total + max_seqs * max_blocks_per_seq * 4 +
         list * static_cast<int64_t>(sizeof(kernels::TokenBias) + sizeof(kernels::TokenCount)) +
         kernels::cuda::sampling_workspace_bytes(list, list);
}

BatchInputs::BatchInputs(int64_t max_tokens, int64_t max_seqs, int64_t max_blocks_per_seq,
                         int64_t vocab_size)
    : max_tokens_(max_tokens),
      max_seqs_(max_seqs),
      max_blocks_(max_blocks_per_seq),
      vocab_size_(vocab_size),
      max_list_(list_capacity(max_seqs, vocab_size)),
      draws_(static_cast<int>(vocab_size)) {
  const char* what = "taking memory for batches";
  const int64_t packed = InputLayout(max_tokens, max_seqs, max_tokens).total;
  packed_ = device_bytes(packed, what);
  staging_ = pinned_bytes(packed, what);
  tables_ = device_bytes(max_seqs * max_blocks_ * 4, what);
  table_staging_ = pinned_bytes(max_seqs * max_blocks_ * 4, what);
  std::memset(table_staging_.data(), 0xff, static_cast<size_t>(table_staging_.size()));
  biases_ = device_bytes(max_list_ * static_cast<int64_t>(sizeof(kernels::TokenBias)), what);
  counts_ = device_bytes(max_list_ * static_cast<int64_t>(sizeof(kernels::TokenCount)), what);
  saved_logits_ = device_bytes(kernels::cuda::sampling_workspace_bytes(max_list_, max_list_), what);
}

void BatchInputs::upload_lists(cudaStream_t stream) {
  const auto& biases = draws_.biases();
  const auto& counts = draws_.counts();
  if (static_cast<int64_t>(std::max(biases.size(), counts.size())) > max_list_)
    throw Error(ErrorCode::Unsupported, "the penalties and biases of one step name more than " +
                                            std::to_string(max_list_) +
                                            " tokens; run fewer such requests at once");
  if (!biases.empty())
    check_cuda(cudaMemcpyAsync(biases_.data(), biases.data(), biases.size() * sizeof biases[0],
                               cudaMemcpyHostToDevice, stream),
               "copying biases");
  if (!counts.empty())
    check_cuda(cudaMemcpyAsync(counts_.data(), counts.data(), counts.size() * sizeof counts[0],
                               cudaMemcpyHostToDevice, stream),
               "copying penalties");
}

bool BatchInputs::tables_match(const Batch& batch) const {
  const auto width = static_cast<size_t>(batch.max_blocks_per_seq);
  for (int s = 0; s < batch.num_seqs(); ++s) {
    const int32_t* row = batch.block_tables.data() + static_cast<size_t>(s) * width;
    if (std::memcmp(row, table_staging_.as<int32_t>(s * max_blocks_ * 4), width * 4) != 0)
      return false;
  }
  return true;
}

void BatchInputs::upload_tables(const Batch& batch, cudaStream_t stream) {
  if (batch.max_blocks_per_seq == 0 || tables_match(batch)) return;
  const auto width = static_cast<size_t>(batch.max_blocks_per_seq);
  for (int s = 0; s < batch.num_seqs(); ++s)
    std::memcpy(table_staging_.as<int32_t>(s * max_blocks_ * 4),
                batch.block_tables.data() + static_cast<size_t>(s) * width, width * 4);
  const auto pitch = static_cast<size_t>(max_blocks_) * 4;
  check_cuda(
      cudaMemcpy2DAsync(tables_.data(), pitch, table_staging_.data(), pitch, width * 4,
                        static_cast<size_t>(batch.num_seqs()), cudaMemcpyHostToDevice, stream),
      "copying block tables");
}

void BatchInputs::upload(const Batch& batch, int64_t padded_seqs, cudaStream_t stream) {
  const int64_t num_seqs = batch.num_seqs(), num_tokens = batch.num_tokens();
  const auto num_logits = static_cast<int64_t>(batch.logits_rows.size());
  if (std::max(num_tokens, padded_seqs) > max_tokens_ ||
      std::max(num_seqs, padded_seqs) > max_seqs_ || batch.max_blocks_per_seq > max_blocks_ ||
      num_logits > max_tokens_ || static_cast<int64_t>(batch.sampling.size()) > max_seqs_)
    throw Error(ErrorCode::Internal, "a batch of " + std::to_string(num_tokens) + " tokens and " +
                                         std::to_string(num_seqs) +
                                         " sequences is larger than what was planned");
  const bool padded = padded_seqs > 0;
  const InputLayout layout = padded ? InputLayout(padded_seqs, padded_seqs, padded_seqs)
                                    : InputLayout(num_tokens, num_seqs, num_logits);
  char* base = staging_.as<char>();
  if (padded) {
    std::memset(base, 0, static_cast<size_t>(layout.total));
    auto* cu = reinterpret_cast<int32_t*>(base + layout.cu_seqlens);
    auto* rows = reinterpret_cast<int32_t*>(base + layout.logits_rows);
    auto* slots = reinterpret_cast<int64_t*>(base + layout.slot_mapping);
    auto* samples = reinterpret_cast<SamplingRow*>(base + layout.sampling);
    for (int64_t s = 0; s <= padded_seqs; ++s) cu[s] = static_cast<int32_t>(s);
    for (int64_t s = num_seqs; s < padded_seqs; ++s) {
      rows[s] = static_cast<int32_t>(s);
      slots[s] = -1;
      samples[s].logits_row = -1;
    }
  }
  copy_into(base + layout.token_ids, batch.token_ids);
  copy_into(base + layout.positions, batch.positions);
  copy_into(base + layout.context_lens, batch.context_lens);
  copy_into(base + layout.logits_rows, batch.logits_rows);
  copy_into(base + layout.slot_mapping, batch.slot_mapping);
  int64_t bytes = layout.sampling;
  if (padded) {
    draws_.clear();
    for (size_t i = 0; i < batch.sampling.size(); ++i)
      draws_.add(batch.sampling[i], batch.sample_rows[i]);
    copy_into(base + layout.sampling, draws_.rows());
    upload_lists(stream);
    bytes = layout.total;
  } else {
    copy_into(base + layout.cu_seqlens, batch.cu_seqlens_q);
  }
  check_cuda(cudaMemcpyAsync(packed_.data(), base, static_cast<size_t>(bytes),
                             cudaMemcpyHostToDevice, stream),
             "copying a batch");
  upload_tables(batch, stream);
}

void BatchInputs::upload_samples(const Batch& batch, int64_t begin, int64_t end,
                                 cudaStream_t stream) {
  const InputLayout layout(batch.num_tokens(), batch.num_seqs(),
                           static_cast<int64_t>(batch.logits_rows.size()));
  draws_.clear();
  for (size_t i = 0; i < batch.sampling.size(); ++i) {
    const int64_t row = batch.sample_rows[i];
    const bool there = row >= begin && row < end;
    draws_.add(batch.sampling[i], there ? static_cast<int32_t>(row - begin) : -1);
  }
  copy_into(staging_.as<char>(layout.sampling), draws_.rows());
  upload_lists(stream);
  check_cuda(
      cudaMemcpyAsync(packed_.as<char>(layout.sampling), staging_.as<char>(layout.sampling),
                      draws_.rows().size() * sizeof(SamplingRow), cudaMemcpyHostToDevice, stream),
      "copying sampling parameters");
}

DecoderPass BatchInputs::pass(const InputLayout& layout, int64_t tokens, int64_t seqs) const {
  DecoderPass pass;
  pass.token_ids = packed_.as<int32_t>(layout.token_ids);
  pass.positions = packed_.as<int32_t>(layout.positions);
  pass.batch.slot_mapping = packed_.as<int64_t>(layout.slot_mapping);
  pass.batch.cu_seqlens_q = packed_.as<int32_t>(layout.cu_seqlens);
  pass.batch.context_lens = packed_.as<int32_t>(layout.context_lens);
  pass.batch.block_tables = tables_.as<int32_t>();
  pass.batch.max_blocks_per_seq = max_blocks_;
  pass.batch.num_tokens = tokens;
  pass.batch.num_seqs = seqs;
  return pass;
}

const int32_t* BatchInputs::logits_rows(const InputLayout& layout) const {
  return packed_.as<int32_t>(layout.logits_rows);
}

kernels::NextBatch BatchInputs::next_batch(const InputLayout& layout) const {
  kernels::NextBatch next;
  next.token_ids = packed_.as<int32_t>(layout.token_ids);
  next.positions = packed_.as<int32_t>(layout.positions);
  next.context_lens = packed_.as<int32_t>(layout.context_lens);
  next.slot_mapping = packed_.as<int64_t>(layout.slot_mapping);
  next.rows = packed_.as<SamplingRow>(layout.sampling);
  return next;
}

void BatchInputs::set_sampling(const InputLayout& layout, kernels::SamplingArgs* args) const {
  args->rows = packed_.as<SamplingRow>(layout.sampling);
  args->biases = biases_.as<kernels::TokenBias>();
  args->counts = counts_.as<kernels::TokenCount>();
  args->workspace = saved_logits_.data();
  args->num_biases = max_list_;
  args->num_counts = max_list_;
  args->vocab_size = vocab_size_;
}

}  // namespace engine
