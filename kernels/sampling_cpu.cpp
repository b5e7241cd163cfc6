// SPDX-License-Identifier: Apache-2.0
#include "kernels/sampling.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <functional>
#include <limits>

#include "kernels/philox.h"

namespace kernels::cpu {
namespace {

constexpr float kGreedyTemperature = 1e-5f;
constexpr double kLn2 = 0.69314718055994530942;

struct Candidate {
  float logit;
  int32_t token_id;
};

// Most likely first, lower id first among equals.
bool before(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token_id < b.token_id;
}

struct Candidates {
  Candidate* data;
  int64_t size;
  Candidate* begin() const { return data; }
  Candidate* end() const { return data + size; }
};

// Largest logit of the row and ln of the sum of exponentials, over finite logits.
struct LogSum {
  double max = -std::numeric_limits<double>::infinity();
  double log_sum = 0;
  double logprob(float logit) const { return static_cast<double>(logit) - max - log_sum; }
};

LogSum log_sum(const float* logits, int64_t n) {
  LogSum result;
  for (int64_t i = 0; i < n; ++i) {
    if (std::isfinite(logits[i])) result.max = std::max(result.max, static_cast<double>(logits[i]));
  }
  double sum = 0;
  for (int64_t i = 0; i < n; ++i) {
    if (std::isfinite(logits[i])) sum += std::exp(static_cast<double>(logits[i]) - result.max);
  }
  result.log_sum = std::log(sum);
  return result;
}

// The chosen token, then the `count` most likely ones in order; -1 where there are fewer.
void write_logprobs(const float* logits, int64_t vocab_size, int32_t chosen, int count,
                    int32_t* ids, float* logprobs) {
  Candidate best[kMaxLogprobs];
  int filled = 0;
  for (int64_t i = 0; i < vocab_size && count > 0; ++i) {
    if (!std::isfinite(logits[i])) continue;
    const Candidate next = {logits[i], static_cast<int32_t>(i)};
    if (filled == count && !before(next, best[filled - 1])) continue;
    if (filled < count) ++filled;
    int place = filled - 1;
    for (; place > 0 && before(next, best[place - 1]); --place) best[place] = best[place - 1];
    best[place] = next;
  }
  const LogSum total = log_sum(logits, vocab_size);
  ids[0] = chosen;
  logprobs[0] = chosen < 0 ? -INFINITY : static_cast<float>(total.logprob(logits[chosen]));
  for (int i = 0; i < count; ++i) {
    ids[1 + i] = i < filled ? best[i].token_id : -1;
    logprobs[1 + i] = i < filled ? static_cast<float>(total.logprob(best[i].logit)) : -INFINITY;
  }
}

// Adds to a logit that stays a number: a penalty near zero must not turn it into infinity.
float clamped(double logit) {
  return static_cast<float>(
      std::clamp(logit, -static_cast<double>(FLT_MAX), static_cast<double>(FLT_MAX)));
}

// Steps 1 to 3 on the tokens that have a bias or a count.
void adjust_logits(const SamplingArgs& args, const SamplingRow& row, float* logits) {
  for (int32_t i = row.bias_begin; i < row.bias_end; ++i) {
    float& logit = logits[args.biases[i].token_id];
    if (std::isfinite(logit)) logit = clamped(static_cast<double>(logit) + args.biases[i].bias);
  }
  for (int32_t i = row.count_begin; i < row.count_end; ++i) {
    const TokenCount& count = args.counts[i];
    float& logit = logits[count.token_id];
    if (!std::isfinite(logit)) continue;
    double value = logit;
    value = value > 0 ? value / row.repetition_penalty : value * row.repetition_penalty;
    if (count.output_count > 0) {
      value -= static_cast<double>(row.frequency_penalty) * count.output_count;
      value -= row.presence_penalty;
    }
    logit = clamped(value);
  }
}

int32_t argmax(const float* logits, int64_t vocab_size) {
  int32_t best = -1;
  float best_logit = -std::numeric_limits<float>::infinity();
  for (int64_t i = 0; i < vocab_size; ++i) {
    // Infinity is the mark of a broken row, not of a likely token; NaN fails every comparison.
    if (logits[i] > best_logit && logits[i] <= FLT_MAX) {
      best_logit = logits[i];
      best = static_cast<int32_t>(i);
    }
  }
  return best;
}

// Value of the k-th largest logit, k <= size.
float kth_largest(Candidates candidates, int64_t k) {
  constexpr int64_t kHeapSize = 128;
  if (k > kHeapSize) {
    Candidate* place = candidates.begin() + (k - 1);
    std::nth_element(candidates.begin(), place, candidates.end(), before);
    return place->logit;
  }
  // The usual small k: one pass with the k largest so far in a heap, the smallest of them in front.
  float heap[kHeapSize];
  for (int64_t i = 0; i < k; ++i) heap[i] = candidates.data[i].logit;
  std::make_heap(heap, heap + k, std::greater<float>());
  for (int64_t i = k; i < candidates.size; ++i) {
    if (candidates.data[i].logit <= heap[0]) continue;
    std::pop_heap(heap, heap + k, std::greater<float>());
    heap[k - 1] = candidates.data[i].logit;
    std::push_heap(heap, heap + k, std::greater<float>());
  }
  return heap[0];
}

// Step 6. Afterwards the candidates are in no particular order.
Candidates keep_top_k(Candidates candidates, int64_t k) {
  if (k <= 0 || k >= candidates.size) return candidates;
  const float threshold = kth_largest(candidates, k);
  Candidate* end = std::partition(candidates.begin(), candidates.end(),
                                  [&](const Candidate& c) { return c.logit >= threshold; });
  return {candidates.data, end - candidates.begin()};
}

// Step 7. Sorts only as many as it needs: four times more on every attempt.
Candidates keep_top_p(Candidates candidates, double temperature, double top_p) {
  if (top_p >= 1) return candidates;
  const Candidate top = *std::min_element(candidates.begin(), candidates.end(), before);
  const auto weight = [&](const Candidate& c) {
    return std::exp((static_cast<double>(c.logit) - top.logit) / temperature);
  };
  double total = 0;
  for (const Candidate& c : candidates) total += weight(c);

  double reached = 0;
  int64_t sorted = 0;
  for (int64_t wanted = 256; sorted < candidates.size; wanted *= 4) {
    const int64_t end = std::min(wanted, candidates.size);
    std::partial_sort(candidates.begin() + sorted, candidates.begin() + end, candidates.end(),
                      before);
    for (; sorted < end; ++sorted) {
      reached += weight(candidates.data[sorted]);
      if (reached >= top_p * total) return {candidates.data, sorted + 1};
    }
  }
  return candidates;
}

// Step 8.
Candidates keep_min_p(Candidates candidates, double temperature, double min_p) {
  if (min_p <= 0) return candidates;
  const float top = std::min_element(candidates.begin(), candidates.end(), before)->logit;
  const double threshold = std::log(min_p);
  Candidate* end = std::partition(candidates.begin(), candidates.end(), [&](const Candidate& c) {
    return (static_cast<double>(c.logit) - top) / temperature >= threshold;
  });
  return {candidates.data, end - candidates.begin()};
}

// Step 9.
int32_t draw(Candidates candidates, const SamplingRow& row) {
  int32_t best = -1;
  double best_score = -std::numeric_limits<double>::infinity();
  int32_t block_token = -1;
  PhiloxBlock block = {};
  for (const Candidate& c : candidates) {
    if (c.token_id / 4 != block_token) {
      block_token = c.token_id / 4;
      block = sampling_block(row.seed, row.position, c.token_id);
    }
    const uint32_t word = block.word[c.token_id % 4];
    const double score = static_cast<double>(c.logit) / row.temperature;
    // v >= 2^-(leading zeros + 1) and e >= v bound -ln(e): most tokens cannot win and need no ln.
    const int zeros = word == 0 ? 32 : __builtin_clz(word);
    if (score + (zeros + 1.001) * kLn2 < best_score) continue;
    const double exponential = -std::log1p(-(static_cast<double>(word) + 0.5) / 4294967296.0);
    const double final_score = score - std::log(exponential);
    if (final_score > best_score || (final_score == best_score && c.token_id < best)) {
      best_score = final_score;
      best = c.token_id;
    }
  }
  return best;
}

int32_t sample(const SamplingRow& row, const float* logits, int64_t vocab_size,
               Candidate* scratch) {
  if (row.temperature < kGreedyTemperature) return argmax(logits, vocab_size);
  Candidates candidates = {scratch, 0};
  for (int64_t i = 0; i < vocab_size; ++i) {
    if (std::isfinite(logits[i])) scratch[candidates.size++] = {logits[i], static_cast<int32_t>(i)};
  }
  if (candidates.size == 0) return -1;
  candidates = keep_top_k(candidates, row.top_k);
  candidates = keep_top_p(candidates, row.temperature, row.top_p);
  candidates = keep_min_p(candidates, row.temperature, row.min_p);
  return draw(candidates, row);
}

}  // namespace

void sampling(const SamplingArgs& args, const CpuContext& context) {
  char* workspace = static_cast<char*>(args.workspace);
  const int64_t thread_bytes = sampling_workspace_bytes(1, args.vocab_size);
  context.pool->run(args.num_rows, [&](int64_t index, int thread) {
    const SamplingRow row = args.rows[index];
    float* logits = args.logits + row.logits_row * args.vocab_size;
    Candidate* scratch = reinterpret_cast<Candidate*>(workspace + thread * thread_bytes);
    float* raw = reinterpret_cast<float*>(scratch + args.vocab_size);
    const bool wants_logprobs = row.num_logprobs >= 0;
    if (wants_logprobs) std::copy(logits, logits + args.vocab_size, raw);

    adjust_logits(args, row, logits);
    const int32_t token_id = sample(row, logits, args.vocab_size, scratch);
    deliver_token(args, index, row.position, token_id);
    if (wants_logprobs) {
      write_logprobs(raw, args.vocab_size, token_id, row.num_logprobs,
                     args.logprob_ids + index * (1 + kMaxLogprobs),
                     args.logprobs + index * (1 + kMaxLogprobs));
    }
  });
}

int64_t sampling_workspace_bytes(int num_threads, int64_t vocab_size) {
  return num_threads * vocab_size * static_cast<int64_t>(sizeof(Candidate) + sizeof(float));
}

}  // namespace kernels::cpu
