// SPDX-License-Identifier: Apache-2.0
#include "engine/runner/cuda/gpu_weights.h"

#include <deque>
#include <span>
#include <utility>

#include "engine/runner/cuda/weight_upload.h"

namespace engine {
namespace {

using kernels::DType;
using kernels::WeightMatrix;

// Hands out places in the one allocation, and remembers what to copy where.
class Arena {
 public:
  explicit Arena(char* base) : base_(base) {}

  void* take(int64_t bytes) {
    const int64_t at = used_;
    used_ += align_up(bytes, kernels::kWeightAlignment);
    return base_ + at;
  }
  int64_t used() const { return used_; }

 private:
  char* base_;
  int64_t used_ = 0;
};

std::vector<float> to_float(const TensorView& view) {
  std::vector<float> values(static_cast<size_t>(view.shape[0]));
  if (view.dtype == DType::F32) {
    view.source->read(view.offset, values.data(), view.num_bytes);
    return values;
  }
  std::vector<uint16_t> bits(values.size());
  view.source->read(view.offset, bits.data(), view.num_bytes);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = view.dtype == DType::BF16 ? kernels::bf16_to_float(bits[i])
                                          : kernels::f16_to_float(bits[i]);
  return values;
}

// A vector of the host that lives until it has been sent.
struct HostVector {
  explicit HostVector(std::vector<float> numbers) : values(std::move(numbers)) {}
  const std::vector<float> values;
  const MemoryBytes bytes{std::as_bytes(std::span(values))};
};

class Planner {
 public:
  Planner(const WeightSource& source, DType dtype, char* base)
      : source_(source), dtype_(dtype), arena_(base) {}

  // Rows of several tensors, one after another or (interleave) in turn.
  WeightMatrix matrix(const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                      int64_t cols, bool interleave = false) {
    WeightMatrix matrix;
    matrix.cols = cols;
    matrix.dtype = dtype_;
    for (const int64_t count : rows) matrix.rows += count;
    char* target = static_cast<char*>(arena_.take(matrix.num_bytes()));
    matrix.data = target;
    UploadJob fused;
    for (size_t i = 0; i < names.size(); ++i) {
      const TensorView view = source_.tensor(names[i], {rows[i], cols});
      if (view.dtype != dtype_)
        throw Error(ErrorCode::Unsupported,
                    "the weight " + names[i] + " is " + kernels::dtype_name(view.dtype) +
                        (view.dtype == DType::F32
                             ? "; the GPU computes with bf16 or f16 weights: choose the device cpu, "
                               "or a checkpoint in bf16"
                             : "; on the GPU all matrices must have one type"));
      if (interleave) {
        fused.sources.push_back({view.source, view.offset});
      } else {
        jobs_.push_back({target, {{view.source, view.offset}}, cols * 2, rows[i]});
        target += rows[i] * cols * 2;
      }
    }
    if (interleave) {
      fused.target = target;
      fused.row_bytes = cols * 2;
      fused.num_rows = matrix.rows;
      jobs_.push_back(fused);
    }
    return matrix;
  }

  const float* vector(const std::string& name, int64_t size) {
    const HostVector& vector = vectors_.emplace_back(to_float(source_.tensor(name, {size})));
    void* target = arena_.take(size * 4);
    jobs_.push_back({target, {{&vector.bytes, 0}}, size * 4, 1});
    return static_cast<const float*>(target);
  }

  const std::vector<UploadJob>& jobs() const { return jobs_; }

 private:
  const WeightSource& source_;
  const DType dtype_;
  Arena arena_;
  std::vector<UploadJob> jobs_;
  std::deque<HostVector> vectors_;  // jobs point into it
};

}  // namespace

int64_t GpuWeights::planned_bytes(const ModelConfig& model) {
  Arena arena(nullptr);
  const int64_t hidden = model.hidden_size, ffn = model.intermediate_size;
  const int64_t matrices = model.tie_word_embeddings ? 1 : 2;
  for (int64_t i = 0; i < matrices; ++i) arena.take(int64_t{2} * model.vocab_size * hidden);
  arena.take(hidden * 4);
  for (int layer = 0; layer < model.num_hidden_layers; ++layer) {
    for (int i = 0; i < 2; ++i) arena.take(hidden * 4);
    if (model.qk_norm) {
      for (int i = 0; i < 2; ++i) arena.take(int64_t{4} * model.head_dim);
    }
    arena.take(2 * hidden * (model.q_size() + 2 * model.kv_size()));
    arena.take(2 * hidden * model.q_size());
    arena.take(4 * hidden * ffn);
    arena.take(2 * hidden * ffn);
  }
  return arena.used();
}

DType GpuWeights::stored_dtype(const ModelConfig& model, const WeightSource& source) {
  return source.tensor("model.embed_tokens.weight", {model.vocab_size, model.hidden_size}).dtype;
}

GpuWeights::GpuWeights(const ModelConfig& model, const WeightSource& source,
                       const LoadProgress& progress, std::stop_token stop) {
  const int64_t hidden = model.hidden_size, ffn = model.intermediate_size;
  const int64_t q_size = model.q_size(), kv_size = model.kv_size();
  dtype_ = stored_dtype(model, source);
  if (dtype_ == DType::F32) dtype_ = DType::BF16;  // refused by name below
  memory_ = device_bytes(planned_bytes(model), "taking memory for the weights");
  Planner plan(source, dtype_, memory_.as<char>());

  embedding_ = plan.matrix({"model.embed_tokens.weight"}, {model.vocab_size}, hidden);
  head_ = model.tie_word_embeddings ? embedding_
                                    : plan.matrix({"lm_head.weight"}, {model.vocab_size}, hidden);
  final_norm_ = plan.vector("model.norm.weight", hidden);
  for (int i = 0; i < model.num_hidden_layers; ++i) {
    const std::string prefix = "model.layers." + std::to_string(i) + ".";
    GpuLayer layer;
    layer.input_norm = plan.vector(prefix + "input_layernorm.weight", hidden);
    layer.post_attention_norm = plan.vector(prefix + "post_attention_layernorm.weight", hidden);
    if (model.qk_norm) {
      layer.q_norm = plan.vector(prefix + "self_attn.q_norm.weight", model.head_dim);
      layer.k_norm = plan.vector(prefix + "self_attn.k_norm.weight", model.head_dim);
    }
    layer.qkv = plan.matrix({prefix + "self_attn.q_proj.weight", prefix + "self_attn.k_proj.weight",
                             prefix + "self_attn.v_proj.weight"},
                            {q_size, kv_size, kv_size}, hidden);
    layer.output = plan.matrix({prefix + "self_attn.o_proj.weight"}, {hidden}, q_size);
    layer.gate_up =
        plan.matrix({prefix + "mlp.gate_proj.weight", prefix + "mlp.up_proj.weight"}, {ffn, ffn}, hidden,
                    true);
    layer.down = plan.matrix({prefix + "mlp.down_proj.weight"}, {hidden}, ffn);
    layers_.push_back(layer);
  }
  upload(plan.jobs(),
         [&progress](double done) {
           if (progress) progress("Copying weights to the GPU", done);
         },
         stop);
}

}  // namespace engine
