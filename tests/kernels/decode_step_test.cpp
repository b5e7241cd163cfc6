// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/decode_step_test.h"

#include <cuda_runtime_api.h>

#include <QtTest>
#include <cmath>

#include "kernels/attention.h"
#include "kernels/decode_step.h"
#include "kernels/linear_residual.h"
#include "kernels/lm_head.h"
#include "kernels/norm_gate_up.h"
#include "kernels/norm_qkv.h"
#include "tests/kernels/arrays.h"
#include "tests/kernels/random.h"
#include "tests/kernels/reference.h"

namespace {

using kernels::DType;
using kernels::WeightMatrix;

struct Shape {
  int hidden, heads, kv_heads, ffn, vocab, block_size;
  bool qk_norm;
};
constexpr Shape kShapes[] = {{512, 8, 2, 1024, 1000, 16, true},
                             {640, 5, 1, 9728, 264, 64, true},
                             {128, 3, 3, 136, 8, 8, false}};
constexpr int kLayers = 3;

// A model with random weights and one sequence, on the device.
struct Model {
  Model(TestDevice& target, const Shape& shape_, int context_)
      : device(target),
        shape(shape_),
        context(context_),
        random(static_cast<uint64_t>(shape.hidden * 7 + context_)) {
    const int64_t q = shape.heads * 128, kv = shape.kv_heads * 128;
    for (int i = 0; i < kLayers; ++i) {
      qkv.push_back(matrix(q + 2 * kv, shape.hidden));
      output.push_back(matrix(shape.hidden, q));
      gate_up.push_back(matrix(2 * shape.ffn, shape.hidden));
      down.push_back(matrix(shape.hidden, shape.ffn));
      input_norm.push_back(norm(shape.hidden));
      post_norm.push_back(norm(shape.hidden));
      q_norm.push_back(norm(128));
      k_norm.push_back(norm(128));
    }
    head = matrix(shape.vocab, shape.hidden);
    final_norm = norm(shape.hidden);
    hidden = encode(random.normals(shape.hidden), target.dtype()).bytes;
    cos_sin = array(encode(random.normals(128, 0.7), DType::F32).bytes);

    // Blocks in reverse order; slots that nobody wrote hold NaN.
    blocks = (context + shape.block_size - 1) / shape.block_size;
    cache = {blocks + 1, kLayers, shape.kv_heads, shape.block_size, 128, target.dtype()};
    std::vector<int32_t> table;
    for (int i = 0; i < blocks; ++i) table.push_back(blocks - i);
    table.push_back(-1);
    block_table = std::make_unique<DeviceArray>(target, table);
    slot =
        int64_t{table[static_cast<size_t>((context - 1) / shape.block_size)]} * shape.block_size +
        (context - 1) % shape.block_size;
    slot_array = std::make_unique<DeviceArray>(target, std::vector<int64_t>{slot});
    contexts = std::make_unique<DeviceArray>(target, std::vector<int32_t>{context});
    cu_seqlens = std::make_unique<DeviceArray>(target, std::vector<int32_t>{0, 1});
    rows = std::make_unique<DeviceArray>(target, std::vector<int32_t>{0});
    pool.assign(static_cast<size_t>(cache.pool_bytes()), '\xff');
    const std::vector<char> values = encode(random.normals(1 << 16), target.dtype()).bytes;
    for (int64_t plane = 0; plane < kLayers * 2 * shape.kv_heads; ++plane) {
      for (int position = 0; position + 1 < context; ++position) {
        const int64_t block = table[static_cast<size_t>(position / shape.block_size)];
        const int64_t at = (block * kLayers * 2 * shape.kv_heads + plane) * shape.block_size +
                           position % shape.block_size;
        const auto from = static_cast<size_t>((plane * 9973 + position * 31) % 511 * 256);
        std::copy_n(values.begin() + static_cast<ptrdiff_t>(from), 256, pool.begin() + at * 256);
      }
    }
  }

  DeviceArray* array(const std::vector<char>& bytes) {
    arrays.push_back(std::make_unique<DeviceArray>(device, bytes));
    return arrays.back().get();
  }
  // Pieces of a short run of random numbers in random order: millions of fresh ones would take
  // minutes.
  WeightMatrix matrix(int64_t rows_, int64_t cols) {
    const double scale = 1 / std::sqrt(static_cast<double>(cols));
    const std::vector<char> values = encode(random.normals(1 << 14, scale), device.dtype()).bytes;
    std::vector<char> bytes;
    const auto total = static_cast<size_t>(rows_ * cols * 2);
    while (bytes.size() < total) {
      const int from = random.integer(0, (1 << 14) - 64) * 2;
      bytes.insert(bytes.end(), values.begin() + from, values.begin() + from + 128);
    }
    bytes.resize(total);
    return {array(bytes)->data(), rows_, cols, device.dtype()};
  }
  const float* norm(int64_t size) {
    return array(encode(random.normals(size), DType::F32).bytes)->as<float>();
  }

  TestDevice& device;
  const Shape shape;
  const int context;
  Random random;
  std::vector<std::unique_ptr<DeviceArray>> arrays;
  std::vector<WeightMatrix> qkv, output, gate_up, down;
  std::vector<const float*> input_norm, post_norm, q_norm, k_norm;
  WeightMatrix head;
  const float* final_norm = nullptr;
  std::vector<char> hidden, pool;
  DeviceArray* cos_sin = nullptr;
  int blocks = 0;
  int64_t slot = 0;
  kernels::KvCacheShape cache;
  std::unique_ptr<DeviceArray> block_table, slot_array, contexts, cu_seqlens, rows;
};

// What a step leaves behind.
struct Result {
  std::vector<double> logits, hidden, pool;
  std::vector<char> bits;
  bool intact = false;
};

Result result_of(const DeviceArray& logits, const DeviceArray& hidden, const DeviceArray& pool,
                 DType dtype) {
  Result result = {
      decode(logits, DType::F32), decode(hidden, dtype), decode(pool, dtype), {}, true};
  for (const DeviceArray* array : {&logits, &hidden, &pool}) {
    const std::vector<char> bytes = array->read<char>();
    result.bits.insert(result.bits.end(), bytes.begin(), bytes.end());
    result.intact = result.intact && array->guards_intact();
  }
  return result;
}

Result run_ops(Model& model) {
  TestDevice& target = model.device;
  const Shape& shape = model.shape;
  const DeviceArray hidden(target, model.hidden), pool(target, model.pool);
  const DeviceArray qkv(target, model.qkv[0].rows * 2), out(target, shape.heads * 256);
  const DeviceArray ffn(target, shape.ffn * 2), logits(target, shape.vocab * 4);
  for (size_t i = 0; i < kLayers; ++i) {
    kernels::NormQkvArgs first;
    first.qkv = qkv.data();
    first.hidden = hidden.data();
    first.norm_weight = model.input_norm[i];
    first.weight = model.qkv[i];
    first.num_tokens = 1;
    first.dtype = target.dtype();
    target.norm_qkv(first);
    kernels::AttentionArgs attention;
    attention.out = out.data();
    attention.qkv = qkv.data();
    attention.q_norm_weight = shape.qk_norm ? model.q_norm[i] : nullptr;
    attention.k_norm_weight = shape.qk_norm ? model.k_norm[i] : nullptr;
    attention.cos_sin = model.cos_sin->as<float>();
    attention.cache = kernels::kv_cache_layer(pool.data(), model.cache, static_cast<int64_t>(i));
    attention.batch.slot_mapping = model.slot_array->as<int64_t>();
    attention.batch.cu_seqlens_q = model.cu_seqlens->as<int32_t>();
    attention.batch.context_lens = model.contexts->as<int32_t>();
    attention.batch.block_tables = model.block_table->as<int32_t>();
    attention.batch.max_blocks_per_seq = model.blocks + 1;
    attention.batch.num_tokens = attention.batch.num_seqs = 1;
    attention.num_heads = shape.heads;
    attention.num_kv_heads = shape.kv_heads;
    attention.head_dim = 128;
    attention.scale = 0.09f;
    attention.dtype = target.dtype();
    target.attention(attention);
    kernels::LinearResidualArgs residual;
    residual.hidden = hidden.data();
    residual.x = out.data();
    residual.weight = model.output[i];
    residual.num_tokens = 1;
    residual.dtype = target.dtype();
    target.linear_residual(residual);
    kernels::NormGateUpArgs gate_up;
    gate_up.out = ffn.data();
    gate_up.hidden = hidden.data();
    gate_up.norm_weight = model.post_norm[i];
    gate_up.weight = model.gate_up[i];
    gate_up.num_tokens = 1;
    gate_up.dtype = target.dtype();
    target.norm_gate_up(gate_up);
    residual.x = ffn.data();
    residual.weight = model.down[i];
    target.linear_residual(residual);
  }
  kernels::LmHeadArgs head;
  head.logits = logits.as<float>();
  head.hidden = hidden.data();
  head.rows = model.rows->as<int32_t>();
  head.norm_weight = model.final_norm;
  head.weight = model.head;
  head.num_rows = 1;
  head.dtype = target.dtype();
  target.lm_head(head);
  return result_of(logits, hidden, pool, target.dtype());
}

Result run_step(Model& model, const kernels::CudaContext& context, DeviceArray* workspace,
                const kernels::DecodeStepArgs& sizes) {
  TestDevice& target = model.device;
  const Shape& shape = model.shape;
  const DeviceArray hidden(target, model.hidden), pool(target, model.pool);
  const DeviceArray logits(target, shape.vocab * 4);
  std::vector<kernels::DecodeStepLayer> layers;
  for (size_t i = 0; i < kLayers; ++i) {
    layers.push_back({model.qkv[i].data, model.output[i].data, model.gate_up[i].data,
                      model.down[i].data, model.input_norm[i], model.post_norm[i],
                      shape.qk_norm ? model.q_norm[i] : nullptr,
                      shape.qk_norm ? model.k_norm[i] : nullptr});
  }
  kernels::DecodeStepArgs args = sizes;
  args.hidden = hidden.data();
  args.logits = logits.as<float>();
  args.layers = layers.data();
  args.final_norm = model.final_norm;
  args.head = model.head;
  args.cache = kernels::kv_cache_layer(pool.data(), model.cache, 0);
  args.layer_stride = 2 * model.cache.plane_elements();
  args.cos_sin = model.cos_sin->as<float>();
  args.slot_mapping = model.slot_array->as<int64_t>();
  args.context_lens = model.contexts->as<int32_t>();
  args.block_tables = model.block_table->as<int32_t>();
  args.scale = 0.09f;
  args.workspace = workspace->data();
  const int status = kernels::cuda::decode_step(args, context);
  if (status != 0) qFatal("%s", cudaGetErrorString(static_cast<cudaError_t>(status)));
  if (const cudaError_t error = cudaDeviceSynchronize(); error != cudaSuccess)
    qFatal("%s", cudaGetErrorString(error));
  Result result = result_of(logits, hidden, pool, target.dtype());
  result.intact = result.intact && workspace->guards_intact();
  return result;
}

// As kernels see the first device.
kernels::CudaContext first_device() {
  kernels::CudaContext context;
  int major = 0;
  cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0);
  cudaDeviceGetAttribute(&context.num_sms, cudaDevAttrMultiProcessorCount, 0);
  cudaDeviceGetAttribute(&context.max_shared_bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0);
  context.compute_capability = major * 10;
  context.programmatic_launch = major >= 9;
  return context;
}

}  // namespace

void DecodeStepTest::against_the_ops_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("shape");
  QTest::addColumn<int>("context");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (int shape = 0; shape < static_cast<int>(std::size(kShapes)); ++shape) {
      for (const int context : {1, 2, 16, 17, 161, 320, 321, 700, 2561, 5000}) {
        const std::string name = std::to_string(shape) + " context " + std::to_string(context);
        QTest::newRow(device_row(device, name).c_str())
            << static_cast<int>(device) << shape << context;
      }
    }
  }
}

// Shapes with several and with single pieces a row, groups of 1 to 5 heads, contexts at the borders
// of tiles, warps and splits; the same bits in every run on one workspace.
void DecodeStepTest::against_the_ops() {
  QFETCH(int, device);
  QFETCH(int, shape);
  QFETCH(int, context);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  const kernels::CudaContext gpu = first_device();
  kernels::DecodeStepArgs sizes;
  sizes.num_layers = kLayers;
  sizes.hidden_size = kShapes[shape].hidden;
  sizes.intermediate_size = kShapes[shape].ffn;
  sizes.num_heads = kShapes[shape].heads;
  sizes.num_kv_heads = kShapes[shape].kv_heads;
  sizes.head_dim = 128;
  sizes.head.rows = kShapes[shape].vocab;
  sizes.dtype = target.dtype();
  if (!kernels::cuda::decode_step_fits(sizes, gpu)) QSKIP("not on this device");
  if (target.name().find("sm80") != std::string::npos) QSKIP("the same as cuda-bf16");
  Model model(target, kShapes[shape], context);
  Result want = run_ops(model);
  const int64_t workspace_bytes = kernels::cuda::decode_step_workspace_bytes(sizes, gpu);
  DeviceArray workspace(target, std::vector<char>(static_cast<size_t>(workspace_bytes), 0));
  Result got = run_step(model, gpu, &workspace, sizes);
  const double tolerance = 2 * target.tolerance();
  COMPARE_ARRAYS(got.logits, want.logits, tolerance);
  COMPARE_ARRAYS(got.hidden, want.hidden, tolerance);
  QVERIFY(got.intact);
  for (int repeat = 0; repeat < 5; ++repeat)
    QVERIFY(run_step(model, gpu, &workspace, sizes).bits == got.bits);
  int64_t different = 0;
  for (size_t i = 0; i < got.pool.size(); ++i) {
    different += std::isnan(got.pool[i]) != std::isnan(want.pool[i]);
    if (std::isnan(want.pool[i])) got.pool[i] = want.pool[i] = 0;
  }
  QCOMPARE(different, int64_t{0});
  COMPARE_ARRAYS(got.pool, want.pool, tolerance);
}
