// SPDX-License-Identifier: Apache-2.0
// A checkpoint made in memory: random weights for any configuration, to be changed by a test.
#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "engine/error.h"
#include "engine/formats/model_config.h"
#include "engine/formats/weight_source.h"

class MemoryWeights final : public engine::WeightSource {
 public:
  struct Tensor {
    std::vector<int64_t> shape;
    kernels::DType dtype;
    std::vector<char> bytes;
    std::shared_ptr<const engine::MemoryBytes> source;
  };

  explicit MemoryWeights(const engine::ModelConfig& config,
                         kernels::DType dtype = kernels::DType::BF16) {
    const int64_t hidden = config.hidden_size, ffn = config.intermediate_size;
    add("model.embed_tokens.weight", {config.vocab_size, hidden}, dtype);
    for (int i = 0; i < config.num_hidden_layers; ++i) {
      const std::string layer = "model.layers." + std::to_string(i) + ".";
      add(layer + "input_layernorm.weight", {hidden}, dtype);
      add(layer + "post_attention_layernorm.weight", {hidden}, dtype);
      add(layer + "self_attn.q_proj.weight", {config.q_size(), hidden}, dtype);
      add(layer + "self_attn.k_proj.weight", {config.kv_size(), hidden}, dtype);
      add(layer + "self_attn.v_proj.weight", {config.kv_size(), hidden}, dtype);
      add(layer + "self_attn.o_proj.weight", {hidden, config.q_size()}, dtype);
      if (config.qk_norm) {
        add(layer + "self_attn.q_norm.weight", {config.head_dim}, dtype);
        add(layer + "self_attn.k_norm.weight", {config.head_dim}, dtype);
      }
      add(layer + "mlp.gate_proj.weight", {ffn, hidden}, dtype);
      add(layer + "mlp.up_proj.weight", {ffn, hidden}, dtype);
      add(layer + "mlp.down_proj.weight", {hidden, ffn}, dtype);
    }
    add("model.norm.weight", {hidden}, dtype);
    if (!config.tie_word_embeddings) add("lm_head.weight", {config.vocab_size, hidden}, dtype);
  }

  void add(const std::string& name, const std::vector<int64_t>& shape, kernels::DType dtype) {
    int64_t count = 1;
    for (const int64_t size : shape) count *= size;
    Tensor tensor{shape, dtype, {}, nullptr};
    tensor.bytes.resize(static_cast<size_t>(count * kernels::dtype_size(dtype)));
    std::normal_distribution<float> normal(0, 0.3f);
    for (int64_t i = 0; i < count; ++i) {
      const float value = normal(random_);
      char* to = tensor.bytes.data() + i * kernels::dtype_size(dtype);
      const uint16_t bits = dtype == kernels::DType::BF16 ? kernels::float_to_bf16(value)
                                                          : kernels::float_to_f16(value);
      if (dtype == kernels::DType::F32) {
        std::memcpy(to, &value, sizeof value);
      } else {
        std::memcpy(to, &bits, sizeof bits);
      }
    }
    Tensor& kept = tensors_[name] = std::move(tensor);
    kept.source = std::make_shared<engine::MemoryBytes>(std::as_bytes(std::span(kept.bytes)));
    refresh();
  }
  void remove(const std::string& name) {
    tensors_.erase(name);
    refresh();
  }
  const Tensor& stored(const std::string& name) const { return tensors_.at(name); }

  engine::TensorView tensor(const std::string& name,
                            const std::vector<int64_t>& shape) const override {
    const auto found = tensors_.find(name);
    if (found == tensors_.end())
      throw engine::Error(engine::ErrorCode::InvalidFile, "memory: no tensor " + name);
    if (found->second.shape != shape)
      throw engine::Error(engine::ErrorCode::InvalidFile, "memory: wrong shape of " + name);
    return view(*found);
  }
  bool contains(const std::string& name) const override { return tensors_.count(name) > 0; }
  const std::vector<engine::TensorView>& tensors() const override { return views_; }
  int64_t total_bytes() const override {
    int64_t total = 0;
    for (const engine::TensorView& tensor : views_) total += tensor.num_bytes;
    return total;
  }

 private:
  static engine::TensorView view(const std::pair<const std::string, Tensor>& entry) {
    return {entry.first,
            entry.second.dtype,
            entry.second.shape,
            entry.second.source.get(),
            0,
            static_cast<int64_t>(entry.second.bytes.size())};
  }
  void refresh() {
    views_.clear();
    for (const auto& entry : tensors_) views_.push_back(view(entry));
  }

  std::mt19937 random_{42};
  std::map<std::string, Tensor> tensors_;
  std::vector<engine::TensorView> views_;
};

// A decoder with odd sizes everywhere: nothing is a multiple of anything.
inline engine::ModelConfig odd_config() {
  engine::ModelConfig config;
  config.architecture = "Qwen3ForCausalLM";
  config.vocab_size = 101;
  config.hidden_size = 33;
  config.intermediate_size = 47;
  config.num_hidden_layers = 3;
  config.num_attention_heads = 6;
  config.num_key_value_heads = 2;
  config.head_dim = 10;
  config.max_position_embeddings = 700;
  config.tie_word_embeddings = false;
  return config;
}
