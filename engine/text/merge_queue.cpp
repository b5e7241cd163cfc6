// SPDX-License-Identifier: Apache-2.0
#include "engine/text/merge_queue.h"

#include <algorithm>
#include <utility>

namespace engine {
namespace {

uint64_t key_of(uint64_t rank, int32_t position) {
  return rank << 32 | static_cast<uint32_t>(position);
}

}  // namespace

void MergeQueue::push(Entry entry) {
  if (entry.rank <= current_rank_) {
    late_.push(key_of(entry.rank, entry.position));
    return;
  }
  const auto [places, is_new] = waiting_.try_emplace(entry.rank);
  if (is_new) waiting_ranks_.push(entry.rank);
  places->second.push_back(entry.position);
}

void MergeQueue::start_lowest_rank() {
  const auto places = waiting_.find(waiting_ranks_.top());
  current_rank_ = places->first;
  current_ = std::move(places->second);
  next_ = 0;
  waiting_.erase(places);
  waiting_ranks_.pop();
  if (!std::is_sorted(current_.begin(), current_.end()))
    std::sort(current_.begin(), current_.end());
}

bool MergeQueue::pop(Entry& entry) {
  // What is late has a rank below all that are waiting.
  if (next_ == current_.size() && late_.empty()) {
    if (waiting_ranks_.empty()) return false;
    start_lowest_rank();
  }
  const bool has_current = next_ < current_.size();
  const uint64_t current_key =
      has_current ? key_of(static_cast<uint64_t>(current_rank_), current_[next_]) : 0;
  if (!late_.empty() && (!has_current || late_.top() < current_key)) {
    const uint64_t key = late_.top();
    late_.pop();
    entry = {static_cast<uint32_t>(key >> 32), static_cast<int32_t>(key & 0xffffffffu)};
    return true;
  }
  entry = {static_cast<uint32_t>(current_rank_), current_[next_++]};
  return true;
}

}  // namespace engine
