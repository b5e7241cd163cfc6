// SPDX-License-Identifier: Apache-2.0
#include "engine/scheduler/scheduler.h"

#include <algorithm>

#include "engine/base/check.h"

namespace engine {
namespace {

void add_to_step(Sequence* sequence, int num_new_tokens, Step* step) {
  const bool samples = num_new_tokens == sequence->num_uncomputed_tokens();
  step->sequences.push_back({sequence, num_new_tokens, samples});
  step->num_tokens += num_new_tokens;
  step->num_samples += samples;
}

// What a prompt may take while others are behind it.
int most_of(int budget) { return std::max(1, budget - budget / 4); }

}  // namespace

Scheduler::Scheduler(const SchedulerConfig& config)
    : config_(config),
      max_num_running_(std::min(config.max_num_seqs, config.max_num_batched_tokens)),
      blocks_(config.num_blocks, config.block_size, config.enable_prefix_caching) {
  CHECK(max_num_running_ > 0, "a scheduler that may run nothing");
}

void Scheduler::add(Sequence* sequence) {
  CHECK(sequence->num_prompt_tokens > 0 && sequence->num_prompt_tokens == sequence->num_tokens(),
        "a sequence starts with its prompt");
  CHECK(sequence->num_prompt_tokens < sequence->max_num_tokens, "no room for an answer");
  CHECK(sequence->max_num_tokens <= capacity_tokens(), "a sequence larger than the cache");
  waiting_.push_back(sequence);
}

Step Scheduler::schedule(int token_budget) {
  token_budget = std::clamp(token_budget, max_num_running_, config_.max_num_batched_tokens);
  Step step;
  const bool others_start = next_can_start();
  const Shares shares = share_budget(token_budget, others_start);
  // Growing may preempt sequences at the end of running_, whose turn has not come yet.
  for (size_t i = 0; i < running_.size(); ++i) {
    Sequence* sequence = running_[i];
    if (grow(sequence, shares.num_new_tokens[i]))
      add_to_step(sequence, shares.num_new_tokens[i], &step);
  }
  if (others_start) start_waiting(shares, &step);
  CHECK(!step.empty() || !has_work(), "work is left but nothing can be scheduled");
  return step;
}

Scheduler::Shares Scheduler::share_budget(int token_budget, bool others_start) const {
  Shares shares{std::vector<int>(running_.size()), token_budget};
  int behind = 0;  // sequences that lack more than one token and have no share yet
  for (size_t i = 0; i < running_.size(); ++i) {
    if (running_[i]->num_uncomputed_tokens() > 1) {
      ++behind;
      continue;
    }
    shares.num_new_tokens[i] = 1;
    --shares.left;
  }
  shares.answers_running = behind < num_running();
  for (size_t i = 0; i < running_.size(); ++i) {
    const Sequence& sequence = *running_[i];
    if (sequence.num_uncomputed_tokens() <= 1) continue;
    --behind;
    int share = behind > 0 || others_start ? most_of(shares.left) : shares.left;
    share = std::min({share, shares.left - behind, sequence.num_uncomputed_tokens()});
    if (shares.answers_running) share = affordable(share, sequence.num_computed_tokens, share);
    shares.num_new_tokens[i] = share;
    const int spent = shares.answers_running ? cost(share, sequence.num_computed_tokens) : share;
    shares.left = std::max(shares.left - spent, behind);
  }
  return shares;
}

// Of computing that many tokens from a position on, in tokens at position 0.
int Scheduler::cost(int num_tokens, int position) const {
  const int64_t unit = config_.context_tokens_per_token_cost;
  if (unit == 0) return num_tokens;
  const int64_t context = static_cast<int64_t>(num_tokens) * (2ll * position + num_tokens) / 2;
  return static_cast<int>(std::min<int64_t>(num_tokens + context / unit, INT32_MAX));
}

// At most num_tokens, at least one, costing no more than the budget.
int Scheduler::affordable(int num_tokens, int position, int budget) const {
  int low = 1, high = num_tokens;
  while (low < high) {
    const int middle = low + (high - low + 1) / 2;
    if (cost(middle, position) <= budget) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

// At least one token stays to be computed: its logits are what the step is for.
std::vector<int32_t> Scheduler::cached_prefix(const Sequence& sequence) const {
  if (!sequence.use_prefix_cache) return {};
  return blocks_.match_prefix(
      std::span(sequence.token_ids).first(static_cast<size_t>(sequence.num_tokens() - 1)));
}

bool Scheduler::next_can_start() const {
  if (waiting_.empty() || num_running() >= max_num_running_) return false;
  const Sequence& sequence = *waiting_.front();
  int needed = blocks_.blocks_for(sequence.num_tokens() + 1);
  // A cached block that somebody holds costs nothing; a free one leaves the free list.
  for (const int32_t block : cached_prefix(sequence)) needed -= !blocks_.is_free(block);
  for (const Sequence* running : running_)
    needed += blocks_.blocks_for(running->num_tokens() + 1) -
              static_cast<int>(running->block_table.size());
  return needed <= blocks_.num_free_blocks();
}

bool Scheduler::grow(Sequence* sequence, int num_new_tokens) {
  const int num_tokens = sequence->num_computed_tokens + num_new_tokens;
  const int lacking =
      blocks_.blocks_for(num_tokens) - static_cast<int>(sequence->block_table.size());
  while (blocks_.num_free_blocks() < lacking) {
    const bool itself = running_.back() == sequence;
    CHECK(!itself || num_running() > 1, "a sequence alone does not fit the cache");
    preempt_newest();
    if (itself) return false;
  }
  allocate_for(sequence, num_tokens);
  return true;
}

void Scheduler::allocate_for(Sequence* sequence, int num_tokens) {
  while (static_cast<int>(sequence->block_table.size()) < blocks_.blocks_for(num_tokens))
    sequence->block_table.push_back(blocks_.allocate());
}

void Scheduler::preempt_newest() {
  Sequence* sequence = running_.back();
  running_.pop_back();
  blocks_.release(&sequence->block_table);
  sequence->num_computed_tokens = 0;
  sequence->num_published_blocks = 0;
  sequence->status = SequenceStatus::Waiting;
  ++sequence->num_preemptions;
  ++num_preemptions_;
  waiting_.push_front(sequence);
}

void Scheduler::start_waiting(const Shares& shares, Step* step) {
  int budget = shares.left;
  while (budget > 0 && next_can_start()) {
    Sequence* sequence = waiting_.front();
    waiting_.pop_front();
    start(sequence);
    int share = waiting_.empty() ? budget : most_of(budget);
    share = std::min(share, sequence->num_uncomputed_tokens());
    // A cached prefix begins far into the context.
    const int position = sequence->num_computed_tokens;
    if (shares.answers_running) share = affordable(share, position, share);
    allocate_for(sequence, position + share);
    add_to_step(sequence, share, step);
    budget -= shares.answers_running ? cost(share, position) : share;
  }
}

void Scheduler::start(Sequence* sequence) {
  sequence->block_table = cached_prefix(*sequence);
  for (const int32_t block : sequence->block_table) blocks_.take(block);
  sequence->num_published_blocks = static_cast<int>(sequence->block_table.size());
  sequence->num_computed_tokens = sequence->num_published_blocks * blocks_.block_size();
  sequence->status = SequenceStatus::Running;
  running_.push_back(sequence);
  if (sequence->was_started) return;
  sequence->was_started = true;
  sequence->num_cached_tokens = sequence->num_computed_tokens;
  if (!config_.enable_prefix_caching || !sequence->use_prefix_cache) return;
  prefix_query_tokens_ += sequence->num_prompt_tokens;
  prefix_hit_tokens_ += sequence->num_cached_tokens;
}

void Scheduler::commit(const Step& step, std::span<const int32_t> tokens) {
  CHECK(tokens.size() == static_cast<size_t>(step.num_samples), "one token for each draw");
  size_t next = 0;
  for (const ScheduledSequence& item : step.sequences) {
    item.sequence->num_computed_tokens += item.num_new_tokens;
    publish_full_blocks(item.sequence);
    if (item.samples) append_token(item.sequence, tokens[next++]);
  }
}

void Scheduler::publish_full_blocks(Sequence* sequence) {
  const auto size = static_cast<size_t>(blocks_.block_size());
  const std::span tokens(sequence->token_ids);
  int& published = sequence->num_published_blocks;
  while ((published + 1) * blocks_.block_size() <= sequence->num_computed_tokens) {
    const auto i = static_cast<size_t>(published++);
    int32_t& block = sequence->block_table[i];
    const int32_t parent = i == 0 ? -1 : sequence->block_table[i - 1];
    block = blocks_.publish(block, parent, tokens.subspan(i * size, size));
  }
}

void Scheduler::append_token(Sequence* sequence, int32_t token) {
  sequence->token_ids.push_back(token);
  const auto& stops = sequence->stop_token_ids;
  if (std::ranges::find(stops, token) != stops.end()) {
    finish(sequence, FinishReason::Stop);
  } else if (sequence->num_tokens() >= sequence->max_num_tokens) {
    finish(sequence, FinishReason::Length);
  }
}

void Scheduler::finish(Sequence* sequence, FinishReason reason) {
  CHECK(sequence->status != SequenceStatus::Finished, "a sequence ends once");
  if (sequence->status == SequenceStatus::Running) {
    std::erase(running_, sequence);
  } else {
    std::erase(waiting_, sequence);
  }
  blocks_.release(&sequence->block_table);
  sequence->status = SequenceStatus::Finished;
  sequence->finish_reason = reason;
}

void Scheduler::check_integrity() const {
  std::vector<const std::vector<int32_t>*> tables;
  CHECK(num_running() <= max_num_running_, "more sequences run than may");
  for (const Sequence* sequence : running_) {
    CHECK(sequence->status == SequenceStatus::Running, "a running sequence says otherwise");
    CHECK(sequence->num_computed_tokens < sequence->num_tokens(), "nothing left to compute");
    CHECK(blocks_.blocks_for(sequence->num_computed_tokens) <=
              static_cast<int>(sequence->block_table.size()),
          "computed tokens without a block");
    CHECK(sequence->num_published_blocks == sequence->num_computed_tokens / blocks_.block_size(),
          "full blocks that were not published");
    tables.push_back(&sequence->block_table);
  }
  for (const Sequence* sequence : waiting_) {
    CHECK(sequence->status == SequenceStatus::Waiting, "a waiting sequence says otherwise");
    CHECK(sequence->block_table.empty() && sequence->num_computed_tokens == 0,
          "a waiting sequence holds blocks");
  }
  blocks_.check_integrity(tables);
}

}  // namespace engine
