// SPDX-License-Identifier: Apache-2.0
// The devices that the kernel tests run on. A test works on any of them: it puts its inputs into
// DeviceArrays, fills Args with their addresses and calls the op of the device.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/attention.h"
#include "kernels/embedding.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"
#include "kernels/rope.h"
#include "kernels/sampling.h"

class TestDevice {
 public:
  virtual ~TestDevice() = default;

  virtual std::string name() const = 0;
  virtual kernels::DType dtype() const = 0;     // of activations
  virtual kernels::DType kv_dtype() const = 0;  // of the cache
  virtual bool supports_e4m3_cache() const { return false; }
  // Whether weights of this dtype can meet the device's activations.
  virtual bool supports_weights(kernels::DType) const { return true; }
  virtual int64_t granularity() const = 0;  // sizes of rows must be multiples of this
  virtual bool supports_head_dim(int64_t head_dim) const = 0;
  // Allowed error of an op, relative to the largest value that it should produce.
  virtual double tolerance() const = 0;
  // Whether one request gets the same bits in any batch.
  virtual bool batch_invariant() const = 0;

  virtual void* allocate(int64_t num_bytes) = 0;
  virtual void release(void* memory) = 0;
  virtual void copy_in(void* to, const void* from, int64_t num_bytes) = 0;
  // Ordered with the ops, like the copies.
  virtual void fill(void* to, unsigned char byte, int64_t num_bytes) = 0;
  virtual void copy_out(void* to, const void* from, int64_t num_bytes) = 0;

  virtual void embedding(const kernels::EmbeddingArgs& args) = 0;
  virtual void norm_qkv(const kernels::NormQkvArgs& args) = 0;
  virtual void linear_residual(const kernels::LinearResidualArgs& args) = 0;
  virtual void norm_gate_up(const kernels::NormGateUpArgs& args) = 0;
  virtual void lm_head(const kernels::LmHeadArgs& args) = 0;
  virtual void attention(const kernels::AttentionArgs& args) = 0;
  virtual void sampling(const kernels::SamplingArgs& args) = 0;
  virtual int64_t attention_workspace_bytes(int64_t max_context, int64_t num_heads,
                                            int64_t head_dim) = 0;
  virtual int64_t sampling_workspace_bytes(int64_t num_rows, int64_t vocab_size) = 0;
};

// Every device of this machine: the CPU at each instruction set it has, with several thread counts.
const std::vector<std::unique_ptr<TestDevice>>& test_devices();

// Adds a row for each device to a Qt Test table with the columns "device" (index) and others.
std::string device_row(size_t device, const std::string& rest);
