// SPDX-License-Identifier: Apache-2.0
// The CUDA runner: a dense decoder on one GPU (compute capability 8.0 and up).
//
// Weights, activations and KV cache are bf16 or f16, as the checkpoint is, or the KV cache is e4m3
// (EngineConfig::kv_cache_dtype); sums are float32. All device memory is planned
// (gpu_memory_plan.h) and taken at construction.
//
// Decode batches (one new token a sequence) of up to kMaxGraphSeqs sequences replay a CUDA graph,
// one for each bucket of sequences and bound of context. While the host looks at the tokens of one
// step, the device already computes the next: as long as it can be foreseen (same sequences, each
// one token on, no block border, nothing that needs the host), the step after the one asked for is
// launched at once, its tokens fed back on the device. When the next batch is another one, that
// work is dropped: what it wrote lies behind the end of its sequences, where nobody reads before
// writing.
//
// The same batches in the same order give the same bits. With config.batch_invariant a request
// gives the same bits in any batch, whatever was computed before or beside it.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "engine/config.h"
#include "engine/engine.h"
#include "engine/formats/weight_source.h"
#include "engine/runner/cuda/batch_inputs.h"
#include "engine/runner/cuda/device_recovery.h"
#include "engine/runner/cuda/gpu_decoder.h"
#include "engine/runner/cuda/gpu_memory_plan.h"
#include "engine/runner/cuda/tuning_table.h"
#include "engine/runner/model_runner.h"
#include "kernels/cuda/matmul.h"

namespace engine {

// For tests and measurements; read from FIRESIDE_CUDA_GRAPHS, FIRESIDE_CUDA_PDL,
// FIRESIDE_CUDA_RUN_AHEAD, FIRESIDE_CUDA_ORDERED_GEMM and FIRESIDE_CUDA_TUNING (0 turns one off),
// and FIRESIDE_CUDA_FAULT (step:N breaks the device in the N-th step, call:N makes a call there
// that CUDA refuses).
struct CudaRunnerOptions {
  bool graphs = true;
  bool programmatic_launch = true;
  bool run_ahead = true;
  bool ordered_gemm = true;  // kernels/cuda_context.h
  int fault_step = 0;        // 0: never
  bool fault_is_call = false;
  bool time_steps = false;  // for idle_share()
  bool tune_products = true;
  // For construction: choices of algorithms, and where new ones go. Null: cuBLASLt's own.
  TuningTable* tuning = nullptr;
  static CudaRunnerOptions from_environment();
};

class CudaRunner : public ModelRunner {
 public:
  static constexpr int kMaxGraphSeqs = 64;

  CudaRunner(const EngineConfig& config, const ModelConfig& model, const WeightSource& weights,
             int device, const CudaRunnerOptions& options, const LoadProgress& progress,
             std::stop_token stop);
  ~CudaRunner() override;

  // What the constructor would take now, from free memory (and `freed` bytes more) and the sizes of
  // the model: nothing is read or taken. Throws as the constructor does.
  static GpuMemoryPlan plan_memory(const EngineConfig& config, const ModelConfig& model, int device,
                                   int64_t freed = 0);

  std::vector<SampledToken> run(const Batch& batch) override;
  const ModelConfig& model_config() const override { return model_; }
  int num_kv_blocks() const override { return plan_.num_kv_blocks; }
  int block_size() const override { return plan_.block_size; }
  int max_num_batched_tokens() const override { return plan_.max_num_batched_tokens; }
  std::string device_name() const override { return name_; }
  MemoryUse memory_use() const override { return plan_.use(); }
  const GpuMemoryPlan& memory_plan() const { return plan_; }
  // Of the decode steps since the last call, by the device's own clock: the share of time in which
  // none was computed. With options.time_steps.
  double idle_share();

 private:
  struct Graph;
  // What a decode batch looks like to the host: enough to foresee the next one.
  struct DecodeState {
    std::vector<int32_t> token_ids, positions;
    std::vector<int64_t> slot_mapping;
    std::vector<SamplingState> sampling;
  };
  struct Sizes {
    std::vector<int> buckets;
    int max_tokens = 0, max_seqs = 0;  // of a step, padding included
    int64_t max_logits = 0, max_blocks = 0;
    GpuMemoryPlan plan;
  };
  static kernels::CudaContext choose_gpu(const ModelConfig& model, int device);
  static Sizes sizes_for(const EngineConfig& config, const ModelConfig& model,
                         const kernels::CudaContext& context, int64_t freed = 0);
  // What CUDA and cuBLASLt load or choose at the first use, they do here.
  void warm_up(bool has_choices, const std::stop_token& stop);
  void break_device();
  void record_time();
  std::vector<SampledToken> run_checked(const Batch& batch);
  std::vector<SampledToken> run_decode(const Batch& batch);
  std::vector<SampledToken> run_mixed(const Batch& batch);
  bool is_decode_batch(const Batch& batch) const;
  bool is_foreseen(const Batch& batch) const;
  bool can_run_ahead(const Batch& batch) const;
  void capture_graphs(const LoadProgress& progress, const std::stop_token& stop);
  void enqueue_step(int bucket, int level);
  void launch_step(int bucket, int64_t max_context);
  void mark_done();
  void fetch_logprobs(int64_t rows);
  // When step_done_[done] has happened; rows: of SamplingArgs.
  std::vector<SampledToken> read_results(int done, int64_t rows, const Batch& batch);
  void set_outputs(kernels::SamplingArgs* args) const;
  void run_slice(const Batch& batch, const InputLayout& layout, int64_t begin, int64_t end);
  void call_sinks(const Batch& batch, int64_t begin, int64_t end);
  int bucket_of(int num_seqs) const;
  cudaStream_t stream() const { return stream_->get(); }

  const DeviceRecovery recovery_;  // first, so that it goes last
  const ModelConfig model_;
  const CudaRunnerOptions options_;
  const int device_;
  std::string name_;
  GpuMemoryPlan plan_;
  int64_t max_logits_ = 0;
  kernels::CudaContext context_;
  std::unique_ptr<CudaStream> stream_;
  std::unique_ptr<kernels::CudaMatmul> matmul_;
  std::unique_ptr<GpuDecoder> decoder_;
  std::unique_ptr<BatchInputs> inputs_;
  DeviceBytes outputs_;                      // logprob ids, then logprobs, then drawn tokens
  PinnedBytes host_logprobs_;                // the first two
  PinnedBytes host_tokens_;                  // SamplingArgs::echo
  std::unique_ptr<CudaEvent> step_done_[2];  // of the last two steps
  int last_done_ = 0;                        // of step_done_: what was recorded last
  PinnedBytes host_logits_;
  std::vector<int> buckets_;
  std::map<std::pair<int, int>, Graph> graphs_;  // (bucket, context level)
  std::string failure_;                          // not empty once the device has failed
  int num_steps_ = 0;
  std::deque<CudaEvent> step_times_;  // begin and end of each decode step

  // The step launched ahead, if any, and what its batch will look like.
  bool ahead_ = false;
  DecodeState foreseen_;
};

}  // namespace engine
