// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/sampling_test.h"

#include <QtTest>
#include <cfloat>

#include "tests/kernels/random.h"
#include "tests/kernels/sampling_case.h"

using kernels::SamplingRow;

namespace {

void device_rows() {
  QTest::addColumn<int>("device");
  for (size_t device = 0; device < test_devices().size(); ++device)
    QTest::newRow(test_devices()[device]->name().c_str()) << static_cast<int>(device);
}

TestDevice& fetched_device() {
  QFETCH(int, device);
  return *test_devices()[static_cast<size_t>(device)];
}

std::vector<float> random_logits(Random* random, int64_t n, double scale) {
  std::vector<float> logits;
  for (const double value : random->normals(n, scale)) logits.push_back(static_cast<float>(value));
  return logits;
}

SamplingRow random_row(Random* random, int logits_row) {
  SamplingRow row;
  row.logits_row = logits_row;
  row.temperature = static_cast<float>(random->uniform(0.3, 2));
  if (random->integer(0, 1)) row.top_k = random->integer(1, 400);
  if (random->integer(0, 1)) row.top_p = static_cast<float>(random->uniform(0.05, 1));
  if (random->integer(0, 2) == 0) row.min_p = static_cast<float>(random->uniform(0, 0.3));
  row.seed = static_cast<uint64_t>(random->integer(0, 1 << 30)) << 32 | 7u;
  row.position = random->integer(0, 1 << 20);
  return row;
}

}  // namespace

// Known answers of the Random123 distribution.
void SamplingTest::philox_known_answers() {
  using kernels::PhiloxBlock;
  const auto check = [](PhiloxBlock counter, uint64_t key, PhiloxBlock want) {
    const PhiloxBlock got = kernels::philox4x32_10(counter, key);
    for (int i = 0; i < 4; ++i) QCOMPARE(got.word[i], want.word[i]);
  };
  check({{0, 0, 0, 0}}, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  check({{~0u, ~0u, ~0u, ~0u}}, ~0ull, {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  check({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822ull,
        {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

void SamplingTest::against_plain_reference_data() { device_rows(); }

// Random rows with everything set: the token must be the one of the float64 formulas. A draw whose
// two best scores nearly tie may differ by rounding; with these many digits it does not happen.
void SamplingTest::against_plain_reference() {
  TestDevice& device = fetched_device();
  Random random(11);
  for (const int64_t vocab_size : {1, 2, 7, 1000, 4096}) {
    SamplingCase input;
    input.vocab_size = vocab_size;
    const int num_rows = 40;
    input.logits = random_logits(&random, num_rows * vocab_size, 3);
    for (int i = 0; i < num_rows; ++i) {
      SamplingRow row = random_row(&random, num_rows - 1 - i);
      row.repetition_penalty = static_cast<float>(random.uniform(0.7, 1.5));
      row.presence_penalty = static_cast<float>(random.uniform(-2, 2));
      row.frequency_penalty = static_cast<float>(random.uniform(-2, 2));
      row.bias_begin = static_cast<int32_t>(input.biases.size());
      row.count_begin = static_cast<int32_t>(input.counts.size());
      for (int32_t token = 0; token < vocab_size; token += random.integer(1, 300)) {
        input.biases.push_back({token, static_cast<float>(random.uniform(-5, 5))});
        input.counts.push_back({token, random.integer(0, 3)});
      }
      row.bias_end = static_cast<int32_t>(input.biases.size());
      row.count_end = static_cast<int32_t>(input.counts.size());
      input.rows.push_back(row);
    }
    const SamplingResult result = run_sampling(device, input);
    QVERIFY(result.intact);
    for (size_t i = 0; i < input.rows.size(); ++i)
      QCOMPARE(result.tokens[i], expected_draw(input.rows[i], final_probabilities(input, i)));
  }
}

void SamplingTest::frequencies_follow_the_probabilities_data() { device_rows(); }

// Chi-squared over many positions of one seed: the draws have the distribution they should have.
void SamplingTest::frequencies_follow_the_probabilities() {
  TestDevice& device = fetched_device();
  Random random(12);
  const int num_draws = 20000;
  for (int trial = 0; trial < 4; ++trial) {
    SamplingCase input;
    input.vocab_size = 50;
    const std::vector<float> logits = random_logits(&random, input.vocab_size, 1.5);
    const SamplingRow base = random_row(&random, 0);
    for (int i = 0; i < num_draws; ++i) {
      input.logits.insert(input.logits.end(), logits.begin(), logits.end());
      input.rows.push_back(base);
      input.rows.back().logits_row = i;
      input.rows.back().top_k = trial % 2 ? 12 : 0;
      input.rows.back().position = i;
    }
    const std::vector<double> probabilities = final_probabilities(input, 0);
    std::vector<double> seen(probabilities.size(), 0);
    for (const int32_t token : run_sampling(device, input).tokens) {
      QVERIFY(token >= 0 && token < input.vocab_size);
      seen[static_cast<size_t>(token)] += 1;
    }
    double chi_squared = 0, pooled_seen = 0, pooled_want = 0;
    int degrees = -1;
    for (size_t i = 0; i < probabilities.size(); ++i) {
      const double want = probabilities[i] * num_draws;
      if (want == 0) QCOMPARE(seen[i], 0.0);
      if (want < 10) {
        pooled_seen += seen[i];
        pooled_want += want;
        continue;
      }
      chi_squared += (seen[i] - want) * (seen[i] - want) / want;
      ++degrees;
    }
    if (pooled_want >= 10) {
      chi_squared += (pooled_seen - pooled_want) * (pooled_seen - pooled_want) / pooled_want;
      ++degrees;
    }
    // Mean degrees, variance twice that: 6 standard deviations above is less than one in 10^6.
    QVERIFY2(chi_squared < degrees + 6 * std::sqrt(2.0 * std::max(degrees, 1)) + 20,
             qPrintable(QString("%1 with %2 degrees").arg(chi_squared).arg(degrees)));
  }
}

void SamplingTest::draws_do_not_depend_on_the_batch_data() { device_rows(); }

void SamplingTest::draws_do_not_depend_on_the_batch() {
  TestDevice& device = fetched_device();
  Random random(13);
  SamplingCase all;
  all.vocab_size = 3000;
  all.logits = random_logits(&random, 16 * all.vocab_size, 2);
  for (int i = 0; i < 16; ++i) all.rows.push_back(random_row(&random, i));
  const SamplingResult together = run_sampling(device, all);
  for (size_t i = 0; i < all.rows.size(); ++i) {
    SamplingCase one = all;
    one.rows = {all.rows[i]};
    QCOMPARE(run_sampling(device, one).tokens[0], together.tokens[i]);
  }
  // Another seed or another position is another draw, somewhere among 16.
  for (const bool other_seed : {true, false}) {
    SamplingCase changed = all;
    for (SamplingRow& row : changed.rows) {
      if (other_seed) {
        row.seed += 1;
      } else {
        row.position += 1;
      }
      row.top_k = 0;
      row.temperature = 2;
    }
    QVERIFY(run_sampling(device, changed).tokens != together.tokens);
  }
}

void SamplingTest::greedy_and_ties_data() { device_rows(); }

void SamplingTest::greedy_and_ties() {
  TestDevice& device = fetched_device();
  SamplingCase input;
  input.vocab_size = 5;
  input.logits = {1, 7, 3, 7, 7, /**/ 1, 2, 2, 0, 2, /**/ 4, 4, 4, 4, 4};
  input.rows.resize(3);
  input.rows[0].temperature = 0;
  input.rows[1].temperature = 0.7f;  // equals of the k-th stay: never 0 or 3
  input.rows[1].logits_row = 1;
  input.rows[1].top_k = 1;
  input.rows[2].temperature = 1;  // of five equals the lowest two reach 0.4
  input.rows[2].logits_row = 2;
  input.rows[2].top_p = 0.39f;
  for (int position = 0; position < 200; ++position) {
    for (SamplingRow& row : input.rows) row.position = position;
    const SamplingResult result = run_sampling(device, input);
    QCOMPARE(result.tokens[0], 1);
    QVERIFY(result.tokens[1] == 1 || result.tokens[1] == 2 || result.tokens[1] == 4);
    QVERIFY(result.tokens[2] == 0 || result.tokens[2] == 1);
  }
}

void SamplingTest::penalties_and_bias_data() { device_rows(); }

// Greedy, so that each formula shows in the winner: by hand, not by the reference.
void SamplingTest::penalties_and_bias() {
  TestDevice& device = fetched_device();
  const auto winner = [&](std::vector<float> logits, SamplingRow row,
                          std::vector<kernels::TokenBias> biases,
                          std::vector<kernels::TokenCount> counts) {
    SamplingCase input;
    input.vocab_size = static_cast<int64_t>(logits.size());
    input.logits = std::move(logits);
    row.temperature = 0;
    row.bias_end = static_cast<int32_t>(biases.size());
    row.count_end = static_cast<int32_t>(counts.size());
    input.rows = {row};
    input.biases = std::move(biases);
    input.counts = std::move(counts);
    return run_sampling(device, input).tokens[0];
  };
  SamplingRow row;
  QCOMPARE(winner({1, 2, 3}, row, {{0, 2.5f}}, {}), 0);
  QCOMPARE(winner({1, 2, 3}, row, {{2, -100}}, {}), 1);

  row.repetition_penalty = 2;  // positive logits are divided, negative ones multiplied
  QCOMPARE(winner({3, 2, 1}, row, {}, {{0, 0}}), 1);
  QCOMPARE(winner({-3, -2, -5}, row, {}, {{1, 0}}), 0);
  row.repetition_penalty = 0.5f;
  QCOMPARE(winner({3, 2, 1}, row, {}, {{1, 5}}), 1);
  row.repetition_penalty = 1e-30f;  // stays a number
  QCOMPARE(winner({3, 1e20f, 1}, row, {}, {{1, 0}}), 1);
  row.repetition_penalty = 1;

  row.presence_penalty = 1.5f;  // once, only for tokens of the output
  QCOMPARE(winner({3, 2, 1}, row, {}, {{0, 4}}), 1);
  QCOMPARE(winner({3, 2, 1}, row, {}, {{0, 0}}), 0);
  row.presence_penalty = 0;
  row.frequency_penalty = 0.6f;  // for each time
  QCOMPARE(winner({3, 2, 1}, row, {}, {{0, 1}}), 0);
  QCOMPARE(winner({3, 2, 1}, row, {}, {{0, 2}}), 1);

  // Bias comes before the penalty: (-1 + 4) / 2 = 1.5 < 2, while -1 * 2 + 4 would be 2 > 1.9.
  row = SamplingRow();
  row.repetition_penalty = 2;
  QCOMPARE(winner({-1, 1.9f}, row, {{0, 4}}, {{0, 0}}), 1);
}

void SamplingTest::logprobs_data() { device_rows(); }

void SamplingTest::logprobs() {
  TestDevice& device = fetched_device();
  Random random(14);
  SamplingCase input;
  input.vocab_size = 321;
  input.logits = random_logits(&random, 3 * input.vocab_size, 4);
  input.biases = {{5, 50}};  // changes the draw, not the logprobs
  for (int i = 0; i < 3; ++i) {
    SamplingRow row = random_row(&random, i);
    row.num_logprobs = std::vector<int>{20, 0, -1}[static_cast<size_t>(i)];
    if (i == 0) row.bias_end = 1;
    input.rows.push_back(row);
  }
  const SamplingResult result = run_sampling(device, input);
  QVERIFY(result.intact);
  QCOMPARE(result.tokens[0], 5);
  constexpr size_t kWidth = 1 + kernels::kMaxLogprobs;
  for (size_t i = 0; i < 2; ++i) {
    const float* logits = input.logits.data() + i * 321;
    double total = 0;
    for (size_t j = 0; j < 321; ++j) total += std::exp(static_cast<double>(logits[j]));
    std::vector<int32_t> order(321);
    for (int32_t j = 0; j < 321; ++j) order[static_cast<size_t>(j)] = j;
    std::sort(order.begin(), order.end(), [&](int a, int b) { return logits[a] > logits[b]; });
    order.insert(order.begin(), result.tokens[i]);
    for (size_t j = 0; j <= static_cast<size_t>(input.rows[i].num_logprobs); ++j) {
      QCOMPARE(result.logprob_ids[i * kWidth + j], order[j]);
      const double want = logits[order[j]] - std::log(total);
      QVERIFY(std::abs(result.logprobs[i * kWidth + j] - want) < 1e-4);
    }
  }
  // What was not asked for was not written: still poison.
  QCOMPARE(result.logprob_ids[kWidth + 1], -1);
  QVERIFY(std::isnan(result.logprobs[kWidth + 1]));
  QVERIFY(std::isnan(result.logprobs[2 * kWidth]));
}

void SamplingTest::every_way_to_draw_data() { device_rows(); }

// In two calls what a draw can meet: few candidates, more than are kept apart, all of the row;
// alone and with penalties and probabilities; rows that are no multiple of four long, equal logits.
void SamplingTest::every_way_to_draw() {
  TestDevice& device = fetched_device();
  Random random(15);
  for (const int64_t vocab_size : {2308, 2309}) {
    SamplingCase input;
    input.vocab_size = vocab_size;
    struct Way {
      float temperature;
      int top_k;
      float top_p, min_p;
      bool equal, adjusted;
    };
    constexpr Way kWays[] = {{0, 0, 1, 0, false, false},       {0.7f, 20, 1, 0, false, false},
                             {0.7f, 20, 0.8f, 0, true, false}, {1, 0, 0.5f, 0, false, false},
                             {1, 0, 0.95f, 0, true, false},    {1, 1500, 1, 0, false, false},
                             {2, 1500, 0.9f, 0, false, true},  {1, 0, 1, 0.01f, false, false},
                             {1, 40, 0.9f, 0.05f, false, true}};
    for (const Way& way : kWays) {
      SamplingRow row;
      row.logits_row = static_cast<int32_t>(input.rows.size());
      row.temperature = way.temperature;
      row.top_k = way.top_k;
      row.top_p = way.top_p;
      row.min_p = way.min_p;
      row.seed = 77;
      row.position = row.logits_row;
      std::vector<float> logits = random_logits(&random, vocab_size, 2);
      if (way.equal) std::fill(logits.begin() + 3, logits.end() - 2, 1.0f);
      input.logits.insert(input.logits.end(), logits.begin(), logits.end());
      row.bias_begin = static_cast<int32_t>(input.biases.size());
      row.count_begin = static_cast<int32_t>(input.counts.size());
      if (way.adjusted) {
        for (int32_t token = 0; token < vocab_size; token += 97) {
          input.biases.push_back({token, static_cast<float>(random.uniform(-5, 5))});
          input.counts.push_back({token, token % 3});
        }
        row.repetition_penalty = 1.1f;
        row.presence_penalty = 0.5f;
        row.num_logprobs = 2;
      }
      row.bias_end = static_cast<int32_t>(input.biases.size());
      row.count_end = static_cast<int32_t>(input.counts.size());
      input.rows.push_back(row);
    }
    const SamplingResult result = run_sampling(device, input);
    QVERIFY(result.intact);
    for (size_t i = 0; i < input.rows.size(); ++i) {
      if (input.rows[i].temperature == 0) {
        const auto first = input.logits.begin() + static_cast<int64_t>(i) * vocab_size;
        QCOMPARE(result.tokens[i], std::max_element(first, first + vocab_size) - first);
      } else {
        QCOMPARE(result.tokens[i], expected_draw(input.rows[i], final_probabilities(input, i)));
      }
    }
  }
}

void SamplingTest::tokens_make_the_next_batch_data() { device_rows(); }

// Draws by one block and by several, greedy and not, with and without logprobs: what was drawn is
// where the next step and the host look for it, and nothing else of the batch has changed.
void SamplingTest::tokens_make_the_next_batch() {
  TestDevice& device = fetched_device();
  Random random(19);
  SamplingCase input;
  input.vocab_size = 3000;
  const int num_rows = 9;
  input.logits = random_logits(&random, num_rows * input.vocab_size, 3);
  DecodeBatch before;
  for (int i = 0; i < num_rows; ++i) {
    SamplingRow row = random_row(&random, i);
    if (i % 3 == 0) row.temperature = 0;
    if (i % 4 == 1) row.num_logprobs = 2;
    input.rows.push_back(row);
    before.token_ids.push_back(random.integer(0, 2999));
    before.positions.push_back(static_cast<int32_t>(row.position) - 1);
    before.context_lens.push_back(static_cast<int32_t>(row.position));
    before.slot_mapping.push_back((int64_t{1} << 33) + i);
  }
  DecodeBatch after = before;
  const SamplingResult alone = run_sampling(device, input);
  const SamplingResult result = run_sampling(device, input, &after);
  QVERIFY(result.intact);
  QCOMPARE(result.tokens, alone.tokens);
  QCOMPARE(result.logprob_ids, alone.logprob_ids);
  QCOMPARE(after.token_ids, result.tokens);
  for (size_t i = 0; i < input.rows.size(); ++i) {
    const SamplingRow& row = input.rows[i];
    QCOMPARE(result.echo[static_cast<size_t>(row.position % 2 * num_rows) + i], result.tokens[i]);
    QCOMPARE(result.echo[static_cast<size_t>((row.position + 1) % 2 * num_rows) + i], -1);
    QCOMPARE(after.positions[i], before.positions[i] + 1);
    QCOMPARE(after.context_lens[i], before.context_lens[i] + 1);
    QCOMPARE(after.slot_mapping[i], before.slot_mapping[i] + 1);
    QCOMPARE(after.rows[i].position, row.position + 1);
    QCOMPARE(after.rows[i].seed, row.seed);
    QCOMPARE(after.rows[i].logits_row, row.logits_row);
    QCOMPARE(after.rows[i].temperature, row.temperature);
  }
}

void SamplingTest::rows_without_numbers_data() { device_rows(); }

void SamplingTest::rows_without_numbers() {
  TestDevice& device = fetched_device();
  SamplingCase input;
  input.vocab_size = 4;
  input.logits = {NAN, NAN, NAN, NAN, /**/ NAN, 1, -INFINITY, INFINITY};
  for (const float temperature : {0.0f, 1.0f}) {
    for (const int logits_row : {0, 1}) {
      SamplingRow row;
      row.temperature = temperature;
      row.logits_row = logits_row;
      row.top_k = 2;
      row.top_p = 0.9f;
      row.num_logprobs = 2;
      SamplingCase one = input;
      one.rows = {row};
      const SamplingResult result = run_sampling(device, one);
      QCOMPARE(result.tokens[0], logits_row == 0 ? -1 : 1);
      QCOMPARE(result.logprob_ids[1], logits_row == 0 ? -1 : 1);
      QCOMPARE(result.logprob_ids[2], -1);
    }
  }
}
