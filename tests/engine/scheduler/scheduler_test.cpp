// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/scheduler/scheduler_test.h"

#include <QtTest>
#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <random>

#include "engine/scheduler/scheduler.h"
#include "tests/engine/fake_model.h"

using engine::FinishReason;
using engine::Scheduler;
using engine::SchedulerConfig;
using engine::Sequence;
using engine::SequenceStatus;
using engine::Step;
using Tokens = std::vector<int32_t>;

namespace {

constexpr int kVocab = 97;

SchedulerConfig config(int num_blocks, int block_size, int max_num_seqs, int budget,
                       bool caching = true) {
  SchedulerConfig config;
  config.num_blocks = num_blocks;
  config.block_size = block_size;
  config.max_num_seqs = max_num_seqs;
  config.max_num_batched_tokens = budget;
  config.enable_prefix_caching = caching;
  return config;
}

Tokens range(int count, int first = 0) {
  Tokens tokens(static_cast<size_t>(count));
  std::iota(tokens.begin(), tokens.end(), first);
  for (int32_t& token : tokens) token %= kVocab;
  return tokens;
}

// A scheduler with a model and a cache behind it. Every step is checked: budget, progress, every
// slot read was written for this very prefix, integrity afterwards.
class Driver {
 public:
  explicit Driver(const SchedulerConfig& config)
      : scheduler(config), config_(config), cache_(config.num_blocks, config.block_size) {}

  Sequence* submit(const Tokens& prompt, int max_tokens, const Tokens& stops = {}) {
    auto sequence = std::make_unique<Sequence>();
    sequence->id = sequences_.size() + 1;
    sequence->token_ids = prompt;
    sequence->num_prompt_tokens = static_cast<int>(prompt.size());
    sequence->max_num_tokens =
        std::min(sequence->num_prompt_tokens + max_tokens, scheduler.capacity_tokens());
    sequence->stop_token_ids = stops;
    scheduler.add(sequence.get());
    sequences_.push_back(std::move(sequence));
    return sequences_.back().get();
  }

  // Empty when all went well.
  std::string step() {
    last_step = scheduler.schedule();
    if (last_step.empty()) return scheduler.has_work() ? "nothing scheduled" : "";
    Tokens drawn;
    int total = 0;
    for (const auto& [sequence, num_new_tokens, samples] : last_step.sequences) {
      if (num_new_tokens < 1) return "a sequence without tokens in the step";
      total += num_new_tokens;
      const int end = sequence->num_computed_tokens + num_new_tokens;
      if (samples != (end == sequence->num_tokens())) return "samples is wrong";
      for (int i = sequence->num_computed_tokens; i < end; ++i)
        cache_.write(static_cast<int64_t>(cache_.slot_of(sequence->block_table, i)),
                     fake::state_of(std::span(sequence->token_ids).first(size_t(i) + 1)));
    }
    if (total != last_step.num_tokens) return "num_tokens is wrong";
    if (total > config_.max_num_batched_tokens) return "over the budget";
    if (static_cast<int>(last_step.sequences.size()) != scheduler.num_running())
      return "a running sequence got nothing";
    // All writes come before all reads, as in one forward pass: a slot written twice is noticed.
    for (const auto& [sequence, num_new_tokens, samples] : last_step.sequences) {
      const int end = sequence->num_computed_tokens + num_new_tokens;
      std::string problem;
      const auto state = cache_.read(sequence->block_table,
                                     std::span(sequence->token_ids).first(size_t(end)), &problem);
      if (!state) return "sequence " + std::to_string(sequence->id) + ": " + problem;
      if (samples) drawn.push_back(fake::next_token(*state, kVocab));
    }
    scheduler.commit(last_step, drawn);
    scheduler.check_integrity();
    num_tokens += total;
    ++num_steps;
    return "";
  }

  std::string run(int max_steps = 100000) {
    for (int i = 0; i < max_steps; ++i) {
      if (!scheduler.has_work()) return "";
      if (auto problem = step(); !problem.empty()) return problem;
    }
    return "does not end";
  }

  int share_of(const Sequence* sequence) const {
    for (const auto& item : last_step.sequences)
      if (item.sequence == sequence) return item.num_new_tokens;
    return 0;
  }

  const std::vector<std::unique_ptr<Sequence>>& sequences() const { return sequences_; }

  Scheduler scheduler;
  Step last_step;
  int64_t num_tokens = 0;
  int num_steps = 0;

 private:
  SchedulerConfig config_;
  fake::Cache cache_;
  std::vector<std::unique_ptr<Sequence>> sequences_;
};

Tokens generated(const Sequence& sequence) {
  return {sequence.token_ids.begin() + sequence.num_prompt_tokens, sequence.token_ids.end()};
}

Tokens expected(const Sequence& sequence) {
  const Tokens prompt(sequence.token_ids.begin(),
                      sequence.token_ids.begin() + sequence.num_prompt_tokens);
  return fake::answer(prompt, sequence.max_num_tokens - sequence.num_prompt_tokens, kVocab,
                      sequence.stop_token_ids);
}

#define STEP(driver) QCOMPARE(QString::fromStdString((driver).step()), QString())
#define RUN(driver) QCOMPARE(QString::fromStdString((driver).run()), QString())

}  // namespace

void SchedulerTest::one_sequence_alone() {
  Driver driver(config(16, 4, 4, 64));
  const Sequence* sequence = driver.submit(range(10), 6);
  RUN(driver);
  QCOMPARE(sequence->finish_reason, FinishReason::Length);
  QCOMPARE(generated(*sequence), expected(*sequence));
  QCOMPARE(driver.num_steps, 6);
  QCOMPARE(driver.num_tokens, int64_t(15));
  QCOMPARE(driver.scheduler.blocks().num_used_blocks(), 0);
}

void SchedulerTest::long_prompt_is_computed_in_chunks() {
  Driver driver(config(64, 4, 4, 16));
  const Sequence* sequence = driver.submit(range(100), 1);
  for (int i = 0; i < 6; ++i) {
    STEP(driver);
    QCOMPARE(driver.last_step.num_tokens, 16);
    QCOMPARE(driver.last_step.num_samples, 0);
  }
  STEP(driver);
  QCOMPARE(driver.last_step.num_tokens, 4);
  QCOMPARE(driver.last_step.num_samples, 1);
  QCOMPARE(sequence->finish_reason, FinishReason::Length);
}

void SchedulerTest::long_prompt_never_holds_up_an_answer() {
  Driver driver(config(256, 4, 8, 16));
  const Sequence* document = driver.submit(range(500), 1);
  const Sequence* chat = driver.submit(range(3, 7), 40);
  int answered = 0;
  while (document->num_computed_tokens < 400) {
    const int before = chat->num_tokens();
    STEP(driver);
    answered += chat->num_tokens() - before;
    if (chat->status == SequenceStatus::Running && driver.num_steps > 1)
      QCOMPARE(driver.last_step.num_tokens, 16);
  }
  QCOMPARE(answered, driver.num_steps);  // from the very first step on
}

void SchedulerTest::short_question_starts_beside_a_long_document() {
  Driver driver(config(1024, 4, 8, 64));
  const Sequence* document = driver.submit(range(1500), 1);
  STEP(driver);
  QCOMPARE(driver.share_of(document), 64);
  const Sequence* second = driver.submit(range(1000, 3), 1);
  const Sequence* question = driver.submit(range(5, 11), 1);
  STEP(driver);
  QCOMPARE(driver.share_of(document), 48);
  QCOMPARE(driver.share_of(second), 12);
  QCOMPARE(driver.share_of(question), 4);
  STEP(driver);
  QCOMPARE(question->finish_reason, FinishReason::Length);
  RUN(driver);
}

void SchedulerTest::distant_chunks_are_shorter_while_answers_run() {
  SchedulerConfig timed = config(4096, 16, 4, 512);
  timed.context_tokens_per_token_cost = 1000;
  Driver driver(timed);
  const Sequence* document = driver.submit(range(20000), 1);
  STEP(driver);
  QCOMPARE(driver.share_of(document), 512);  // nobody waits for it
  driver.submit(range(2, 5), 1000);
  STEP(driver);
  int first = 0;
  while (document->num_computed_tokens < 18000) {
    STEP(driver);
    if (!first) first = driver.share_of(document);
  }
  QVERIFY(first > 200 && first < 384);
  const int last = driver.share_of(document);
  QVERIFY2(last >= 20 && last <= 30, qPrintable(QString::number(last)));  // 511 / (1 + 18)
}

void SchedulerTest::a_cached_prefix_counts_as_distance() {
  SchedulerConfig timed = config(4096, 16, 4, 512);
  timed.context_tokens_per_token_cost = 1000;
  Driver driver(timed);
  const Tokens document = range(18000);
  driver.submit(document, 1);
  RUN(driver);
  driver.submit(range(2, 5), 1000);
  STEP(driver);
  Tokens question = document;
  for (const int32_t token : range(1000, 50)) question.push_back(token);
  const Sequence* second = driver.submit(question, 1);
  STEP(driver);
  QCOMPARE(second->num_cached_tokens, 18000);
  const int first = driver.share_of(second);
  QVERIFY2(first >= 20 && first <= 30, qPrintable(QString::number(first)));  // 511 / (1 + 18)
  // Where nobody is answering there is nobody to hold up.
  Driver alone(timed);
  alone.submit(document, 1);
  RUN(alone);
  const Sequence* third = alone.submit(question, 1);
  STEP(alone);
  QCOMPARE(alone.share_of(third), 512);
}

void SchedulerTest::prefix_hit_recomputes_at_most_one_block() {
  Driver driver(config(256, 16, 4, 4096));
  const Tokens document = range(2000);
  driver.submit(document, 5);
  RUN(driver);
  Tokens question = document;
  for (const int32_t token : range(20, 50)) question.push_back(token);
  const int64_t before = driver.num_tokens;
  const Sequence* second = driver.submit(question, 1);
  RUN(driver);
  QCOMPARE(second->num_cached_tokens, 2000);
  QCOMPARE(driver.num_tokens - before, int64_t(20));
  QCOMPARE(driver.scheduler.prefix_hit_tokens(), int64_t(2000));
  QCOMPARE(driver.scheduler.prefix_query_tokens(), int64_t(4020));
  // The very same prompt again: one block is computed, for the logits of its last token.
  const Sequence* third = driver.submit(document, 1);
  RUN(driver);
  QCOMPARE(third->num_cached_tokens, 1984);
}

void SchedulerTest::prefix_cache_can_be_declined() {
  Driver driver(config(64, 4, 4, 64));
  driver.submit(range(40), 1);
  RUN(driver);
  Sequence* second = driver.submit(range(40), 1);
  second->use_prefix_cache = false;
  RUN(driver);
  QCOMPARE(second->num_cached_tokens, 0);
  QCOMPARE(driver.scheduler.prefix_hit_tokens(), int64_t(0));
}

void SchedulerTest::starts_in_order_of_arrival() {
  Driver driver(config(16, 4, 2, 64));
  const Sequence* a = driver.submit(range(4), 3);
  const Sequence* b = driver.submit(range(4, 1), 6);
  const Sequence* c = driver.submit(range(4, 2), 3);
  STEP(driver);
  QVERIFY(driver.share_of(a) && driver.share_of(b) && !driver.share_of(c));
  STEP(driver);
  STEP(driver);
  QCOMPARE(a->status, SequenceStatus::Finished);
  STEP(driver);
  QVERIFY(driver.share_of(b) && driver.share_of(c));
  RUN(driver);
}

// Prompts that do not fit together run one after another, without a token computed twice.
void SchedulerTest::admission_never_makes_prompts_compete() {
  Driver driver(config(32, 4, 8, 32));
  driver.submit(range(100), 20);
  int64_t total = 119;
  for (int i = 1; i < 6; ++i) {
    driver.submit(range(60, i), 1);
    total += 60;
  }
  RUN(driver);
  QCOMPARE(driver.scheduler.num_preemptions(), int64_t(0));
  QCOMPARE(driver.num_tokens, total);
}

void SchedulerTest::newest_is_preempted_and_resumes() {
  Driver driver(config(8, 4, 4, 32, false));
  const Sequence* older = driver.submit(range(8), 16);
  const Sequence* newer = driver.submit(range(8, 40), 16);
  RUN(driver);
  QCOMPARE(older->num_preemptions, 0);
  QVERIFY(newer->num_preemptions > 0);
  QCOMPARE(generated(*older), expected(*older));
  QCOMPARE(generated(*newer), expected(*newer));
  QCOMPARE(newer->num_cached_tokens, 0);
}

void SchedulerTest::sequence_as_large_as_the_cache_ends() {
  Driver driver(config(4, 4, 4, 8));
  const Sequence* sequence = driver.submit(range(10), 1000);
  const Sequence* next = driver.submit(range(14), 1000);
  QCOMPARE(sequence->max_num_tokens, 16);
  RUN(driver);
  for (const Sequence* one : {sequence, next}) {
    QCOMPARE(one->finish_reason, FinishReason::Length);
    QCOMPARE(one->num_tokens(), 16);
  }
}

void SchedulerTest::stop_token_and_length() {
  Driver driver(config(16, 4, 4, 32));
  const Tokens all = fake::answer(range(5), 10, kVocab);
  const Sequence* stopped = driver.submit(range(5), 10, {all[3]});
  const Sequence* first = driver.submit(range(5), 10, {all[0]});
  RUN(driver);
  QCOMPARE(stopped->finish_reason, FinishReason::Stop);
  QCOMPARE(generated(*stopped), Tokens(all.begin(), all.begin() + 4));
  QCOMPARE(generated(*first).size(), size_t(1));
}

void SchedulerTest::finish_while_waiting_and_running() {
  Driver driver(config(16, 4, 1, 8));
  Sequence* running = driver.submit(range(20), 5);
  Sequence* waiting = driver.submit(range(20), 5);
  STEP(driver);
  driver.scheduler.finish(waiting, FinishReason::Abort);
  driver.scheduler.check_integrity();
  driver.scheduler.finish(running, FinishReason::Error);
  driver.scheduler.check_integrity();
  QVERIFY(!driver.scheduler.has_work());
  QCOMPARE(waiting->finish_reason, FinishReason::Abort);
  QCOMPARE(running->finish_reason, FinishReason::Error);
  QCOMPARE(driver.scheduler.blocks().num_used_blocks(), 0);
  QVERIFY(driver.scheduler.schedule().empty());
}

void SchedulerTest::budget_of_a_step_may_be_lower() {
  Scheduler scheduler(config(64, 4, 4, 64));
  Sequence sequence;
  sequence.token_ids = range(200);
  sequence.num_prompt_tokens = 200;
  sequence.max_num_tokens = 201;
  scheduler.add(&sequence);
  for (const auto& [asked, given] : {std::pair(20, 20), {1, 4}, {1000, 64}, {64, 64}}) {
    const Step step = scheduler.schedule(asked);
    QCOMPARE(step.num_tokens, given);
    scheduler.commit(step, {});
    scheduler.check_integrity();
  }
}

void SchedulerTest::random_workload_data() {
  QTest::addColumn<int>("num_blocks");
  QTest::addColumn<int>("block_size");
  QTest::addColumn<int>("max_num_seqs");
  QTest::addColumn<int>("budget");
  QTest::addColumn<bool>("caching");
  QTest::addColumn<int>("cost");
  QTest::newRow("roomy") << 256 << 8 << 16 << 64 << true << 0;
  QTest::newRow("tight") << 24 << 8 << 16 << 64 << true << 0;
  QTest::newRow("tight, no cache") << 24 << 8 << 16 << 64 << false << 0;
  QTest::newRow("blocks of one") << 100 << 1 << 8 << 32 << true << 0;
  QTest::newRow("budget of one") << 48 << 4 << 8 << 1 << true << 0;
  QTest::newRow("one at a time") << 48 << 4 << 1 << 16 << true << 0;
  QTest::newRow("more sequences than budget") << 64 << 4 << 64 << 7 << true << 0;
  QTest::newRow("timed chunks") << 128 << 8 << 16 << 64 << true << 20;
  QTest::newRow("four blocks") << 4 << 16 << 8 << 32 << true << 0;
}

void SchedulerTest::random_workload() {
  QFETCH(int, num_blocks);
  QFETCH(int, block_size);
  QFETCH(int, max_num_seqs);
  QFETCH(int, budget);
  QFETCH(bool, caching);
  QFETCH(int, cost);
  SchedulerConfig settings = config(num_blocks, block_size, max_num_seqs, budget, caching);
  settings.context_tokens_per_token_cost = cost;
  Driver driver(settings);
  std::mt19937 random(static_cast<unsigned>(num_blocks * 31 + budget));
  const int capacity = driver.scheduler.capacity_tokens();
  const Tokens shared = range(capacity, 13);
  for (int i = 0; i < 3000; ++i) {
    if (random() % 8 == 0 && driver.scheduler.num_waiting() < 20) {
      // Half of the prompts begin alike, so that the cache has something to find.
      const int length = 1 + static_cast<int>(random() % std::min(capacity - 1, 120));
      Tokens prompt = random() % 2 ? range(length, static_cast<int>(random() % 5))
                                   : Tokens(shared.begin(), shared.begin() + length);
      const Tokens stops = random() % 2 ? Tokens{int32_t(random() % kVocab)} : Tokens{};
      Sequence* sequence = driver.submit(prompt, 1 + static_cast<int>(random() % 60), stops);
      sequence->use_prefix_cache = random() % 10 != 0;
    }
    if (random() % 60 == 0 && !driver.sequences().empty()) {
      Sequence* victim = driver.sequences()[random() % driver.sequences().size()].get();
      if (victim->status != SequenceStatus::Finished)
        driver.scheduler.finish(victim, FinishReason::Abort);
      driver.scheduler.check_integrity();
    }
    STEP(driver);
  }
  RUN(driver);
  int complete = 0;
  for (const auto& sequence : driver.sequences()) {
    QCOMPARE(sequence->status, SequenceStatus::Finished);
    if (sequence->finish_reason == FinishReason::Abort) continue;
    QCOMPARE(generated(*sequence), expected(*sequence));
    ++complete;
  }
  QVERIFY(complete > 10);
  QCOMPARE(driver.scheduler.blocks().num_used_blocks(), 0);
  if (caching && num_blocks > 4) QVERIFY(driver.scheduler.prefix_hit_tokens() > 0);
}
