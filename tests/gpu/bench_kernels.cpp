// SPDX-License-Identifier: Apache-2.0
// Each op of a decoder layer alone: a CUDA graph of 36 dependent launches, each with weights of its
// own so that they come from memory, in Qwen3-4B's shapes. Microseconds a launch and bytes (or
// operations) a second; "layer" is the five ops of a layer in a row, where kernels overlap as in a
// whole model.
//   bench_kernels [--layer] [--attention] [--prefill] [--sampling] [--e4m3] [--products]
//                 [tokens ...]
// --e4m3: attention over a cache of eight bits. --products: cuBLASLt's first proposal for the
// products of a layer beside the algorithm that measuring chooses, for many tokens. Without
// arguments everything but that, with 1 2 4 8 16 32 64 tokens. FIRESIDE_CUDA_FOURS: how many
// clusters of four blocks to believe in; FIRESIDE_CUDA_PDL=0: kernels do not overlap.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "kernels/attention.h"
#include "kernels/cuda/matmul_tuner.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"
#include "kernels/sampling.h"
#include "tests/gpu/kernel_clock.h"

namespace {

using engine::check_cuda;
using engine::device_bytes;
using engine::DeviceBytes;
using kernels::WeightMatrix;

constexpr int kLayers = 36;
constexpr int64_t kHidden = 2560, kFfn = 9728, kHeads = 32, kKvHeads = 8, kHeadDim = 128;
constexpr int64_t kVocab = 151936, kMaxTokens = 64;

class Bench : public KernelClock {
 public:
  kernels::DType cache_dtype = kernels::DType::BF16;  // of attention

  kernels::NormQkvArgs qkv_args(int tokens) const {
    kernels::NormQkvArgs args;
    args.qkv = activation(0);
    args.hidden = activation(1);
    args.norm_weight = reinterpret_cast<const float*>(activation(2));
    args.workspace = activation(3);
    args.num_tokens = tokens;
    args.dtype = kernels::DType::BF16;
    return args;
  }
  kernels::LinearResidualArgs residual_args(int tokens) const {
    kernels::LinearResidualArgs args;
    args.hidden = activation(1);
    args.x = activation(4);
    args.num_tokens = tokens;
    args.dtype = kernels::DType::BF16;
    return args;
  }
  kernels::NormGateUpArgs gate_up_args(int tokens) const {
    kernels::NormGateUpArgs args;
    args.out = activation(5);
    args.hidden = activation(1);
    args.norm_weight = reinterpret_cast<const float*>(activation(2));
    args.workspace = activation(3);
    args.num_tokens = tokens;
    args.dtype = kernels::DType::BF16;
    return args;
  }

  void linear_ops(int tokens) {
    kernels::NormQkvArgs qkv = qkv_args(tokens);
    measure("norm_qkv", tokens, 6144.0 * kHidden * 2, kLayers, [&](int i, const auto& context) {
      qkv.weight = weight(6144, kHidden, i);
      return kernels::cuda::norm_qkv(qkv, context);
    });
    kernels::LinearResidualArgs residual = residual_args(tokens);
    for (const int64_t cols : {kHeads * kHeadDim, kFfn}) {
      measure(cols == kFfn ? "down" : "output", tokens, static_cast<double>(kHidden * cols) * 2,
              kLayers, [&](int i, const auto& context) {
                residual.weight = weight(kHidden, cols, i);
                return kernels::cuda::linear_residual(residual, context);
              });
    }
    kernels::NormGateUpArgs gate_up = gate_up_args(tokens);
    measure("norm_gate_up", tokens, 2.0 * kFfn * kHidden * 2, kLayers,
            [&](int i, const auto& context) {
              gate_up.weight = weight(2 * kFfn, kHidden, i);
              return kernels::cuda::norm_gate_up(gate_up, context);
            });
    kernels::LmHeadArgs head;
    head.logits = reinterpret_cast<float*>(activation(6));
    head.hidden = activation(1);
    head.rows = rows_.as<int32_t>();
    head.norm_weight = qkv.norm_weight;
    head.workspace = activation(3);
    head.num_rows = tokens;
    head.dtype = kernels::DType::BF16;
    measure("lm_head", tokens, static_cast<double>(kVocab * kHidden) * 2, 8,
            [&](int i, const auto& context) {
              head.weight = weight(kVocab, kHidden, i);
              return kernels::cuda::lm_head(head, context);
            });
  }

  // A product by the first proposal, and by what the tuner makes of it.
  double product(const char* name, int tokens, int64_t rows, int64_t cols, bool add,
                 kernels::MatmulTuner* tuner, double* tuned) {
    const auto run = [&](int i, const kernels::CudaContext& context) {
      return matmul_->multiply(activation(8), false, activation(0), weight(rows, cols, i), tokens,
                               add, context.stream);
    };
    const double first = microseconds(name, kLayers / 2, run);
    kernels::MatmulTrial trial;
    trial.product = {rows, cols, kernels::DType::BF16, add, false};
    trial.num_tokens = tokens;
    for (int i = 0; i < kLayers; ++i) trial.weights.push_back(weight(rows, cols, i));
    trial.x = activation(0);
    trial.out = activation(8);
    kernels::MatmulChoice choice;
    check_cuda(tuner->tune(matmul_.get(), trial, &choice), name);
    if (!matmul_->choose(trial.product, tokens, choice.algorithm))
      std::printf("%s: the choice for %d tokens was refused\n", name, tokens);
    const double chosen = microseconds(name, kLayers / 2, run);
    std::printf("%-8s tokens %4d  first %8.2f us  chosen %8.2f us  %+5.1f %%  %4.0f TFLOP/s%s%s\n",
                name, tokens, first, chosen, 100 * (first / chosen - 1),
                2e-6 * static_cast<double>(tokens * rows * cols) / chosen,
                choice.is_first ? "" : "  another", choice.same_bits ? "" : ", other bits");
    std::fflush(stdout);
    *tuned += chosen;
    return first;
  }

  // What the host does for the products of a layer at a number of tokens that is new, and again.
  void new_count(int tokens) {
    const std::pair<int64_t, int64_t> shapes[] = {
        {6144, kHidden}, {kHidden, kHeads * kHeadDim}, {2 * kFfn, kHidden}, {kHidden, kFfn}};
    double us[2];
    for (double& taken : us) {
      check_cuda(cudaDeviceSynchronize(), "products");
      const auto begin = std::chrono::steady_clock::now();
      for (const auto& [rows, cols] : shapes)
        check_cuda(matmul_->multiply(activation(8), false, activation(0), weight(rows, cols, 0),
                                     tokens, false, stream_.get()),
                   "products");
      const std::chrono::duration<double, std::micro> all =
          std::chrono::steady_clock::now() - begin;
      taken = all.count();
    }
    std::printf("host    tokens %4d  four products %6.1f us, again %6.1f us\n", tokens, us[0],
                us[1]);
  }

  void products() {
    kernels::MatmulTuner tuner(context_.stream);
    check_cuda(tuner.fill_random(activation(0), int64_t{4096} * kFfn, kernels::DType::BF16),
               "random numbers");
    for (const int tokens : {65, 96, 128, 200, 256, 300, 512, 700, 1024, 1500, 2048, 3072, 4096}) {
      double first = 0, chosen = 0;
      first += product("qkv", tokens, 6144, kHidden, false, &tuner, &chosen);
      first += product("output", tokens, kHidden, kHeads * kHeadDim, true, &tuner, &chosen);
      first += product("gate_up", tokens, 2 * kFfn, kHidden, false, &tuner, &chosen);
      first += product("down", tokens, kHidden, kFfn, true, &tuner, &chosen);
      std::printf("products tokens %4d  first %8.2f us  chosen %8.2f us  %+5.1f %%\n", tokens,
                  first, chosen, 100 * (first / chosen - 1));
    }
    for (const int tokens : {77, 177, 455, 777, 1777, 3777}) new_count(tokens);
  }

  // `seqs` sequences, each with `new_tokens` new ones of a context; every launch has a cache of its
  // own as far as memory goes.
  struct AttentionCase {
    kernels::AttentionArgs args;
    kernels::KvCacheShape shape;
    int64_t copies = 0;
    DeviceBytes meta;
  };
  std::unique_ptr<AttentionCase> attention_case(int seqs, int new_tokens, int context_len) const {
    const int64_t bs = 16, blocks = (context_len + bs - 1) / bs;
    auto result = std::make_unique<AttentionCase>();
    kernels::KvCacheShape& shape = result->shape;
    shape.num_blocks = blocks * seqs;
    shape.num_layers = 1;
    shape.num_kv_heads = kKvHeads;
    shape.block_size = bs;
    shape.head_dim = kHeadDim;
    shape.dtype = cache_dtype;
    result->copies = std::min<int64_t>(kLayers, weights_.size() / shape.pool_bytes());
    std::vector<int32_t> tables, contexts(static_cast<size_t>(seqs), context_len), cu;
    std::vector<int64_t> slots;
    for (int s = 0; s <= seqs; ++s) cu.push_back(s * new_tokens);
    for (int s = 0; s < seqs; ++s) {
      for (int64_t b = 0; b < blocks; ++b) tables.push_back(static_cast<int32_t>(s * blocks + b));
      for (int t = context_len - new_tokens; t < context_len; ++t)
        slots.push_back((s * blocks + t / bs) * bs + t % bs);
    }
    const int64_t slots_at = 8192, tables_at = slots_at + static_cast<int64_t>(slots.size()) * 8;
    result->meta = device_bytes(tables_at + static_cast<int64_t>(tables.size()) * 4, "meta");
    const DeviceBytes& meta = result->meta;
    cudaMemcpy(meta.as<char>(0), cu.data(), cu.size() * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(4096), contexts.data(), contexts.size() * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(slots_at), slots.data(), slots.size() * 8, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(tables_at), tables.data(), tables.size() * 4, cudaMemcpyHostToDevice);
    kernels::AttentionArgs& args = result->args;
    args.out = activation(4);
    args.qkv = activation(0);
    args.q_norm_weight = args.k_norm_weight = reinterpret_cast<const float*>(activation(2));
    args.cos_sin = reinterpret_cast<const float*>(activation(7));
    args.batch.cu_seqlens_q = meta.as<int32_t>(0);
    args.batch.context_lens = meta.as<int32_t>(4096);
    args.batch.slot_mapping = meta.as<int64_t>(slots_at);
    args.batch.block_tables = meta.as<int32_t>(tables_at);
    args.batch.max_blocks_per_seq = blocks;
    args.batch.num_tokens = seqs * new_tokens;
    args.batch.num_seqs = seqs;
    args.num_heads = kHeads;
    args.num_kv_heads = kKvHeads;
    args.head_dim = kHeadDim;
    args.scale = 0.088f;
    args.max_context_len = context_len;
    args.workspace = activation(8);
    args.workspace_bytes = 256 << 20;
    args.dtype = kernels::DType::BF16;
    return result;
  }

  int run_attention(AttentionCase* part, int i, const kernels::CudaContext& context) const {
    part->args.cache = kernels::kv_cache_layer(
        weights_.as<char>(i % part->copies * part->shape.pool_bytes()), part->shape, 0);
    return kernels::cuda::attention(part->args, context);
  }

  void attention(int seqs, int context_len) {
    const auto part = attention_case(seqs, 1, context_len);
    if (part->copies < 1) return;
    char name[64];
    std::snprintf(name, sizeof name, "attn@%d", context_len);
    measure(name, seqs, static_cast<double>(part->shape.pool_bytes()), kLayers,
            [&](int i, const auto& context) { return run_attention(part.get(), i, context); });
  }

  void prefill(int new_tokens, int context_len) {
    const auto part = attention_case(1, new_tokens, context_len);
    char name[64];
    std::snprintf(name, sizeof name, "prefill@%d", context_len);
    const double pairs = static_cast<double>(new_tokens) * (context_len - new_tokens / 2.0);
    measure(
        name, new_tokens, 4.0 * kHeadDim * kHeads * pairs, 4,
        [&](int i, const auto& context) { return run_attention(part.get(), i, context); },
        "TFLOP/s");
  }

  // The ops of a layer in a row, with or without attention.
  void layer(int tokens, int context_len, bool with_attention) {
    const auto part = attention_case(tokens, 1, context_len);
    kernels::NormQkvArgs qkv = qkv_args(tokens);
    kernels::LinearResidualArgs output = residual_args(tokens), down = output;
    kernels::NormGateUpArgs gate_up = gate_up_args(tokens);
    down.x = activation(5);
    const double columns = 6144.0 + kHeads * kHeadDim + 3 * kFfn;
    const auto launch = [&](int i, const auto& context) {
      // Matrices of all layers side by side, as a model has them.
      qkv.weight = weight(6144, kHidden, i);
      output.weight = weight(kHidden, kHeads * kHeadDim, i);
      gate_up.weight = weight(2 * kFfn, kHidden, i);
      down.weight = weight(kHidden, kFfn, i);
      output.weight.data = static_cast<const char*>(output.weight.data) + (int64_t{1200} << 20);
      gate_up.weight.data = static_cast<const char*>(gate_up.weight.data) + (int64_t{2000} << 20);
      down.weight.data = static_cast<const char*>(down.weight.data) + (int64_t{5800} << 20);
      int status = kernels::cuda::norm_qkv(qkv, context);
      if (status == 0 && with_attention) status = run_attention(part.get(), i, context);
      if (status == 0) status = kernels::cuda::linear_residual(output, context);
      if (status == 0) status = kernels::cuda::norm_gate_up(gate_up, context);
      if (status == 0) status = kernels::cuda::linear_residual(down, context);
      return status;
    };
    measure(with_attention ? "layer" : "layer-no-attn", tokens, columns * kHidden * 2, kLayers,
            launch);
  }

  void sampling(int rows, float temperature) {
    std::vector<kernels::SamplingRow> host(static_cast<size_t>(rows));
    for (int i = 0; i < rows; ++i) {
      kernels::SamplingRow& row = host[static_cast<size_t>(i)];
      row.logits_row = i;
      row.temperature = temperature;
      row.top_k = 20;
      row.top_p = 0.8f;
      row.num_logprobs = -1;
      row.seed = static_cast<uint64_t>(i);
    }
    const DeviceBytes device =
        device_bytes(static_cast<int64_t>(host.size() * sizeof host[0]), "rows");
    cudaMemcpy(device.data(), host.data(), host.size() * sizeof host[0], cudaMemcpyHostToDevice);
    kernels::SamplingArgs args;
    args.logits = reinterpret_cast<float*>(activation(6));
    args.rows = device.as<kernels::SamplingRow>();
    args.token_ids = reinterpret_cast<int32_t*>(activation(9));
    args.logprob_ids = reinterpret_cast<int32_t*>(activation(10));
    args.logprobs = reinterpret_cast<float*>(activation(11));
    args.workspace = activation(3);
    args.num_rows = rows;
    args.vocab_size = kVocab;
    measure(temperature > 0 ? "sampled" : "greedy", rows, static_cast<double>(kVocab) * 4 * rows,
            20, [&](int, const auto& context) { return kernels::cuda::sampling(args, context); });
  }

  void fill_rows() {
    std::vector<int32_t> rows(kMaxTokens);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int32_t>(i);
    rows_ = device_bytes(kMaxTokens * 4, "rows");
    cudaMemcpy(rows_.data(), rows.data(), rows.size() * 4, cudaMemcpyHostToDevice);
  }

 private:
  DeviceBytes rows_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Bench bench;
    bench.fill_rows();
    std::vector<int> tokens;
    bool all = argc == 1;
    const auto chosen = [&](const char* flag) {
      return all || std::any_of(argv + 1, argv + argc,
                                [&](const char* a) { return std::strcmp(a, flag) == 0; });
    };
    if (!all && chosen("--e4m3")) bench.cache_dtype = kernels::DType::F8_E4M3;
    for (int i = 1; i < argc; ++i) {
      if (argv[i][0] != '-') tokens.push_back(std::atoi(argv[i]));
    }
    if (all) tokens = {1, 2, 4, 8, 16, 32, 64};
    for (const int count : tokens) bench.linear_ops(count);
    if (!all && chosen("--products")) bench.products();
    if (chosen("--layer")) {
      for (const int count : {1, 2, 4, 8, 16, 32}) {
        bench.layer(count, count == 1 ? 128 : 576, true);
        bench.layer(count, 128, false);
      }
    }
    if (chosen("--attention")) {
      for (const int length : {128, 512, 2048, 8192, 32768}) bench.attention(1, length);
      for (const int seqs : {8, 32}) {
        for (const int length : {576, 8192}) bench.attention(seqs, length);
      }
      bench.attention(8, 32768);
    }
    if (chosen("--prefill")) {
      for (const auto& [count, context] : {std::pair{64, 32768},
                                           {512, 512},
                                           {2048, 2048},
                                           {4096, 4096},
                                           {4096, 8192},
                                           {4096, 32768},
                                           {4096, 131072}})
        bench.prefill(count, context);
    }
    if (chosen("--sampling")) {
      for (const int rows : {1, 8, 32}) {
        bench.sampling(rows, 0);
        bench.sampling(rows, 0.7f);
      }
    }
  } catch (const std::exception& problem) {
    std::printf("FAILED  %s\n", problem.what());
    return 1;
  }
  return 0;
}
