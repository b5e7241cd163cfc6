// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/bench_suite.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

// What is measured, in tokens.
struct Plan {
  std::vector<int> prompts, sequences;
  double row_seconds = 0;  // a row that needs more is left out
};
constexpr int kShortPrompt = 512, kFirstPrompt = 128;
constexpr int kMaxAnswer = 128, kMinAnswer = 8, kDeepAnswer = 64;
constexpr int kDocument = 32768, kQuestion = 64;
constexpr int kOthers = 8;
constexpr int kRepeats = 5;
// Below this depth an answer says nothing about depth.
constexpr int kDeep = 8192;
// What a device reaches of its limits, roughly: for guesses of how long something takes.
constexpr double kTypicalShare = 0.5;

Plan plan_of(bool full) {
  if (full) return {{128, 512, 2048, 8192, 32768, 131072, 261120}, {1, 2, 4, 8, 16, 32}, 180};
  return {{128, 512, 2048, 8192, 32768}, {1, 8, 32}, 12};
}

std::string milliseconds(double seconds) {
  char text[40];
  std::snprintf(text, sizeof text, seconds < 10 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
  return text;
}

class Suite {
 public:
  Suite(BenchLoad& load, const LoadLimits& limits, bool full, bool quiet)
      : load_(load), limits_(limits), plan_(plan_of(full)), quiet_(quiet) {}

  json run() {
    measure_prompts();
    measure_sequences();
    measure_cached_document();
    measure_interruption();
    return {{"prefill", prefill_},
            {"decode", decode_},
            {"cached_document", cached_},
            {"interruption", interruption_},
            {"left_out", left_out_}};
  }

 private:
  // Whether a row fits the context, the cache and the time; names it when it does not.
  bool allowed(const std::string& name, int sequences, int tokens, double seconds) {
    const EngineConfig& config = load_.engine().config();
    const int64_t slots =
        int64_t{load_.engine().stats().kv_blocks_total} * load_.engine().config().block_size;
    std::string reason;
    if (tokens > config.max_model_len)
      reason = "the context holds " + grouped(config.max_model_len) + " tokens";
    else if (int64_t{sequences} * (tokens + config.block_size) > slots)
      reason = "the cache holds " + grouped(slots) + " tokens";
    else if (sequences > config.max_num_seqs)
      reason = "max_num_seqs is " + std::to_string(config.max_num_seqs);
    else if (seconds > plan_.row_seconds)
      reason = "about " + std::to_string(static_cast<int>(seconds)) + " s";
    if (reason.empty()) return true;
    left_out_.push_back(name + ": " + reason);
    print("left out: " + name + " (" + reason + ")");
    return false;
  }

  void print(const std::string& line) {
    if (!quiet_) write_text(stdout, line + "\n");
  }
  void print_rate(const std::string& what, double seconds, double rate, double limit_seconds) {
    char text[160];
    std::snprintf(
        text, sizeof text, "%-46s %12s %10s tok/s  %4.0f %% of %s", what.c_str(),
        milliseconds(seconds).c_str(), grouped(static_cast<int64_t>(rate + 0.5)).c_str(),
        100 * limit_seconds / seconds,
        limit_seconds > 0
            ? (grouped(static_cast<int64_t>(rate * seconds / limit_seconds + 0.5))).c_str()
            : "?");
    print(text);
  }

  double guess(double limit_seconds) const { return limit_seconds / kTypicalShare; }

  // So many tokens that they take a second or two, within bounds.
  int answer_tokens(double step_seconds, int most) const {
    if (step_seconds <= 0) return most;
    return std::clamp(static_cast<int>(plan_.row_seconds / 4 / step_seconds), kMinAnswer, most);
  }

  void measure_prompts() {
    print("a prompt, to its first token");
    for (const int tokens : plan_.prompts) {
      const double least = limits_.prefill_seconds(tokens), expected = guess(least);
      const std::string name = "a prompt of " + grouped(tokens) + " tokens";
      if (!allowed(name, 1, tokens + kDeepAnswer, expected)) continue;
      const int repeats =
          std::clamp(static_cast<int>(plan_.row_seconds / 2 / (expected + 1e-9)), 1, kRepeats);
      const bool deep = tokens >= kDeep;
      const int answer =
          deep ? answer_tokens(guess(limits_.decode_seconds(1, tokens)), kDeepAnswer) : 2;
      std::vector<double> seconds, rates;
      for (int i = 0; i < repeats; ++i) {
        const LoadResult result = load_.run(1, tokens, answer);
        seconds.push_back(result.last[0].timings.ttft_ms / 1e3);
        rates.push_back(result.decode_tokens_per_s());
      }
      const double median = percentile(seconds, 0.5);
      prefill_.push_back({{"tokens", tokens},
                          {"ttft_ms", median * 1e3},
                          {"tokens_per_s", tokens / median},
                          {"limit_ms", least * 1e3},
                          {"repeats", repeats}});
      print_rate("  " + grouped(tokens) + " tokens", median, tokens / median, least);
      if (deep) deep_.push_back({tokens, answer, percentile(rates, 0.5)});
    }
  }

  void add_decode(int sequences, int context, double rate) {
    const double least = limits_.decode_seconds(sequences, context), step = sequences / rate;
    decode_.push_back({{"sequences", sequences},
                       {"context", context},
                       {"step_ms", step * 1e3},
                       {"tokens_per_s", rate},
                       {"limit_ms", least * 1e3}});
    print_rate("  " + counted(static_cast<size_t>(sequences), "sequence") + " at " +
                   grouped(context) + " tokens",
               step, rate, least);
  }

  void measure_decode(int sequences, int prompt) {
    const double step = guess(limits_.decode_seconds(sequences, prompt));
    const int answer = answer_tokens(step, kMaxAnswer);
    const double expected = guess(limits_.prefill_seconds(prompt)) * sequences + step * answer;
    const std::string name = "answers of " + counted(static_cast<size_t>(sequences), "sequence") +
                             " at " + grouped(prompt) + " tokens";
    if (!allowed(name, sequences, prompt + answer, expected)) return;
    const LoadResult result = load_.run(sequences, prompt, answer);
    add_decode(sequences, prompt + answer / 2, result.decode_tokens_per_s());
  }

  void measure_sequences() {
    print("answers, a step (one token of each sequence)");
    measure_decode(1, 1);
    for (const int sequences : plan_.sequences)
      measure_decode(sequences, sequences == 1 ? kFirstPrompt : kShortPrompt);
    for (const Deep& deep : deep_) add_decode(1, deep.tokens + deep.answer / 2, deep.rate);
  }

  // The longest prompt of the plan up to a document's length that was measured.
  int document_tokens() const {
    int tokens = 0;
    for (const json& row : prefill_) {
      const int of_row = row["tokens"].get<int>();
      if (of_row <= kDocument) tokens = std::max(tokens, of_row);
    }
    return tokens;
  }

  void measure_cached_document() {
    const int document = document_tokens();
    if (document <= kQuestion || !load_.engine().config().enable_prefix_caching) return;
    const std::vector<int32_t> text = load_.random_tokens(document - kQuestion);
    std::vector<double> seconds;
    double cold = 0;
    int computed = 0;
    for (int i = 0; i <= kRepeats; ++i) {
      std::vector<int32_t> prompt = text;
      const std::vector<int32_t> question = load_.random_tokens(kQuestion);
      prompt.insert(prompt.end(), question.begin(), question.end());
      std::vector<TokenRequest> one;
      one.push_back(BenchLoad::request(std::move(prompt), 2));
      const RequestOutput last = load_.run(std::move(one)).last[0];
      (i == 0 ? cold : seconds.emplace_back()) = last.timings.ttft_ms / 1e3;
      computed = last.usage.prompt_tokens - last.usage.cached_tokens;
    }
    const double median = percentile(seconds, 0.5);
    const double least = limits_.prefill_seconds(document, document - computed);
    cached_ = {{"document_tokens", document}, {"computed_tokens", computed},
               {"ttft_ms", median * 1e3},     {"cold_ttft_ms", cold * 1e3},
               {"limit_ms", least * 1e3},     {"repeats", kRepeats}};
    print("a new question on a cached document");
    print("  " + grouped(document) + " tokens, " + grouped(computed) +
          " computed: first token after " + milliseconds(median) + " (cold " + milliseconds(cold) +
          ", limit " + milliseconds(least) + ")");
  }

  // Times between the tokens of sequences that are being answered.
  struct Watch {
    std::vector<std::optional<Clock::time_point>> last;
    std::vector<double> gaps;
    void saw(size_t sequence) {
      const auto now = Clock::now();
      if (last[sequence])
        gaps.push_back(std::chrono::duration<double>(now - *last[sequence]).count());
      last[sequence] = now;
    }
  };

  void measure_interruption() {
    const int prompt = document_tokens();
    const int others = std::min(kOthers, load_.engine().config().max_num_seqs - 1);
    if (prompt <= kShortPrompt || others < 1 ||
        !allowed("a long prompt among others", others, 2 * kShortPrompt,
                 guess(limits_.prefill_seconds(prompt))))
      return;
    Engine& engine = load_.engine();
    Watch watch;
    watch.last.resize(static_cast<size_t>(others));
    std::vector<uint64_t> ids;
    for (size_t i = 0; i < watch.last.size(); ++i) {
      // Longer than needed: they are still being answered when the prompt has been read.
      const int room = engine.config().max_model_len - kShortPrompt;
      ids.push_back(engine.submit(
          BenchLoad::request(load_.random_tokens(kShortPrompt), std::min(room, 1 << 16)),
          [&watch, i](const RequestOutput& piece) {
            if (!piece.token_ids.empty()) watch.saw(i);
          }));
    }
    const auto step_until = [&](const auto& done) {
      while (!done()) {
        if (interrupted()) throw Error(ErrorCode::Cancelled, "the benchmark was stopped");
        engine.step();
      }
    };
    step_until([&] {
      return std::ranges::all_of(watch.last, [](const auto& t) { return t.has_value(); });
    });
    watch.gaps.clear();
    const size_t enough = watch.last.size() * 16;
    step_until([&] { return watch.gaps.size() >= enough; });
    const double alone = percentile(watch.gaps, 0.5);
    watch.gaps.clear();
    bool read = false;
    engine.submit(BenchLoad::request(load_.random_tokens(prompt), 1),
                  [&read](const RequestOutput& piece) { read = piece.finished(); });
    step_until([&] { return read; });
    for (const uint64_t id : ids) engine.abort(id);
    if (watch.gaps.empty()) return;
    const double slowest = percentile(watch.gaps, 1), median = percentile(watch.gaps, 0.5);
    const double least = limits_.decode_seconds(others, kShortPrompt);
    interruption_ = {{"prompt_tokens", prompt},     {"sequences", others},
                     {"slowest_ms", slowest * 1e3}, {"median_ms", median * 1e3},
                     {"alone_ms", alone * 1e3},     {"limit_ms", least * 1e3}};
    print("a prompt of " + grouped(prompt) + " tokens while " +
          counted(static_cast<size_t>(others), "sequence") + " are answered");
    print("  slowest token " + milliseconds(slowest) + ", median " + milliseconds(median) +
          " (without it " + milliseconds(alone) + ", limit " + milliseconds(least) + ")");
  }

  struct Deep {
    int tokens, answer;
    double rate;
  };

  BenchLoad& load_;
  const LoadLimits& limits_;
  const Plan plan_;
  const bool quiet_;
  std::vector<Deep> deep_;
  json prefill_ = json::array(), decode_ = json::array(), left_out_ = json::array();
  json cached_, interruption_;
};

}  // namespace

nlohmann::json run_suite(BenchLoad& load, const LoadLimits& limits, bool full, bool quiet) {
  load.run(1, kFirstPrompt, kMinAnswer);
  return Suite(load, limits, full, quiet).run();
}

}  // namespace engine::cli
