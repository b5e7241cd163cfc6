// SPDX-License-Identifier: Apache-2.0
// Models of any shape with random weights, without files.
#pragma once

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

#include "engine/formats/model_config.h"
#include "engine/formats/weight_source.h"

// Every matrix is a window of one block of random bf16 numbers, by its name; norms are 1.
class RandomModel final : public engine::WeightSource {
 public:
  explicit RandomModel(const engine::ModelConfig& model)
      : bits_(static_cast<size_t>(
                  std::max({model.vocab_size, model.intermediate_size, model.q_size()})) *
                  static_cast<size_t>(model.hidden_size) +
              kOffsets),
        ones_(static_cast<size_t>(model.hidden_size + model.head_dim), 0x3f80) {
    uint64_t state = 88172645463325252ull;
    for (uint16_t& value : bits_) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      // Sign and mantissa random, magnitude from 2^-7 to 2^-5.
      value = static_cast<uint16_t>((state & 0x807f) | (0x3c00 + ((state >> 20 & 1) << 7)));
    }
  }
  engine::TensorView tensor(const std::string& name,
                            const std::vector<int64_t>& shape) const override {
    engine::TensorView view;
    view.name = name;
    view.dtype = kernels::DType::BF16;
    view.shape = shape;
    view.num_bytes = std::accumulate(shape.begin(), shape.end(), int64_t{2}, std::multiplies<>());
    view.source = shape.size() == 1 ? &one_bytes_ : &bit_bytes_;
    if (shape.size() != 1)
      view.offset = 2 * static_cast<int64_t>(std::hash<std::string>()(name) % kOffsets);
    return view;
  }
  bool contains(const std::string&) const override { return true; }
  const std::vector<engine::TensorView>& tensors() const override { return none_; }
  int64_t total_bytes() const override { return 0; }

 private:
  static constexpr size_t kOffsets = 65536;
  std::vector<uint16_t> bits_, ones_;
  engine::MemoryBytes bit_bytes_{std::as_bytes(std::span(bits_))};
  engine::MemoryBytes one_bytes_{std::as_bytes(std::span(ones_))};
  std::vector<engine::TensorView> none_;
};
