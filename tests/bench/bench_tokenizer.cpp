// SPDX-License-Identifier: Apache-2.0
// Time of the tokenizer on megabytes that are hard for tokenizers, and on ordinary text; the time
// of twice as much tells whether it grows linearly.
//   bench_tokenizer [TOKENIZER.JSON] [MEGABYTES]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/text/tokenizer.h"

namespace {

struct Case {
  const char* name;
  std::string unit;
};

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string repeated(const std::string& unit, size_t bytes) {
  std::string text;
  text.reserve(bytes);
  while (text.size() + unit.size() <= bytes) text += unit;
  return text;
}

// Best of three: other work on the machine only ever makes it slower.
double encode_seconds(const engine::Tokenizer& tokenizer, const std::string& text,
                      size_t* num_tokens) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i)
    best = std::min(best, seconds_of([&] { *num_tokens = tokenizer.encode(text, true).size(); }));
  return best;
}

int run(const std::string& file, size_t bytes) {
  std::unique_ptr<const engine::Tokenizer> tokenizer;
  const double load = seconds_of([&] { tokenizer = engine::Tokenizer::load(file); });
  std::printf("%s: %d tokens, loaded in %.3f s\n", file.c_str(), tokenizer->size(), load);
  std::printf("%-24s %10s %10s %10s %7s %9s\n", "text", "bytes", "tokens", "seconds", "x2", "MB/s");
  const std::vector<Case> cases{
      {"one letter", "a"},
      {"spaces", " "},
      {"line ends", "\n"},
      {"digits", "7"},
      {"equals signs", "="},
      {"emoji", "\U0001f600"},
      {"family emoji", "\U0001f469\u200d\U0001f469\u200d\U0001f467"},
      {"one combining mark", "\u0301"},
      {"marks out of order", "\u0345\u0334\u0316\u0301"},
      {"letters with marks", "e\u0301"},
      {"Hangul letters", "\u1112\u1161\u11ab"},
      {"one Han character", "\u597d"},
      {"apostrophes", "'"},
      {"added tokens", "<|im_start|>"},
      {"almost added tokens", "<|im_start|"},
      {"English", "It is a truth universally acknowledged, that 42 models aren't enough.\n"},
      {"Chinese", "\u4f60\u597d\uff0c\u4e16\u754c\uff01\u8fd9\u662f\u4e00\u4e2a\u6d4b\u8bd5\u3002"},
      {"code", "for (int i = 0; i < n; ++i) {\n    sum += values[i] * 2;\n}\n"},
  };
  for (const Case& c : cases) {
    const std::string text = repeated(c.unit, bytes), twice = repeated(c.unit, 2 * bytes);
    size_t num_tokens = 0, num_tokens_twice = 0;
    const double once = encode_seconds(*tokenizer, text, &num_tokens);
    const double longer = encode_seconds(*tokenizer, twice, &num_tokens_twice);
    std::printf("%-24s %10zu %10zu %10.3f %7.2f %9.1f\n", c.name, text.size(), num_tokens, once,
                longer / once, static_cast<double>(text.size()) / once / 1e6);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string file = argc > 1 ? argv[1] : FIRESIDE_TEST_DATA "/tiny-qwen3/tokenizer.json";
    const double megabytes = argc > 2 ? std::atof(argv[2]) : 1;
    return run(file, static_cast<size_t>(std::max(megabytes, 0.001) * (1 << 20)));
  } catch (const engine::Error& error) {
    std::fprintf(stderr, "bench_tokenizer: %s\n", error.what());
    return 1;
  }
}
