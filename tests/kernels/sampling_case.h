// SPDX-License-Identifier: Apache-2.0
// Running kernels/sampling.h on a device, and its steps once more in float64 with full sorts.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/philox.h"
#include "kernels/sampling.h"
#include "tests/kernels/arrays.h"

struct SamplingCase {
  std::vector<float> logits;  // [rows, vocab_size]
  int64_t vocab_size = 0;
  std::vector<kernels::SamplingRow> rows;
  std::vector<kernels::TokenBias> biases;
  std::vector<kernels::TokenCount> counts;
};

// A decode batch of as many sequences as draws, before them or after.
struct DecodeBatch {
  std::vector<int32_t> token_ids, positions, context_lens;
  std::vector<int64_t> slot_mapping;
  std::vector<kernels::SamplingRow> rows;
};

struct SamplingResult {
  std::vector<int32_t> tokens, echo, logprob_ids;
  std::vector<float> logprobs;
  bool intact = true;
};

// batch: becomes the next one. Null: none is made, nor an echo.
inline SamplingResult run_sampling(TestDevice& device, const SamplingCase& input,
                                   DecodeBatch* batch = nullptr) {
  const int64_t num_rows = static_cast<int64_t>(input.rows.size());
  const int64_t width = 1 + kernels::kMaxLogprobs;
  const DeviceArray logits(device, input.logits), rows(device, input.rows);
  const DeviceArray biases(device, input.biases), counts(device, input.counts);
  const DeviceArray tokens(device, num_rows * 4);
  const DeviceArray ids(device, num_rows * width * 4), logprobs(device, num_rows * width * 4);
  const DeviceArray workspace(device, device.sampling_workspace_bytes(num_rows, input.vocab_size));
  kernels::SamplingArgs args;
  args.token_ids = tokens.as<int32_t>();
  args.logprob_ids = ids.as<int32_t>();
  args.logprobs = logprobs.as<float>();
  args.logits = logits.as<float>();
  args.rows = rows.as<kernels::SamplingRow>();
  args.biases = biases.as<kernels::TokenBias>();
  args.counts = counts.as<kernels::TokenCount>();
  args.workspace = workspace.data();
  args.num_rows = num_rows;
  args.vocab_size = input.vocab_size;
  const DecodeBatch before = batch ? *batch : DecodeBatch();
  const DeviceArray token_ids(device, before.token_ids), positions(device, before.positions);
  const DeviceArray contexts(device, before.context_lens), places(device, before.slot_mapping);
  const DeviceArray echo(device, batch ? 2 * num_rows * 4 : 0);
  if (batch) {
    args.echo = echo.as<int32_t>();
    args.next = {token_ids.as<int32_t>(), positions.as<int32_t>(), contexts.as<int32_t>(),
                 places.as<int64_t>(), rows.as<kernels::SamplingRow>()};
  }
  device.sampling(args);
  SamplingResult result;
  if (batch) {
    *batch = {token_ids.read<int32_t>(), positions.read<int32_t>(), contexts.read<int32_t>(),
              places.read<int64_t>(), rows.read<kernels::SamplingRow>()};
    result.echo = echo.read<int32_t>();
  }
  result.tokens = tokens.read<int32_t>();
  result.logprob_ids = ids.read<int32_t>();
  result.logprobs = logprobs.read<float>();
  result.intact = logits.guards_intact() && tokens.guards_intact() && ids.guards_intact() &&
                  logprobs.guards_intact() && workspace.guards_intact() &&
                  token_ids.guards_intact() && positions.guards_intact() &&
                  contexts.guards_intact() && places.guards_intact() && echo.guards_intact() &&
                  rows.guards_intact();
  return result;
}

// Logits of one row after bias and penalties.
inline std::vector<double> adjusted_logits(const SamplingCase& input, size_t index) {
  const kernels::SamplingRow& row = input.rows[index];
  const auto begin = input.logits.begin() + row.logits_row * input.vocab_size;
  std::vector<double> logits(begin, begin + input.vocab_size);
  for (int i = row.bias_begin; i < row.bias_end; ++i) {
    const kernels::TokenBias& bias = input.biases[static_cast<size_t>(i)];
    logits[static_cast<size_t>(bias.token_id)] += bias.bias;
  }
  for (int i = row.count_begin; i < row.count_end; ++i) {
    const kernels::TokenCount& count = input.counts[static_cast<size_t>(i)];
    double& logit = logits[static_cast<size_t>(count.token_id)];
    logit = logit > 0 ? logit / row.repetition_penalty : logit * row.repetition_penalty;
    if (count.output_count > 0)
      logit -= row.frequency_penalty * count.output_count + row.presence_penalty;
  }
  return logits;
}

// Probabilities the draw is made from: temperature, top-k, top-p, min-p, normalised.
inline std::vector<double> final_probabilities(const SamplingCase& input, size_t index) {
  const kernels::SamplingRow& row = input.rows[index];
  const std::vector<double> logits = adjusted_logits(input, index);
  const size_t n = logits.size();
  std::vector<size_t> order(n);
  for (size_t i = 0; i < n; ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return logits[a] > logits[b]; });
  std::vector<double> probabilities(n, 0.0);
  size_t kept = n;
  if (row.top_k > 0 && static_cast<size_t>(row.top_k) < n) {
    kept = static_cast<size_t>(row.top_k);
    while (kept < n && logits[order[kept]] == logits[order[kept - 1]]) ++kept;
  }
  const auto normalise = [&] {
    double total = 0;
    for (size_t i = 0; i < kept; ++i)
      total += probabilities[order[i]] =
          std::exp((logits[order[i]] - logits[order[0]]) / row.temperature);
    for (size_t i = 0; i < n; ++i) {
      if (i < kept) {
        probabilities[order[i]] /= total;
      } else {
        probabilities[order[i]] = 0;
      }
    }
  };
  normalise();
  if (row.top_p < 1) {
    double sum = 0;
    size_t needed = 0;
    while (needed < kept && sum < row.top_p) sum += probabilities[order[needed++]];
    kept = needed;
    normalise();
  }
  const double largest = probabilities[order[0]];
  while (kept > 1 && probabilities[order[kept - 1]] < row.min_p * largest) --kept;
  normalise();
  return probabilities;
}

// The token that the formula of step 9 picks among those with a probability.
inline int32_t expected_draw(const kernels::SamplingRow& row,
                             const std::vector<double>& probabilities) {
  int32_t best = -1;
  double best_score = -HUGE_VAL;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] == 0) continue;
    const int32_t token = static_cast<int32_t>(i);
    const uint32_t word = kernels::sampling_block(row.seed, row.position, token).word[token % 4];
    const double exponential = -std::log1p(-(word + 0.5) / 4294967296.0);
    const double score = std::log(probabilities[i]) - std::log(exponential);
    if (score > best_score) {
      best_score = score;
      best = token;
    }
  }
  return best;
}
