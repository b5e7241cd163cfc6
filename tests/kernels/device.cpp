// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/device.h"

#include <cstdlib>
#include <cstring>

namespace {

using kernels::CpuContext;
using kernels::CpuLevel;
using kernels::DType;

class CpuTestDevice final : public TestDevice {
 public:
  CpuTestDevice(CpuLevel level, int num_threads) : pool_(num_threads), context_{&pool_, level} {}

  std::string name() const override {
    return std::string("cpu-") + kernels::cpu_level_name(context_.level) + "-" +
           std::to_string(pool_.num_threads());
  }
  DType dtype() const override { return DType::F32; }
  DType kv_dtype() const override { return DType::F32; }
  int64_t granularity() const override { return 1; }
  bool supports_head_dim(int64_t head_dim) const override {
    return head_dim % 2 == 0 && head_dim <= kernels::kMaxCpuHeadDim;
  }
  double tolerance() const override { return 1e-5; }
  bool batch_invariant() const override { return true; }

  void* allocate(int64_t num_bytes) override { return std::malloc(static_cast<size_t>(num_bytes)); }
  void release(void* memory) override { std::free(memory); }
  void copy_in(void* to, const void* from, int64_t num_bytes) override {
    std::memcpy(to, from, static_cast<size_t>(num_bytes));
  }
  void fill(void* to, unsigned char byte, int64_t num_bytes) override {
    std::memset(to, byte, static_cast<size_t>(num_bytes));
  }
  void copy_out(void* to, const void* from, int64_t num_bytes) override {
    std::memcpy(to, from, static_cast<size_t>(num_bytes));
  }

  void embedding(const kernels::EmbeddingArgs& args) override {
    kernels::cpu::embedding(args, context_);
  }
  void norm_qkv(const kernels::NormQkvArgs& args) override {
    kernels::cpu::norm_qkv(args, context_);
  }
  void linear_residual(const kernels::LinearResidualArgs& args) override {
    kernels::cpu::linear_residual(args, context_);
  }
  void norm_gate_up(const kernels::NormGateUpArgs& args) override {
    kernels::cpu::norm_gate_up(args, context_);
  }
  void lm_head(const kernels::LmHeadArgs& args) override { kernels::cpu::lm_head(args, context_); }
  void attention(const kernels::AttentionArgs& args) override {
    kernels::cpu::attention(args, context_);
  }
  void sampling(const kernels::SamplingArgs& args) override {
    kernels::cpu::sampling(args, context_);
  }
  int64_t attention_workspace_bytes(int64_t max_context, int64_t num_heads,
                                    int64_t head_dim) override {
    return kernels::cpu::attention_workspace_bytes(max_context, num_heads, head_dim,
                                                   pool_.num_threads());
  }
  int64_t sampling_workspace_bytes(int64_t, int64_t vocab_size) override {
    return kernels::cpu::sampling_workspace_bytes(pool_.num_threads(), vocab_size);
  }

 private:
  kernels::ThreadPool pool_;
  const CpuContext context_;
};

}  // namespace

const std::vector<std::unique_ptr<TestDevice>>& test_devices() {
  static const std::vector<std::unique_ptr<TestDevice>> devices = [] {
    std::vector<std::unique_ptr<TestDevice>> list;
    list.push_back(std::make_unique<CpuTestDevice>(CpuLevel::Portable, 1));
    if (kernels::best_cpu_level() >= CpuLevel::Avx2)
      list.push_back(std::make_unique<CpuTestDevice>(CpuLevel::Avx2, 3));
    if (kernels::best_cpu_level() >= CpuLevel::Avx512)
      list.push_back(std::make_unique<CpuTestDevice>(CpuLevel::Avx512, 2));
    return list;
  }();
  return devices;
}

std::string device_row(size_t device, const std::string& rest) {
  return test_devices()[device]->name() + " " + rest;
}
