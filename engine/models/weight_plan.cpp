// SPDX-License-Identifier: Apache-2.0
#include "engine/models/weight_plan.h"

#include <set>
#include <string>

#include "engine/error.h"
#include "engine/log.h"

namespace engine {
namespace {

using kernels::DType;

constexpr int kMaxNamedExtras = 5;

class Planner {
 public:
  Planner(const ModelConfig& config, const WeightSource& source)
      : config_(config), source_(source) {}

  WeightPlan plan() {
    plan_.layout.embedding =
        matrix({"model.embed_tokens.weight"}, {config_.vocab_size}, config_.hidden_size);
    plan_.layout.layers.resize(static_cast<size_t>(config_.num_hidden_layers));
    for (size_t i = 0; i < plan_.layout.layers.size(); ++i) add_layer(i);
    plan_.layout.final_norm = vector("model.norm.weight", config_.hidden_size);
    plan_.layout.lm_head =
        config_.tie_word_embeddings
            ? plan_.layout.embedding
            : matrix({"lm_head.weight"}, {config_.vocab_size}, config_.hidden_size);
    report_extras();
    return std::move(plan_);
  }

 private:
  void add_layer(size_t index) {
    const std::string layer = "model.layers." + std::to_string(index) + ".";
    const std::string attention = layer + "self_attn.", mlp = layer + "mlp.";
    const int64_t hidden = config_.hidden_size;
    const int64_t q = config_.q_size(), kv = config_.kv_size(), ffn = config_.intermediate_size;
    LayerSlots& layout = plan_.layout.layers[index];
    layout.input_norm = vector(layer + "input_layernorm.weight", hidden);
    layout.qkv = matrix(
        {attention + "q_proj.weight", attention + "k_proj.weight", attention + "v_proj.weight"},
        {q, kv, kv}, hidden);
    if (config_.qk_norm) {
      layout.q_norm = vector(attention + "q_norm.weight", config_.head_dim);
      layout.k_norm = vector(attention + "k_norm.weight", config_.head_dim);
    }
    layout.o_proj = matrix({attention + "o_proj.weight"}, {hidden}, q);
    layout.post_attention_norm = vector(layer + "post_attention_layernorm.weight", hidden);
    layout.gate_up = interleaved(mlp + "gate_proj.weight", mlp + "up_proj.weight", ffn, hidden);
    layout.down_proj = matrix({mlp + "down_proj.weight"}, {hidden}, ffn);
  }

  TensorView find(const std::string& name, const std::vector<int64_t>& shape) {
    used_.insert(name);
    return source_.tensor(name, shape);
  }

  // Parts of one matrix are multiplied by one kernel call.
  TensorView find_part(const std::string& name, int64_t rows, int64_t cols,
                       const TensorView* first) {
    TensorView view = find(name, {rows, cols});
    if (first && view.dtype != first->dtype) {
      throw Error(ErrorCode::Unsupported,
                  "the weights " + printable(first->name) + " and " + printable(name) +
                      " are stored as " + kernels::dtype_name(first->dtype) + " and " +
                      kernels::dtype_name(view.dtype) +
                      "; Fireside needs one dtype for both, use a checkpoint saved in one dtype");
    }
    return view;
  }

  int64_t take(int64_t num_bytes) {
    const int64_t offset = plan_.num_bytes;
    const int64_t unit = kernels::kWeightAlignment;
    plan_.num_bytes += (num_bytes + unit - 1) / unit * unit;
    return offset;
  }

  WeightSlot vector(const std::string& name, int64_t size) {
    const TensorView view = find(name, {size});
    WeightSlot slot{take(size * 4), 1, size, DType::F32};
    plan_.placements.push_back(
        {view, slot.offset, 1, view.num_bytes, size * 4, view.dtype != DType::F32});
    return slot;
  }

  // Tensors stacked one below the other.
  WeightSlot matrix(const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                    int64_t cols) {
    WeightSlot slot;
    slot.cols = cols;
    std::vector<TensorView> views;
    for (size_t i = 0; i < names.size(); ++i) {
      views.push_back(find_part(names[i], rows[i], cols, views.empty() ? nullptr : &views[0]));
      slot.rows += rows[i];
    }
    slot.dtype = views[0].dtype;
    const int64_t row_bytes = cols * kernels::dtype_size(slot.dtype);
    slot.offset = take(slot.rows * row_bytes);
    int64_t offset = slot.offset;
    for (size_t i = 0; i < views.size(); ++i) {
      plan_.placements.push_back({views[i], offset, rows[i], row_bytes, row_bytes, false});
      offset += rows[i] * row_bytes;
    }
    return slot;
  }

  // Rows of two tensors by turns.
  WeightSlot interleaved(const std::string& even, const std::string& odd, int64_t rows,
                         int64_t cols) {
    const TensorView first = find_part(even, rows, cols, nullptr);
    const TensorView second = find_part(odd, rows, cols, &first);
    const int64_t row_bytes = cols * kernels::dtype_size(first.dtype);
    const WeightSlot slot{take(2 * rows * row_bytes), 2 * rows, cols, first.dtype};
    plan_.placements.push_back({first, slot.offset, rows, row_bytes, 2 * row_bytes, false});
    plan_.placements.push_back(
        {second, slot.offset + row_bytes, rows, row_bytes, 2 * row_bytes, false});
    return slot;
  }

  // A tied checkpoint may carry its head a second time, an old one the rotary frequencies.
  bool is_harmless(const std::string& name) const {
    return (config_.tie_word_embeddings && name == "lm_head.weight") ||
           name.ends_with(".rotary_emb.inv_freq");
  }

  void report_extras() const {
    int num_extras = 0;
    std::string names;
    for (const TensorView& view : source_.tensors()) {
      if (used_.contains(view.name) || is_harmless(view.name)) continue;
      if (++num_extras <= kMaxNamedExtras)
        names += (names.empty() ? "" : ", ") + printable(view.name);
    }
    if (num_extras > 0)
      spdlog::warn("{} tensors of the checkpoint are not used: {}{}", num_extras, names,
                   num_extras > kMaxNamedExtras ? ", ..." : "");
  }

  const ModelConfig& config_;
  const WeightSource& source_;
  WeightPlan plan_;
  std::set<std::string> used_;
};

}  // namespace

WeightPlan plan_weights(const ModelConfig& config, const WeightSource& source) {
  return Planner(config, source).plan();
}

}  // namespace engine
