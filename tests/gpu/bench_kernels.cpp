// SPDX-License-Identifier: Apache-2.0
// Each op of a decoder layer alone: a CUDA graph of 36 dependent launches, each with weights of its own
// so that they come from memory, in Qwen3-4B's shapes. Microseconds a launch and bytes a second.
//   bench_kernels [tokens ...]     (default 1 2 4 8 16 32 64)
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/resources.h"
#include "kernels/attention.h"
#include "kernels/cuda/matmul.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"
#include "kernels/sampling.h"

namespace {

using engine::check_cuda;
using engine::DeviceBytes;
using engine::device_bytes;
using kernels::WeightMatrix;

constexpr int kLayers = 36;
constexpr int64_t kHidden = 2560, kFfn = 9728, kHeads = 32, kKvHeads = 8, kHeadDim = 128;
constexpr int64_t kVocab = 151936, kMaxTokens = 64;

class Bench {
 public:
  Bench() {
    engine::select_gpu(0);
    context_ = engine::gpu_context(0);
    if (const char* pdl = std::getenv("FIRESIDE_CUDA_PDL"); pdl && pdl[0] == '0')
      context_.programmatic_launch = false;
    context_.stream = stream_.get();
    const char* problem = "";
    matmul_ = kernels::CudaMatmul::create(&problem);
    context_.matmul = matmul_.get();
    weights_ = device_bytes(int64_t{9} << 30, "weights");
    activations_ = device_bytes(int64_t{1} << 30, "activations");
    std::vector<uint16_t> bits(32 << 20);
    uint64_t state = 88172645463325252ull;
    for (uint16_t& value : bits) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      value = static_cast<uint16_t>((state & 0x807f) | 0x3c00);
    }
    for (int64_t at = 0; at < weights_.size(); at += 64 << 20)
      cudaMemcpy(weights_.as<char>(at), bits.data(), 64 << 20, cudaMemcpyHostToDevice);
    for (int64_t at = 0; at < activations_.size(); at += 64 << 20)
      cudaMemcpy(activations_.as<char>(at), bits.data(), 64 << 20, cudaMemcpyHostToDevice);
  }

  WeightMatrix weight(int64_t rows, int64_t cols, int layer) const {
    WeightMatrix matrix;
    matrix.rows = rows;
    matrix.cols = cols;
    const int64_t place = (layer * matrix.num_bytes()) % (weights_.size() - matrix.num_bytes());
    matrix.data = weights_.as<char>(place / 256 * 256);
    return matrix;
  }
  char* activation(int index) const { return activations_.as<char>(int64_t{index} << 26); }

  void measure(const char* name, int tokens, double bytes, int launches,
               const std::function<int(int, const kernels::CudaContext&)>& launch) {
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t exec = nullptr;
    check_cuda(cudaStreamBeginCapture(stream_.get(), cudaStreamCaptureModeThreadLocal), "capture");
    for (int i = 0; i < launches; ++i) check_cuda(launch(i, context_), name);
    check_cuda(cudaStreamEndCapture(stream_.get(), &graph), "capture");
    check_cuda(cudaGraphInstantiate(&exec, graph, 0), "instantiate");
    engine::CudaEvent begin(cudaEventDefault), end(cudaEventDefault);
    std::vector<float> times;
    for (int i = 0; i < 13; ++i) {
      cudaEventRecord(begin.get(), stream_.get());
      cudaGraphLaunch(exec, stream_.get());
      cudaEventRecord(end.get(), stream_.get());
      check_cuda(cudaEventSynchronize(end.get()), name);
      float ms = 0;
      cudaEventElapsedTime(&ms, begin.get(), end.get());
      if (i >= 3) times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    const double us = times[times.size() / 2] * 1e3 / launches;
    std::printf("%-12s tokens %3d  %8.2f us  %6.2f TB/s\n", name, tokens, us, bytes / us / 1e6);
    std::fflush(stdout);
    cudaGraphExecDestroy(exec);
    cudaGraphDestroy(graph);
  }

  void linear_ops(int tokens) {
    kernels::NormQkvArgs qkv;
    qkv.qkv = activation(0);
    qkv.hidden = activation(1);
    qkv.norm_weight = reinterpret_cast<const float*>(activation(2));
    qkv.workspace = activation(3);
    qkv.num_tokens = tokens;
    qkv.dtype = kernels::DType::BF16;
    measure("norm_qkv", tokens, 6144.0 * kHidden * 2, kLayers, [&](int i, const auto& context) {
      qkv.weight = weight(6144, kHidden, i);
      return kernels::cuda::norm_qkv(qkv, context);
    });
    kernels::LinearResidualArgs residual;
    residual.hidden = activation(1);
    residual.x = activation(4);
    residual.num_tokens = tokens;
    residual.dtype = kernels::DType::BF16;
    for (const int64_t cols : {kHeads * kHeadDim, kFfn}) {
      measure(cols == kFfn ? "down" : "output", tokens, static_cast<double>(kHidden * cols) * 2, kLayers,
              [&](int i, const auto& context) {
                residual.weight = weight(kHidden, cols, i);
                return kernels::cuda::linear_residual(residual, context);
              });
    }
    kernels::NormGateUpArgs gate_up;
    gate_up.out = activation(5);
    gate_up.hidden = activation(1);
    gate_up.norm_weight = qkv.norm_weight;
    gate_up.workspace = activation(3);
    gate_up.num_tokens = tokens;
    gate_up.dtype = kernels::DType::BF16;
    measure("norm_gate_up", tokens, 2.0 * kFfn * kHidden * 2, kLayers, [&](int i, const auto& context) {
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
    measure("lm_head", tokens, static_cast<double>(kVocab * kHidden) * 2, 8, [&](int i, const auto& context) {
      head.weight = weight(kVocab, kHidden, i);
      return kernels::cuda::lm_head(head, context);
    });
  }

  // One new token a sequence; every launch has a cache of its own as far as 8 GB go.
  void attention(int seqs, int context_len) {
    const int64_t bs = 16, blocks = (context_len + bs - 1) / bs;
    kernels::KvCacheShape shape;
    shape.num_blocks = blocks * seqs;
    shape.num_layers = 1;
    shape.num_kv_heads = kKvHeads;
    shape.block_size = bs;
    shape.head_dim = kHeadDim;
    shape.dtype = kernels::DType::BF16;
    const int64_t copies = std::min<int64_t>(kLayers, weights_.size() / shape.pool_bytes());
    if (copies < 1) return;
    std::vector<int32_t> tables, contexts(static_cast<size_t>(seqs), context_len), cu;
    std::vector<int64_t> slots;
    for (int s = 0; s <= seqs; ++s) cu.push_back(s);
    for (int s = 0; s < seqs; ++s) {
      for (int64_t b = 0; b < blocks; ++b) tables.push_back(static_cast<int32_t>(s * blocks + b));
      slots.push_back((s * blocks + (context_len - 1) / bs) * bs + (context_len - 1) % bs);
    }
    DeviceBytes meta = device_bytes(static_cast<int64_t>(tables.size()) * 4 + 65536, "meta");
    cudaMemcpy(meta.as<char>(0), cu.data(), cu.size() * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(4096), contexts.data(), contexts.size() * 4, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(8192), slots.data(), slots.size() * 8, cudaMemcpyHostToDevice);
    cudaMemcpy(meta.as<char>(65536), tables.data(), tables.size() * 4, cudaMemcpyHostToDevice);
    kernels::AttentionArgs args;
    args.out = activation(4);
    args.qkv = activation(0);
    args.q_norm_weight = args.k_norm_weight = reinterpret_cast<const float*>(activation(2));
    args.cos_sin = reinterpret_cast<const float*>(activation(7));
    args.batch.cu_seqlens_q = meta.as<int32_t>(0);
    args.batch.context_lens = meta.as<int32_t>(4096);
    args.batch.slot_mapping = meta.as<int64_t>(8192);
    args.batch.block_tables = meta.as<int32_t>(65536);
    args.batch.max_blocks_per_seq = blocks;
    args.batch.num_tokens = args.batch.num_seqs = seqs;
    args.num_heads = kHeads;
    args.num_kv_heads = kKvHeads;
    args.head_dim = kHeadDim;
    args.scale = 0.088f;
    args.max_context_len = context_len;
    args.workspace = activation(8);
    args.workspace_bytes = 64 << 20;
    args.dtype = kernels::DType::BF16;
    char name[64];
    std::snprintf(name, sizeof name, "attn@%d", context_len);
    measure(name, seqs, static_cast<double>(shape.pool_bytes()), kLayers, [&](int i, const auto& context) {
      args.cache = kernels::kv_cache_layer(weights_.as<char>(i % copies * shape.pool_bytes()), shape, 0);
      return kernels::cuda::attention(args, context);
    });
  }

  void fill_rows() {
    std::vector<int32_t> rows(kMaxTokens);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<int32_t>(i);
    rows_ = device_bytes(kMaxTokens * 4, "rows");
    cudaMemcpy(rows_.data(), rows.data(), rows.size() * 4, cudaMemcpyHostToDevice);
  }

 private:
  engine::CudaStream stream_;
  kernels::CudaContext context_;
  std::unique_ptr<kernels::CudaMatmul> matmul_;
  DeviceBytes weights_, activations_, rows_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Bench bench;
    bench.fill_rows();
    std::vector<int> tokens = {1, 2, 4, 8, 16, 32, 64};
    if (argc > 1) tokens.clear();
    for (int i = 1; i < argc; ++i) tokens.push_back(std::atoi(argv[i]));
    for (const int count : tokens) bench.linear_ops(count);
    if (argc > 1) return 0;
    for (const int length : {128, 512, 2048, 8192, 32768}) bench.attention(1, length);
    for (const int seqs : {8, 32}) {
      for (const int length : {576, 8192}) bench.attention(seqs, length);
    }
  } catch (const std::exception& problem) {
    std::printf("FAILED  %s\n", problem.what());
    return 1;
  }
  return 0;
}
