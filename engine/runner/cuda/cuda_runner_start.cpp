// SPDX-License-Identifier: Apache-2.0
// What a CUDA runner does before its first batch: sizes, the memory plan, graphs, and each family
// of kernels once.
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "engine/runner/cuda/cuda_runner.h"
#include "engine/runner/cuda/devices.h"
#include "kernels/embedding.h"

namespace engine {
namespace {

constexpr int kBuckets[] = {1, 2, 4, 8, 16, 24, 32, 48, CudaRunner::kMaxGraphSeqs};
constexpr int64_t kMinLogitsRows = 16;
constexpr int kSmallPrompt = 128;
constexpr int kLargestChunk = INT32_MAX;
constexpr double kWarmUpSeconds = 0.3;

bool switched_on(const char* variable) {
  const char* value = std::getenv(variable);
  return !value || std::string(value) != "0";
}

void read_fault(CudaRunnerOptions* options) {
  const char* value = std::getenv("FIRESIDE_CUDA_FAULT");
  if (!value || !*value) return;
  const std::string text = value, kind = text.substr(0, 5);
  if (kind == "step:" || kind == "call:") options->fault_step = std::atoi(text.c_str() + 5);
  if (options->fault_step < 1)
    throw Error(ErrorCode::InvalidArgument,
                "FIRESIDE_CUDA_FAULT must be step:N or call:N with N of 1 or more");
  options->fault_is_call = kind == "call:";
}

void check_model(const ModelConfig& model) {
  if (model.head_dim != 64 && model.head_dim != 128)
    throw Error(ErrorCode::Unsupported,
                "head_dim is " + std::to_string(model.head_dim) +
                    "; the GPU computes heads of 64 and 128: choose the device cpu");
  if (model.num_attention_heads > 128 * model.num_key_value_heads || model.hidden_size % 8 != 0 ||
      model.intermediate_size % 8 != 0)
    throw Error(
        ErrorCode::Unsupported,
        "the GPU needs hidden and intermediate sizes that are multiples of 8 and at most 128 "
        "query heads for each key/value head; choose the device cpu");
}

// `count` new tokens of one sequence behind `before` others, the last one drawn. Nothing of it is
// kept: slots of -1 are not written, and a cache without anybody's tokens holds zeros.
Batch trial_batch(int count, int before, int block_size) {
  Batch batch;
  batch.token_ids.assign(static_cast<size_t>(count), 0);
  batch.slot_mapping.assign(static_cast<size_t>(count), -1);
  for (int i = 0; i < count; ++i) batch.positions.push_back(before + i);
  batch.cu_seqlens_q = {0, count};
  batch.context_lens = {before + count};
  batch.max_blocks_per_seq = (before + count + block_size - 1) / block_size;
  for (int i = 0; i < batch.max_blocks_per_seq; ++i) batch.block_tables.push_back(i);
  batch.logits_rows = {count - 1};
  batch.logits_sinks = {nullptr};
  batch.sample_rows = {0};
  batch.sampling.resize(1);
  batch.sampling[0].position = before + count;
  return batch;
}

}  // namespace

CudaRunnerOptions CudaRunnerOptions::from_environment() {
  CudaRunnerOptions options;
  options.graphs = switched_on("FIRESIDE_CUDA_GRAPHS");
  options.programmatic_launch = switched_on("FIRESIDE_CUDA_PDL");
  options.run_ahead = switched_on("FIRESIDE_CUDA_RUN_AHEAD");
  options.ordered_gemm = switched_on("FIRESIDE_CUDA_ORDERED_GEMM");
  options.tune_products = switched_on("FIRESIDE_CUDA_TUNING");
  read_fault(&options);
  return options;
}

CudaRunner::Sizes CudaRunner::sizes_for(const EngineConfig& config, const ModelConfig& model,
                                        const kernels::CudaContext& context, int64_t freed) {
  Sizes sizes;
  size_t free_bytes = 0, total_bytes = 0;
  check_cuda(cudaMemGetInfo(&free_bytes, &total_bytes), "asking for free memory");
  free_bytes = std::min(total_bytes, free_bytes + static_cast<size_t>(freed));
  const int max_num_batched_tokens = std::max(
      config.max_num_batched_tokens > 0 ? config.max_num_batched_tokens
                                        : default_batched_tokens(static_cast<int64_t>(total_bytes)),
      config.max_num_seqs);
  for (const int bucket : kBuckets) {
    if (sizes.buckets.empty() || sizes.buckets.back() < config.max_num_seqs)
      sizes.buckets.push_back(bucket);
  }
  // A decode batch is padded to its bucket, which may be more than was asked for.
  sizes.max_seqs = std::max(config.max_num_seqs, sizes.buckets.back());
  sizes.max_tokens = std::max(max_num_batched_tokens, sizes.buckets.back());
  sizes.max_logits = std::max<int64_t>(sizes.max_seqs, kMinLogitsRows);
  sizes.max_blocks = (model.max_position_embeddings + config.block_size - 1) / config.block_size;
  const int64_t workspace = GpuDecoder::workspace_bytes(model, sizes.max_tokens, sizes.max_seqs,
                                                        sizes.max_logits, context) +
                            BatchInputs::device_size(sizes.max_tokens, sizes.max_seqs,
                                                     sizes.max_blocks, model.vocab_size) +
                            kernels::CudaMatmul::kWorkspaceBytes;
  sizes.plan = plan_gpu_memory(config, model, GpuWeights::planned_bytes(model), workspace,
                               max_num_batched_tokens, static_cast<int64_t>(free_bytes),
                               static_cast<int64_t>(total_bytes));
  return sizes;
}

kernels::CudaContext CudaRunner::choose_gpu(const ModelConfig& model, int device) {
  check_model(model);
  select_gpu(device);
  return gpu_context(device);
}

GpuMemoryPlan CudaRunner::plan_memory(const EngineConfig& config, const ModelConfig& model,
                                      int device, int64_t freed) {
  return sizes_for(config, model, choose_gpu(model, device), freed).plan;
}

void CudaRunner::warm_up(bool has_choices, const std::stop_token& stop) {
  const int64_t cache = int64_t{plan_.num_kv_blocks} * plan_.block_size;
  const auto room = static_cast<int>(
      std::min<int64_t>({plan_.max_num_batched_tokens, cache, plan_.max_model_len}));
  const auto begin = std::chrono::steady_clock::now();
  // One token, what the streaming kernels take, the end of a long prompt, and, where
  // product_tuning.h has not run them, the sizes for which cuBLASLt has kernels of its own; a full
  // chunk. On a slow card as far as time allows.
  for (const auto& [count, before] : {std::pair{1, 0},
                                      {64, 0},
                                      {64, 192},
                                      {kSmallPrompt, 0},
                                      {256, 0},
                                      {512, 0},
                                      {1024, 0},
                                      {2048, 0},
                                      {kLargestChunk, 0}}) {
    if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
    if (has_choices && count > kSmallPrompt && count < kLargestChunk) continue;
    const int tokens = std::min(count, room);
    run_checked(trial_batch(tokens, std::min(before, room - tokens), plan_.block_size));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (tokens == room || taken.count() > kWarmUpSeconds) break;
  }
  check_cuda(cudaStreamSynchronize(stream()), "running the kernels once");
  ahead_ = false;
}

// A call that CUDA refuses; or every pointer of a launch is wild: the device reports what a broken
// kernel would.
void CudaRunner::break_device() {
  if (options_.fault_is_call)
    check_cuda(cudaMemsetAsync(nullptr, 0, 1, stream()), "breaking on purpose");
  kernels::RopeCosSinArgs wild;
  wild.cos_sin = reinterpret_cast<float*>(64);
  wild.inv_freq = wild.cos_sin;
  wild.positions = reinterpret_cast<const int32_t*>(64);
  wild.num_tokens = 1;
  wild.head_dim = 2;
  kernels::EmbeddingArgs args;
  args.out = wild.cos_sin;
  args.token_ids = wild.positions;
  args.table.dtype = args.dtype = kernels::DType::BF16;
  args.num_tokens = 1;
  args.rope = &wild;
  check_cuda(kernels::cuda::embedding(args, context_), "breaking on purpose");
}

void CudaRunner::record_time() {
  if (!options_.time_steps) return;
  step_times_.emplace_back(cudaEventDefault);
  check_cuda(cudaEventRecord(step_times_.back().get(), stream()), "timing");
}

double CudaRunner::idle_share() {
  check_cuda(cudaStreamSynchronize(stream()), "timing");
  if (step_times_.size() < 2) return 0;
  const auto milliseconds = [this](size_t begin, size_t end) {
    float ms = 0;
    check_cuda(cudaEventElapsedTime(&ms, step_times_[begin].get(), step_times_[end].get()),
               "timing");
    return static_cast<double>(ms);
  };
  double idle = 0;
  for (size_t i = 2; i < step_times_.size(); i += 2) idle += milliseconds(i - 1, i);
  const double share = idle / milliseconds(0, step_times_.size() - 1);
  step_times_.clear();
  return share;
}

}  // namespace engine
