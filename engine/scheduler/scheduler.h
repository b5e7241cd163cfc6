// SPDX-License-Identifier: Apache-2.0
// Decides what each step computes. One rule: every sequence lets num_computed_tokens catch up with
// num_tokens, all under one token budget. There is no prefill phase and no decode phase; chunked
// prefill, continuous batching, prefix hits and preemption are cases of that rule.
//
// A step is filled in this order:
//   1. Running sequences that lack one token (they are answering) get it. A long prompt therefore
//      never holds up an answer.
//   2. Running sequences that lack more share the rest, oldest first: each takes at most three
//      quarters of what is left while others are behind it, and each gets at least one token.
//   3. Waiting sequences start in order of arrival, each when the blocks for all its tokens are
//      free beyond those that running ones still lack for theirs. A quarter of the rest is kept
//      for them, so that a short question starts at once beside a long document.
// When blocks run out, the newest running sequence is preempted: its blocks are let go and it
// waits, first in line, to be computed again (what the prefix cache still holds, it finds).
// The oldest running sequence always proceeds, so every sequence ends.
//
// Integers only: no tensor, no text. Deterministic. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/scheduler/block_manager.h"
#include "engine/scheduler/sequence.h"

namespace engine {

struct SchedulerConfig {
  int num_blocks = 0;
  int block_size = 0;
  int max_num_seqs = 0;            // running at once; more than the token budget are never running
  int max_num_batched_tokens = 0;  // of one step
  bool enable_prefix_caching = true;
  // Tokens of context whose attention costs as much as the matrix products of one token. While
  // answers are running, a chunk of a long prompt is shortened so that it costs no more time far
  // into the context than the token budget does at its beginning. 0: position does not matter.
  int context_tokens_per_token_cost = 0;
};

struct ScheduledSequence {
  Sequence* sequence = nullptr;
  int num_new_tokens = 0;  // tokens [num_computed_tokens, num_computed_tokens + num_new_tokens)
  bool samples = false;    // the step reaches the last token: the next one is drawn
};

struct Step {
  std::vector<ScheduledSequence> sequences;  // in order of arrival
  int num_tokens = 0;
  int num_samples = 0;
  bool empty() const { return sequences.empty(); }
};

class Scheduler {
 public:
  explicit Scheduler(const SchedulerConfig& config);

  // Tokens that one sequence can have in the whole cache.
  int capacity_tokens() const { return blocks_.num_blocks() * blocks_.block_size(); }

  // Queues a sequence. It must have a prompt, num_prompt_tokens < max_num_tokens and
  // max_num_tokens <= capacity_tokens(): one that could never fit is the caller's to refuse.
  void add(Sequence* sequence);

  // What to compute now, at most token_budget tokens; blocks for it are taken. Empty when there is
  // nothing to do. Budgets outside [sequences that may run, max_num_batched_tokens] become the
  // nearest one inside, so that every running sequence always gets a token.
  Step schedule(int token_budget);
  Step schedule() { return schedule(config_.max_num_batched_tokens); }

  // After the pass: tokens[i] was drawn for the i-th sequence of the step that samples. Sequences
  // that end here have status Finished and a finish_reason, and hold no blocks any more.
  void commit(const Step& step, std::span<const int32_t> tokens);

  // Ends a sequence from outside (abort, stop string, error). Not between schedule() and commit()
  // unless the step is dropped.
  void finish(Sequence* sequence, FinishReason reason);

  bool has_work() const { return !running_.empty() || !waiting_.empty(); }
  int num_running() const { return static_cast<int>(running_.size()); }
  int num_waiting() const { return static_cast<int>(waiting_.size()); }
  int64_t num_preemptions() const { return num_preemptions_; }
  int64_t prefix_query_tokens() const { return prefix_query_tokens_; }
  int64_t prefix_hit_tokens() const { return prefix_hit_tokens_; }
  const BlockManager& blocks() const { return blocks_; }

  // Aborts when sequences, block tables, reference counts and hashes disagree.
  void check_integrity() const;

 private:
  // Tokens for each running sequence, and what is left for waiting ones.
  struct Shares {
    std::vector<int> num_new_tokens;  // [running_]
    int left = 0;
    bool answers_running = false;  // then tokens far into a context count for more
  };

  Shares share_budget(int token_budget, bool others_start) const;
  int cost(int num_tokens, int position) const;
  int affordable(int num_tokens, int position, int budget) const;
  std::vector<int32_t> cached_prefix(const Sequence& sequence) const;
  bool next_can_start() const;
  bool grow(Sequence* sequence, int num_new_tokens);
  void allocate_for(Sequence* sequence, int num_tokens);
  void preempt_newest();
  void start_waiting(const Shares& shares, Step* step);
  void start(Sequence* sequence);
  void publish_full_blocks(Sequence* sequence);
  void append_token(Sequence* sequence, int32_t token);

  const SchedulerConfig config_;
  const int max_num_running_;
  BlockManager blocks_;
  std::vector<Sequence*> running_;  // in order of arrival
  std::deque<Sequence*> waiting_;   // in order of arrival, all later than running_
  int64_t num_preemptions_ = 0;
  int64_t prefix_query_tokens_ = 0;
  int64_t prefix_hit_tokens_ = 0;
};

}  // namespace engine
