// SPDX-License-Identifier: Apache-2.0
#include "engine/core/batch_builder.h"

#include <algorithm>

namespace engine {

const Batch& BatchBuilder::build(const Step& step, const FindRequest& find_request) {
  clear(step);
  for (const ScheduledSequence& item : step.sequences) {
    add_logits(item, find_request(item.sequence->id));
    add_tokens(item);
  }
  return batch_;
}

void BatchBuilder::clear(const Step& step) {
  batch_.token_ids.clear();
  batch_.positions.clear();
  batch_.slot_mapping.clear();
  batch_.cu_seqlens_q.assign(1, 0);
  batch_.context_lens.clear();
  batch_.block_tables.clear();
  batch_.logits_rows.clear();
  batch_.sample_rows.clear();
  batch_.sampling.clear();
  batch_.logits_sinks.clear();
  batch_.max_blocks_per_seq = 0;
  for (const ScheduledSequence& item : step.sequences)
    batch_.max_blocks_per_seq =
        std::max(batch_.max_blocks_per_seq, static_cast<int>(item.sequence->block_table.size()));
}

void BatchBuilder::add_tokens(const ScheduledSequence& item) {
  const Sequence& sequence = *item.sequence;
  const int begin = sequence.num_computed_tokens, end = begin + item.num_new_tokens;
  for (int position = begin; position < end; ++position) {
    const int64_t block = sequence.block_table[static_cast<size_t>(position / block_size_)];
    batch_.token_ids.push_back(sequence.token_ids[static_cast<size_t>(position)]);
    batch_.positions.push_back(position);
    batch_.slot_mapping.push_back(block * block_size_ + position % block_size_);
  }
  batch_.cu_seqlens_q.push_back(batch_.num_tokens());
  batch_.context_lens.push_back(end);
  const size_t row = batch_.block_tables.size();
  batch_.block_tables.resize(row + static_cast<size_t>(batch_.max_blocks_per_seq), -1);
  std::ranges::copy(sequence.block_table,
                    batch_.block_tables.begin() + static_cast<ptrdiff_t>(row));
}

// Called before the tokens of the item are added: their first row is the next one.
void BatchBuilder::add_logits(const ScheduledSequence& item, const ActiveRequest& request) {
  const int first_row = batch_.num_tokens();
  const int begin = item.sequence->num_computed_tokens;
  const int last = item.num_new_tokens - 1;
  for (int i = request.wants_prompt_logits() ? 0 : last; i <= last; ++i) {
    const bool samples = item.samples && i == last;
    const LogitsSink* sink = request.sink_for(begin + i, samples);
    if (!samples && !sink) continue;
    batch_.logits_rows.push_back(first_row + i);
    batch_.logits_sinks.push_back(sink);
    if (!samples) continue;
    batch_.sample_rows.push_back(static_cast<int32_t>(batch_.logits_rows.size()) - 1);
    batch_.sampling.push_back(request.sampling_state());
  }
}

}  // namespace engine
