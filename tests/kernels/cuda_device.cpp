// SPDX-License-Identifier: Apache-2.0
// The GPU as a test device: the same tests as on the CPU, in bf16 and f16, and once more as an
// older card would run them (other kernels, no programmatic launch, no clusters), each
// batch-invariant, too. FIRESIDE_TEST_SMS=8 lets kernels believe in a card of 8 multiprocessors:
// which kernel a matrix goes to depends on rows for each of them, and small matrices then reach
// all.
#include <cuda_runtime_api.h>

#include <QtTest>
#include <algorithm>
#include <functional>
#include <set>

#include "kernels/cuda/matmul.h"
#include "tests/kernels/device.h"

namespace {

using kernels::CudaContext;
using kernels::DType;

void check(int status, const char* what) {
  if (status == cudaSuccess) return;
  qFatal("%s: %s", what, cudaGetErrorString(static_cast<cudaError_t>(status)));
}

class CudaTestDevice final : public TestDevice {
 public:
  CudaTestDevice(std::string name, DType dtype, int capability, bool batch_invariant = false)
      : name_(std::move(name)), dtype_(dtype) {
    context_.batch_invariant = batch_invariant;
    context_.ordered_gemm = qEnvironmentVariable("FIRESIDE_CUDA_ORDERED_GEMM") != "0";
    cudaStream_t stream = nullptr;
    check(cudaStreamCreate(&stream), "cudaStreamCreate");
    int value = 0;
    check(cudaDeviceGetAttribute(&value, cudaDevAttrMultiProcessorCount, 0), "attribute");
    const int wanted = qEnvironmentVariableIntValue("FIRESIDE_TEST_SMS");
    context_.num_sms = wanted > 0 ? std::min(value, wanted) : value;
    check(cudaDeviceGetAttribute(&value, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0), "attribute");
    context_.max_shared_bytes = capability < 90 ? std::min(value, 99 << 10) : value;
    context_.compute_capability = capability;
    // Both ways to share columns: clusters of four, as far as there are (cards have fewer than a
    // quarter of their multiprocessors), and of two for more rows.
    if (capability >= 90) context_.clusters_of_four = std::max(1, context_.num_sms / 4 - 1);
    context_.programmatic_launch = capability >= 90;
    context_.stream = stream;
    const char* problem = "";
    matmul_ = kernels::CudaMatmul::create(&problem);
    if (!matmul_) qFatal("%s", problem);
    context_.matmul = matmul_.get();
    workspace_ = allocate(kWorkspaceBytes);
  }

  std::string name() const override { return name_; }
  DType dtype() const override { return dtype_; }
  DType kv_dtype() const override { return dtype_; }
  bool supports_e4m3_cache() const override { return true; }
  bool supports_weights(DType dtype) const override { return dtype == dtype_; }
  int64_t granularity() const override { return 8; }
  bool supports_head_dim(int64_t head_dim) const override {
    return head_dim == 64 || head_dim == 128;
  }
  // Rounding of inputs, of the normalised input and of the result, against float64 without any.
  double tolerance() const override { return dtype_ == DType::BF16 ? 0.016 : 0.002; }
  bool batch_invariant() const override { return context_.batch_invariant; }

  void* allocate(int64_t num_bytes) override {
    void* memory = nullptr;
    check(cudaMalloc(&memory, static_cast<size_t>(std::max<int64_t>(num_bytes, 1))), "cudaMalloc");
    return memory;
  }
  void release(void* memory) override { check(cudaFree(memory), "cudaFree"); }
  void copy_in(void* to, const void* from, int64_t num_bytes) override {
    check(cudaMemcpy(to, from, static_cast<size_t>(num_bytes), cudaMemcpyHostToDevice), "copy in");
  }
  void fill(void* to, unsigned char byte, int64_t num_bytes) override {
    check(cudaMemsetAsync(to, byte, static_cast<size_t>(num_bytes), nullptr), "fill");
  }
  void copy_out(void* to, const void* from, int64_t num_bytes) override {
    check(cudaMemcpy(to, from, static_cast<size_t>(num_bytes), cudaMemcpyDeviceToHost), "copy out");
  }

  void embedding(const kernels::EmbeddingArgs& args) override {
    finish(kernels::cuda::embedding(args, context_), "embedding");
  }
  void norm_qkv(const kernels::NormQkvArgs& args) override {
    finish(kernels::cuda::norm_qkv(with_workspace(args), context_), "norm_qkv");
  }
  void linear_residual(const kernels::LinearResidualArgs& args) override {
    finish(kernels::cuda::linear_residual(args, context_), "linear_residual");
  }
  void norm_gate_up(const kernels::NormGateUpArgs& args) override {
    finish(kernels::cuda::norm_gate_up(with_workspace(args), context_), "norm_gate_up");
  }
  void lm_head(const kernels::LmHeadArgs& args) override {
    finish(kernels::cuda::lm_head(with_workspace(args), context_), "lm_head");
  }
  void attention(const kernels::AttentionArgs& args) override {
    kernels::AttentionArgs copy = args;
    std::vector<int32_t> contexts(static_cast<size_t>(args.batch.num_seqs));
    copy_out(contexts.data(), args.batch.context_lens, args.batch.num_seqs * 4);
    copy.max_context_len = *std::max_element(contexts.begin(), contexts.end());
    // Any bound is as good as another where bits must not depend on it.
    if (batch_invariant() && args.workspace_bytes > 0) copy.max_context_len += calls_++ % 3 * 7000;
    finish(kernels::cuda::attention(copy, context_), "attention");
  }
  void sampling(const kernels::SamplingArgs& args) override {
    kernels::SamplingArgs copy = with_workspace(args);
    copy.num_biases = copy.num_counts = kListEntries;
    finish(kernels::cuda::sampling(copy, context_), "sampling");
  }
  int64_t attention_workspace_bytes(int64_t, int64_t num_heads, int64_t head_dim) override {
    return kernels::cuda::attention_workspace_bytes(1024, 64, num_heads, head_dim, context_) / 8;
  }
  int64_t sampling_workspace_bytes(int64_t, int64_t) override { return 0; }

 private:
  static constexpr int64_t kWorkspaceBytes = 64 << 20;
  static constexpr int64_t kListEntries = 1 << 20;

  // The tests know the CPU's needs; the GPU's are larger.
  template <typename Args>
  Args with_workspace(Args args) {
    check(cudaMemset(workspace_, 0xff, kWorkspaceBytes), "poison");
    check(cudaDeviceSynchronize(), "poison");
    args.workspace = workspace_;
    return args;
  }
  void finish(int status, const char* what) {
    check(status, what);
    check(cudaDeviceSynchronize(), what);
  }

  const std::string name_;
  const DType dtype_;
  CudaContext context_;
  std::unique_ptr<kernels::CudaMatmul> matmul_;
  void* workspace_ = nullptr;
  int64_t calls_ = 0;
};

}  // namespace

const std::vector<std::unique_ptr<TestDevice>>& test_devices() {
  static const std::vector<std::unique_ptr<TestDevice>> devices = [] {
    std::vector<std::unique_ptr<TestDevice>> list;
    int count = 0;
    if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) return list;
    int major = 0;
    check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "attribute");
    const int capability = major * 10;
    for (const bool invariant : {false, true}) {
      for (const int as : std::set<int, std::greater<>>{capability, 80}) {
        for (const DType dtype : {DType::BF16, DType::F16}) {
          std::string name = dtype == DType::BF16 ? "cuda-bf16" : "cuda-f16";
          if (as != capability) name += "-as-sm80";
          if (invariant) name += "-invariant";
          list.push_back(std::make_unique<CudaTestDevice>(name, dtype, as, invariant));
        }
      }
    }
    return list;
  }();
  return devices;
}

std::string device_row(size_t device, const std::string& rest) {
  return test_devices()[device]->name() + " " + rest;
}
