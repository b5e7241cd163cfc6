// SPDX-License-Identifier: Apache-2.0
// What the CPU kernels make of the machine, on the matrices of Qwen3-4B:
//   decode   one token: weights read per second, as a share of the measured read bandwidth
//   batch    8 tokens, the same: where one step serves 8 sequences
//   prefill  512 tokens: multiply-adds per second, as a share of the measured peak
//   attention over a long context, decode and prefill, against the same two limits
//
//   bench_cpu_kernels [--threads N] [--level portable|avx2|avx512] [--rounds N]
//                     [--only TEXT]   // those with TEXT in their names
//
// Limits and kernels are measured by turns and the best round of each counts, so that a machine
// that does something else at the same time disturbs all of them alike. Reads about 1.5 GB.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "engine/runner/host_buffer.h"
#include "kernels/attention.h"
#include "kernels/cpu/matmul.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"

namespace {

using kernels::CpuContext;
using kernels::CpuLevel;
using kernels::DType;
using kernels::ThreadPool;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// One figure: what it is a share of, and the best of all rounds.
struct Measurement {
  std::string name;
  double amount;  // bytes or operations of one call
  bool is_bandwidth;
  std::function<void()> work;
  double operations_per_byte = 0;  // where both limits are near; 0: not printed
  double best_seconds = 1e30;

  double rate() const { return amount / best_seconds / 1e9; }
};

uint64_t sum_words(const uint64_t* data, size_t count) {
  uint64_t sums[16] = {};
  for (size_t i = 0; i + 16 <= count; i += 16)
    for (size_t lane = 0; lane < 16; ++lane) sums[lane] += data[i + lane];
  uint64_t total = 0;
  for (const uint64_t part : sums) total += part;
  return total;
}

// Independent chains of fused multiply-adds in registers: the most that the units can do.
constexpr int kChains = 12;

#if defined(__x86_64__)
__attribute__((target("avx512f"))) float multiply_adds_512(int64_t count) {
  __m512 sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);
  for (int64_t n = 0; n < count; ++n) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sums[i] = _mm512_fmadd_ps(sums[i], a, b);
  }
  float out[16], total = 0;
  for (int i = 0; i < kChains; ++i) {
    std::memcpy(out, &sums[i], sizeof out);
    total += out[0];
  }
  return total;
}

__attribute__((target("avx2,fma"))) float multiply_adds_256(int64_t count) {
  __m256 sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);
  for (int64_t n = 0; n < count; ++n) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i) sums[i] = _mm256_fmadd_ps(sums[i], a, b);
  }
  float out[8], total = 0;
  for (int i = 0; i < kChains; ++i) {
    std::memcpy(out, &sums[i], sizeof out);
    total += out[0];
  }
  return total;
}
#endif

// Multiply and add of 4 lanes, what the portable level can hope for.
float multiply_adds_plain(int64_t count) {
  float sums[kChains][4];
  for (int i = 0; i < kChains; ++i) std::fill(sums[i], sums[i] + 4, static_cast<float>(i));
  for (int64_t n = 0; n < count; ++n) {
    for (int i = 0; i < kChains; ++i)
      for (float& sum : sums[i]) sum = sum * 0.999f + 0.001f;
  }
  float total = 0;
  for (int i = 0; i < kChains; ++i) total += sums[i][0];
  return total;
}

struct Peak {
  float (*run)(int64_t);
  int lanes;
};

Peak peak_of(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::Avx512) return {multiply_adds_512, 16};
  if (level == CpuLevel::Avx2) return {multiply_adds_256, 8};
#endif
  (void)level;
  return {multiply_adds_plain, 4};
}

struct Matrix {
  const char* name;
  int64_t rows, cols;
};
constexpr Matrix kMatrices[] = {{"qkv", 6144, 2560},
                                {"o_proj", 2560, 4096},
                                {"gate_up", 19456, 2560},
                                {"down_proj", 2560, 9728},
                                {"lm_head", 151936, 2560}};
constexpr int64_t kPrefillTokens = 512;
constexpr int64_t kBatchTokens = 8;

// Everything that is measured, over one set of buffers.
class Bench {
 public:
  Bench(const CpuContext& context, const std::string& only)
      : context_(context),
        buffer_(kWeightWords * sizeof(uint64_t), "benchmark"),
        weights_(reinterpret_cast<uint64_t*>(buffer_.data())),
        x_(static_cast<size_t>(kPrefillTokens * 9728), 0.01f),
        y_(static_cast<size_t>(kPrefillTokens * 19456)),
        sink_(static_cast<size_t>(context.pool->num_threads())) {
    // Small finite bf16 numbers; written by the threads that read them.
    context_.pool->run(static_cast<int64_t>(kWeightWords / kPieceWords), [&](int64_t piece, int) {
      uint64_t* words = weights_ + static_cast<size_t>(piece) * kPieceWords;
      for (size_t i = 0; i < kPieceWords; ++i) words[i] = 0x3c003c0abc053c01ull;
    });
    add_limits();
    add_matrices();
    add_attention();
    std::erase_if(measurements_, [&](const Measurement& m) {
      return !m.name.empty() && m.name.find(only) == std::string::npos;
    });
  }

  void round() {
    for (Measurement& m : measurements_)
      m.best_seconds = std::min(m.best_seconds, seconds_of(m.work));
  }

  void print() const {
    const double bandwidth = measurements_[0].rate(), peak = measurements_[1].rate();
    std::printf("%-34s %9.1f GB/s\n", "memory read", bandwidth);
    std::printf("%-34s %9.1f GFLOP/s\n", "fused multiply-add peak", peak);
    for (size_t i = 2; i < measurements_.size(); ++i) {
      const Measurement& m = measurements_[i];
      const double limit = m.is_bandwidth ? bandwidth : peak;
      std::printf("%-34s %9.1f %-8s %5.1f %%", m.name.c_str(), m.rate(),
                  m.is_bandwidth ? "GB/s" : "GFLOP/s", 100 * m.rate() / limit);
      if (m.operations_per_byte > 0)
        std::printf("  (%.1f %% of the peak)", 100 * m.rate() * m.operations_per_byte / peak);
      std::printf("\n");
    }
  }

 private:
  static constexpr size_t kPieceWords = 1 << 17;              // 1 MiB
  static constexpr size_t kWeightWords = kPieceWords * 1024;  // 1 GiB, far above every cache

  void add_limits() {
    measurements_.push_back(
        {"", static_cast<double>(kWeightWords * sizeof(uint64_t)), true, [this] {
           context_.pool->run(
               static_cast<int64_t>(kWeightWords / kPieceWords), [&](int64_t piece, int thread) {
                 sink_[static_cast<size_t>(thread)] +=
                     sum_words(weights_ + static_cast<size_t>(piece) * kPieceWords, kPieceWords);
               });
         }});
    const int64_t tasks = 64 * context_.pool->num_threads(), count = 50000;
    const Peak peak = peak_of(context_.level);
    const double operations = static_cast<double>(tasks * count) * kChains * peak.lanes * 2;
    measurements_.push_back({"", operations, false, [this, peak, tasks] {
                               context_.pool->run(tasks, [&](int64_t, int thread) {
                                 sink_[static_cast<size_t>(thread)] +=
                                     static_cast<uint64_t>(peak.run(count));
                               });
                             }});
  }

  // Copies of each matrix one after another through the whole buffer: never twice the same bytes
  // before everything else was read.
  void add_matrices() {
    for (const Matrix& matrix : kMatrices) {
      const int64_t bytes = matrix.rows * matrix.cols * 2;
      const int64_t copies = static_cast<int64_t>(kWeightWords * sizeof(uint64_t)) / bytes;
      measurements_.push_back({std::string("decode, ") + matrix.name,
                               static_cast<double>(bytes * copies), true, [=, this] {
                                 for (int64_t copy = 0; copy < copies; ++copy)
                                   multiply(matrix, copy * bytes, 1);
                               }});
    }
    for (const Matrix& matrix : kMatrices) add_batch(matrix);
    for (const Matrix& matrix : kMatrices) {
      if (matrix.rows > 20000) continue;
      const double operations =
          2.0 * static_cast<double>(matrix.rows * matrix.cols * kPrefillTokens);
      measurements_.push_back({std::string("prefill 512, ") + matrix.name, operations, false,
                               [=, this] { multiply(matrix, 0, kPrefillTokens); }});
    }
  }

  // A step of kBatchTokens sequences reads the weights once, as one of a single sequence does.
  void add_batch(const Matrix& matrix) {
    const int64_t bytes = matrix.rows * matrix.cols * 2;
    const int64_t copies = std::min<int64_t>(4, static_cast<int64_t>(kWeightWords * 8) / bytes);
    measurements_.push_back({"batch of 8, " + std::string(matrix.name),
                             static_cast<double>(bytes * copies), true,
                             [=, this] {
                               for (int64_t copy = 0; copy < copies; ++copy)
                                 multiply(matrix, copy * bytes, kBatchTokens);
                             },
                             static_cast<double>(kBatchTokens)});
  }

  void multiply(const Matrix& matrix, int64_t offset, int64_t num_tokens) {
    const char* data = reinterpret_cast<const char*>(weights_) + offset;
    kernels::cpu::matmul({y_.data(),
                          x_.data(),
                          {data, matrix.rows, matrix.cols, DType::BF16},
                          num_tokens,
                          kernels::cpu::Finish::Store},
                         context_);
  }

  // 32 heads (Qwen3-4B) or 16 (1.7B), 8 key/value heads of 128, contexts of 8,192; the cache lies
  // in the weights' buffer.
  void add_attention() {
    kernels::KvCacheShape shape{kContext / 16, 4, 8, 16, 128, DType::F32};
    const double bytes = static_cast<double>(kContext) * 8 * 128 * 2 * 4;
    for (const int num_heads : {32, 16}) {
      measurements_.push_back({"attention, decode at 8192, " + std::to_string(num_heads) + " heads",
                               bytes * 4, true, [=, this] {
                                 for (int64_t layer = 0; layer < 4; ++layer)
                                   attend(shape, layer, num_heads, 1);
                               }});
    }
    const double pairs = 512.0 * (kContext - 256);
    measurements_.push_back({"attention, prefill 512 at 8192", pairs * 32 * 128 * 2 * 2, false,
                             [=, this] { attend(shape, 0, 32, 512); }});
  }

  void attend(const kernels::KvCacheShape& shape, int64_t layer, int num_heads,
              int64_t num_tokens) {
    std::vector<int64_t> slots;
    std::vector<int32_t> table, cu_seqlens = {0, static_cast<int32_t>(num_tokens)};
    const int32_t context = kContext;
    for (int64_t i = kContext - num_tokens; i < kContext; ++i) slots.push_back(i);
    for (int32_t i = 0; i < kContext / 16; ++i) table.push_back(i);
    std::vector<char> workspace(static_cast<size_t>(kernels::cpu::attention_workspace_bytes(
        kContext, num_heads, 128, context_.pool->num_threads())));
    kernels::AttentionArgs args;
    args.out = y_.data();
    args.qkv = x_.data();
    args.cos_sin = y_.data() + 4096 * 512;
    args.cache = kernels::kv_cache_layer(weights_, shape, layer);
    args.batch = {slots.data(),  cu_seqlens.data(), &context, table.data(),
                  kContext / 16, num_tokens,        1};
    args.num_heads = num_heads;
    args.num_kv_heads = 8;
    args.head_dim = 128;
    args.scale = 0.088f;
    args.workspace = workspace.data();
    args.workspace_bytes = static_cast<int64_t>(workspace.size());
    kernels::cpu::attention(args, context_);
  }

  static constexpr int32_t kContext = 8192;
  const CpuContext context_;
  engine::HostBuffer buffer_;  // large pages, as the runner's weights and cache have
  uint64_t* const weights_;
  std::vector<float> x_, y_;
  std::vector<uint64_t> sink_;
  std::vector<Measurement> measurements_;
};

int usage() {
  std::fprintf(stderr,
               "usage: bench_cpu_kernels [--threads N] [--level portable|avx2|avx512] [--rounds N] "
               "[--only TEXT]\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency())), rounds = 7;
  CpuLevel level = kernels::best_cpu_level();
  std::string only;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i];
    if (i + 1 == argc) return usage();
    if (option == "--threads") {
      threads = std::atoi(argv[i + 1]);
    } else if (option == "--rounds") {
      rounds = std::atoi(argv[i + 1]);
    } else if (option == "--only") {
      only = argv[i + 1];
    } else if (option != "--level" || !kernels::parse_cpu_level(argv[i + 1], &level)) {
      return usage();
    }
  }
  if (threads < 1 || rounds < 1 || level > kernels::best_cpu_level()) return usage();
  ThreadPool pool(threads);
  Bench bench({&pool, level}, only);
  for (int i = 0; i < rounds; ++i) bench.round();
  std::printf("%d threads, %s, best of %d rounds\n", threads, kernels::cpu_level_name(level),
              rounds);
  bench.print();
}
