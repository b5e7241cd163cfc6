// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/cuda_runner.h"

#include <algorithm>
#include <cstring>

#include "engine/runner/cuda/devices.h"
#include "engine/runner/cuda/product_tuning.h"
#include "engine/runner/sampling_tables.h"
#include "kernels/sampling.h"

namespace engine {

namespace {

// Bounds of the context for which a graph is captured: the number of attention splits follows them.
constexpr int kContextLevels[] = {256, 4096, 16384, INT32_MAX};
constexpr int kNumLevels = 4;
constexpr int kLogprobWidth = 1 + kernels::kMaxLogprobs;

bool needs_host(const SamplingState& state) {
  return state.repetition_penalty != 1 || state.presence_penalty != 0 ||
         state.frequency_penalty != 0 || state.logprobs >= 0 ||
         (state.logit_bias && !state.logit_bias->empty());
}

bool wants_logprobs(const Batch& batch) {
  return std::ranges::any_of(batch.sampling,
                             [](const SamplingState& state) { return state.logprobs >= 0; });
}

// The same draw one token later.
bool continues(const SamplingState& before, const SamplingState& after) {
  return !needs_host(after) && before.temperature == after.temperature &&
         before.top_k == after.top_k && before.top_p == after.top_p &&
         before.min_p == after.min_p && before.seed == after.seed &&
         before.position + 1 == after.position;
}

int64_t output_bytes(int64_t rows) { return rows * (4 + kLogprobWidth * 8); }

// What the cache holds for a model of that type.
kernels::DType cache_type(KvCacheDType chosen, kernels::DType model) {
  using kernels::DType;
  if (chosen == KvCacheDType::Fp8) return DType::F8_E4M3;
  const bool f16 = model == DType::F16;
  if (chosen == (f16 ? KvCacheDType::Bf16 : KvCacheDType::F16))
    throw Error(ErrorCode::InvalidArgument,
                std::string("kv_cache_dtype is ") + kv_cache_dtype_name(chosen) +
                    ", but the model is in " + (f16 ? "f16" : "bf16") + ": choose auto or fp8");
  return f16 ? DType::F16 : DType::BF16;
}

}  // namespace

struct CudaRunner::Graph {
  cudaGraphExec_t exec = nullptr;
  Graph() = default;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;
  ~Graph() {
    if (exec) cudaGraphExecDestroy(exec);
  }
};

CudaRunner::CudaRunner(const EngineConfig& config, const ModelConfig& model,
                       const WeightSource& weights, int device, const CudaRunnerOptions& options,
                       const LoadProgress& progress, std::stop_token stop)
    : recovery_(device), model_(model), options_(options), device_(device) {
  context_ = choose_gpu(model, device);
  name_ = gpu_name(device);
  context_.programmatic_launch = context_.programmatic_launch && options.programmatic_launch;
  context_.batch_invariant = config.batch_invariant;
  context_.ordered_gemm = options.ordered_gemm;
  stream_ = std::make_unique<CudaStream>();
  context_.stream = stream();
  const kernels::DType cache_dtype =
      cache_type(config.kv_cache_dtype, GpuWeights::stored_dtype(model, weights));
  Sizes sizes = sizes_for(config, model, context_);
  const int max_tokens = sizes.max_tokens;
  const int64_t max_blocks = sizes.max_blocks;
  buckets_ = std::move(sizes.buckets);
  max_logits_ = sizes.max_logits;
  plan_ = sizes.plan;

  const char* problem = nullptr;
  matmul_ = kernels::CudaMatmul::create(&problem);
  if (!matmul_) throw Error(ErrorCode::Device, std::string("the GPU cannot be used: ") + problem);
  context_.matmul = matmul_.get();
  const auto scaled = [&progress](const std::string& stage, double done) {
    if (progress) progress(stage, done * 0.95);
  };
  GpuWeights on_device(model, weights, scaled, stop);
  const bool has_choices = options.tune_products && options.tuning && !config.batch_invariant;
  if (has_choices) {
    if (progress) progress("Preparing the GPU", 0.95);
    options.tuning->report =
        tune_products(on_device, max_tokens, name_, context_, options.tuning, stop).describe();
  }
  decoder_ = std::make_unique<GpuDecoder>(model, std::move(on_device), max_tokens, sizes.max_seqs,
                                          max_logits_, plan_.num_kv_blocks, plan_.block_size,
                                          cache_dtype, context_);
  inputs_ = std::make_unique<BatchInputs>(max_tokens, sizes.max_seqs, max_blocks, model.vocab_size);
  const int64_t rows = config.max_num_seqs + kMaxGraphSeqs;
  outputs_ = device_bytes(output_bytes(rows), "taking memory for results");
  host_logprobs_ = pinned_bytes(rows * kLogprobWidth * 8, "taking memory for results");
  host_tokens_ = pinned_bytes(2 * rows * 4, "taking memory for results");
  for (auto& event : step_done_) event = std::make_unique<CudaEvent>();
  if (options.graphs) capture_graphs(progress, stop);
  warm_up(has_choices, stop);
}

CudaRunner::~CudaRunner() {
  cudaSetDevice(device_);
  cudaStreamSynchronize(stream());
}

int CudaRunner::bucket_of(int num_seqs) const {
  const auto place = std::ranges::lower_bound(buckets_, num_seqs);
  return place == buckets_.end() ? 0 : *place;
}

void CudaRunner::set_outputs(kernels::SamplingArgs* args) const {
  const int64_t rows = outputs_.size() / output_bytes(1);
  args->logprob_ids = outputs_.as<int32_t>();
  args->logprobs = outputs_.as<float>(rows * kLogprobWidth * 4);
  args->token_ids = outputs_.as<int32_t>(rows * kLogprobWidth * 8);
  args->echo = host_tokens_.as<int32_t>();
}

// One decode step of a bucket, from the batch on the device to the drawn tokens and the batch
// after.
void CudaRunner::enqueue_step(int bucket, int level) {
  const InputLayout layout(bucket, bucket, bucket);
  DecoderPass pass = inputs_->pass(layout, bucket, bucket);
  pass.max_context_len = std::min(kContextLevels[level], model_.max_position_embeddings);
  decoder_->forward(pass, context_);
  decoder_->head(inputs_->logits_rows(layout), bucket, context_);
  kernels::SamplingArgs sampling;
  inputs_->set_sampling(layout, &sampling);
  set_outputs(&sampling);
  sampling.logits = decoder_->logits();
  sampling.num_rows = bucket;
  sampling.next = inputs_->next_batch(layout);
  check_cuda(kernels::cuda::sampling(sampling, context_), "drawing tokens");
}

void CudaRunner::capture_graphs(const LoadProgress& progress, const std::stop_token& stop) {
  const auto total = static_cast<double>(buckets_.size());
  for (size_t i = 0; i < buckets_.size(); ++i) {
    if (stop.stop_requested()) throw Error(ErrorCode::Cancelled, "loading was cancelled");
    if (progress) progress("Preparing the GPU", 0.95 + 0.05 * static_cast<double>(i) / total);
    for (int level = 0; level < kNumLevels; ++level) {
      cudaGraph_t graph = nullptr;
      check_cuda(cudaStreamBeginCapture(stream(), cudaStreamCaptureModeThreadLocal),
                 "recording a graph");
      enqueue_step(buckets_[i], level);
      check_cuda(cudaStreamEndCapture(stream(), &graph), "recording a graph");
      cudaGraphExec_t& exec = graphs_[{buckets_[i], level}].exec;
      const cudaError_t status = cudaGraphInstantiate(&exec, graph, 0);
      cudaGraphDestroy(graph);
      check_cuda(status, "preparing a graph");
      check_cuda(cudaGraphUpload(exec, stream()), "preparing a graph");
    }
  }
  check_cuda(cudaStreamSynchronize(stream()), "preparing graphs");
}

std::vector<SampledToken> CudaRunner::run(const Batch& batch) {
  if (!failure_.empty()) throw Error(ErrorCode::Device, failure_);
  try {
    if (++num_steps_ == options_.fault_step) break_device();
    return run_checked(batch);
  } catch (const Error& error) {
    // A failed launch can leave the device unusable for this process; do not guess.
    if (error.code() == ErrorCode::Device) failure_ = error.what();
    throw;
  }
}

std::vector<SampledToken> CudaRunner::run_checked(const Batch& batch) {
  check_cuda(cudaSetDevice(device_), "choosing a GPU");
  if (batch.num_tokens() == 0) return {};
  return is_decode_batch(batch) ? run_decode(batch) : run_mixed(batch);
}

bool CudaRunner::is_decode_batch(const Batch& batch) const {
  const auto seqs = static_cast<size_t>(batch.num_seqs());
  if (batch.num_tokens() != batch.num_seqs() || bucket_of(batch.num_seqs()) == 0 ||
      batch.sampling.size() != seqs || batch.logits_rows.size() != seqs)
    return false;
  for (size_t i = 0; i < seqs; ++i) {
    if (batch.logits_rows[i] != static_cast<int32_t>(i) ||
        batch.sample_rows[i] != static_cast<int32_t>(i) || batch.logits_sinks[i])
      return false;
  }
  return true;
}

bool CudaRunner::can_run_ahead(const Batch& batch) const {
  if (!options_.run_ahead) return false;
  for (int s = 0; s < batch.num_seqs(); ++s) {
    const auto i = static_cast<size_t>(s);
    if ((batch.slot_mapping[i] + 1) % plan_.block_size == 0 || needs_host(batch.sampling[i]))
      return false;
  }
  return true;
}

bool CudaRunner::is_foreseen(const Batch& batch) const {
  if (!ahead_ || batch.token_ids != foreseen_.token_ids || batch.positions != foreseen_.positions ||
      batch.slot_mapping != foreseen_.slot_mapping || !inputs_->tables_match(batch))
    return false;
  for (size_t i = 0; i < batch.sampling.size(); ++i) {
    if (!continues(foreseen_.sampling[i], batch.sampling[i])) return false;
  }
  return true;
}

void CudaRunner::launch_step(int bucket, int64_t max_context) {
  int level = 0;
  while (max_context > kContextLevels[level]) ++level;
  const auto graph = graphs_.find({bucket, level});
  record_time();
  if (graph == graphs_.end()) {
    enqueue_step(bucket, level);
  } else {
    check_cuda(cudaGraphLaunch(graph->second.exec, stream()), "launching a step");
  }
  record_time();
}

std::vector<SampledToken> CudaRunner::run_decode(const Batch& batch) {
  const int bucket = bucket_of(batch.num_seqs());
  const int64_t max_context = *std::ranges::max_element(batch.context_lens);
  if (!is_foreseen(batch)) {
    inputs_->upload(batch, bucket, stream());
    launch_step(bucket, max_context);
    if (wants_logprobs(batch)) fetch_logprobs(batch.num_seqs());
    mark_done();
  }
  const int done = last_done_;
  ahead_ = can_run_ahead(batch);
  if (ahead_) {
    launch_step(bucket, max_context + 1);
    mark_done();
  }
  std::vector<SampledToken> tokens = read_results(done, bucket, batch);
  if (ahead_) {
    foreseen_.token_ids.resize(tokens.size());
    for (size_t i = 0; i < tokens.size(); ++i) foreseen_.token_ids[i] = tokens[i].token_id;
    foreseen_.positions = batch.positions;
    foreseen_.slot_mapping = batch.slot_mapping;
    foreseen_.sampling = batch.sampling;
    for (int32_t& position : foreseen_.positions) ++position;
    for (int64_t& place : foreseen_.slot_mapping) ++place;
  }
  return tokens;
}

void CudaRunner::mark_done() {
  last_done_ = 1 - last_done_;
  check_cuda(cudaEventRecord(step_done_[last_done_]->get(), stream()), "computing a step");
}

// Tokens need no fetching: the device writes them to memory of the host.
void CudaRunner::fetch_logprobs(int64_t rows) {
  const int64_t pitch = outputs_.size() / output_bytes(1) * kLogprobWidth * 4;
  for (int half = 0; half < 2; ++half) {
    check_cuda(cudaMemcpyAsync(
                   host_logprobs_.as<char>(half * pitch), outputs_.as<char>(half * pitch),
                   static_cast<size_t>(rows * kLogprobWidth * 4), cudaMemcpyDeviceToHost, stream()),
               "fetching logprobs");
  }
}

std::vector<SampledToken> CudaRunner::read_results(int done, int64_t rows, const Batch& batch) {
  check_cuda(cudaEventSynchronize(step_done_[done]->get()), "computing a step");
  const int64_t pitch = outputs_.size() / output_bytes(1) * kLogprobWidth * 4;
  std::vector<SampledToken> tokens;
  for (size_t i = 0; i < batch.sampling.size(); ++i) {
    const SamplingState& state = batch.sampling[i];
    const auto at = static_cast<int64_t>(i);
    tokens.push_back(sampled_token(
        host_tokens_.as<int32_t>()[static_cast<int64_t>(state.position) % 2 * rows + at],
        std::min(state.logprobs, kernels::kMaxLogprobs),
        host_logprobs_.as<int32_t>() + at * kLogprobWidth,
        host_logprobs_.as<float>(pitch) + at * kLogprobWidth));
  }
  return tokens;
}

std::vector<SampledToken> CudaRunner::run_mixed(const Batch& batch) {
  ahead_ = false;
  const auto num_logits = static_cast<int64_t>(batch.logits_rows.size());
  const InputLayout layout(batch.num_tokens(), batch.num_seqs(), num_logits);
  // The upload of a step launched ahead and dropped has long arrived; its kernels may still run.
  inputs_->upload(batch, 0, stream());
  DecoderPass pass = inputs_->pass(layout, batch.num_tokens(), batch.num_seqs());
  pass.max_context_len = *std::ranges::max_element(batch.context_lens);
  decoder_->forward(pass, context_);
  for (int64_t begin = 0; begin < num_logits; begin += max_logits_)
    run_slice(batch, layout, begin, std::min(begin + max_logits_, num_logits));
  const auto num_samples = static_cast<int64_t>(batch.sampling.size());
  if (wants_logprobs(batch)) fetch_logprobs(num_samples);
  mark_done();
  return read_results(last_done_, num_samples, batch);
}

void CudaRunner::run_slice(const Batch& batch, const InputLayout& layout, int64_t begin,
                           int64_t end) {
  decoder_->head(inputs_->logits_rows(layout) + begin, end - begin, context_);
  call_sinks(batch, begin, end);
  if (batch.sampling.empty()) return;
  if (begin > 0) check_cuda(cudaStreamSynchronize(stream()), "computing logits");
  inputs_->upload_samples(batch, begin, end, stream());
  kernels::SamplingArgs sampling;
  inputs_->set_sampling(layout, &sampling);
  set_outputs(&sampling);
  sampling.logits = decoder_->logits();
  sampling.num_rows = static_cast<int64_t>(batch.sampling.size());
  check_cuda(kernels::cuda::sampling(sampling, context_), "drawing tokens");
}

void CudaRunner::call_sinks(const Batch& batch, int64_t begin, int64_t end) {
  const auto first = static_cast<size_t>(begin), last = static_cast<size_t>(end);
  if (std::all_of(batch.logits_sinks.begin() + begin, batch.logits_sinks.begin() + end,
                  [](const LogitsSink* sink) { return sink == nullptr; }))
    return;
  const auto vocab = static_cast<size_t>(model_.vocab_size);
  if (!host_logits_.data())
    host_logits_ = pinned_bytes(max_logits_ * model_.vocab_size * 4, "taking memory for logits");
  check_cuda(cudaMemcpyAsync(host_logits_.data(), decoder_->logits(), (last - first) * vocab * 4,
                             cudaMemcpyDeviceToHost, stream()),
             "fetching logits");
  check_cuda(cudaStreamSynchronize(stream()), "computing logits");
  for (size_t i = first; i < last; ++i) {
    if (!batch.logits_sinks[i]) continue;
    const auto token = static_cast<size_t>(batch.logits_rows[i]);
    (*batch.logits_sinks[i])(batch.positions[token],
                             {host_logits_.as<float>() + (i - first) * vocab, vocab});
  }
}

}  // namespace engine
