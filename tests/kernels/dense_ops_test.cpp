// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/dense_ops_test.h"

#include <QtTest>
#include <cmath>

#include "tests/kernels/arrays.h"
#include "tests/kernels/random.h"
#include "tests/kernels/reference.h"

using kernels::DType;
using kernels::WeightMatrix;
using reference::Values;

Q_DECLARE_METATYPE(kernels::DType)

namespace {

// Sizes around the edges of every tile: of tokens, rows and columns.
struct Shape {
  int tokens, rows, cols;
};
constexpr Shape kShapes[] = {{1, 1, 1},      {1, 64, 16},    {1, 130, 100},  {2, 65, 17},
                             {3, 8, 640},    {5, 66, 641},   {6, 64, 1024},  {7, 10, 1025},
                             {11, 72, 656},  {12, 63, 31},   {13, 128, 256}, {47, 40, 48},
                             {49, 96, 64},   {97, 200, 33},  {100, 6, 2056}, {33, 200, 1088},
                             {8, 2592, 576}, {20, 6400, 64}, {5, 34400, 64}};
// Which of a GPU's kernels takes a matrix depends on all three: every kernel has one of these.
constexpr Shape kGpuShapes[] = {
    {1, 24, 5192},  {2, 24, 5192},  {7, 72, 640},    {15, 72, 640},  {25, 72, 640},  {57, 72, 640},
    {9, 136, 576},  {31, 136, 576}, {40, 136, 576},  {4, 424, 128},  {12, 424, 128}, {32, 424, 128},
    {64, 424, 128}, {10, 200, 64},  {17, 200, 64},   {63, 200, 64},  {24, 200, 72},  {30, 40, 88},
    {9, 328, 104},  {50, 328, 104}, {200, 200, 448}, {200, 424, 320}};
constexpr int kManyRows = 10000;  // more only tell the blocks of a GPU apart: one device is enough

void add_rows() {
  QTest::addColumn<int>("device");
  QTest::addColumn<DType>("dtype");
  QTest::addColumn<int>("tokens");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("cols");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    const int unit = static_cast<int>(test_devices()[device]->granularity());
    std::vector<Shape> shapes(std::begin(kShapes), std::end(kShapes));
    if (unit > 1) shapes.insert(shapes.end(), std::begin(kGpuShapes), std::end(kGpuShapes));
    for (const DType dtype : {DType::BF16, DType::F16, DType::F32}) {
      if (!test_devices()[device]->supports_weights(dtype)) continue;
      for (const Shape& shape : shapes) {
        if (shape.rows > kManyRows && (unit == 1 || device > 0)) continue;
        const int rows = (shape.rows + unit - 1) / unit * unit;
        const int cols = (shape.cols + unit - 1) / unit * unit;
        const std::string name = std::string(kernels::dtype_name(dtype)) + " " +
                                 std::to_string(shape.tokens) + "x" + std::to_string(rows) + "x" +
                                 std::to_string(cols);
        QTest::newRow(device_row(device, name).c_str())
            << static_cast<int>(device) << dtype << shape.tokens << rows << cols;
      }
    }
  }
}

// What most of these ops need: activations, a norm weight, a matrix; on the device and in float64.
struct Inputs {
  Inputs(TestDevice& target, DType weight_dtype, int64_t tokens, int64_t rows, int64_t cols)
      : random(static_cast<uint64_t>(tokens * 1000003 + rows * 1009 + cols)),
        hidden(encode(random.normals(tokens * cols, 3), target.dtype())),
        norm(encode(random.normals(cols), DType::F32)),
        matrix(encode(random.normals(rows * cols, 1 / std::sqrt(cols)), weight_dtype)),
        hidden_array(target, hidden.bytes),
        norm_array(target, norm.bytes),
        matrix_array(target, matrix.bytes),
        workspace(target, tokens * cols * 4),
        weight{matrix_array.data(), rows, cols, weight_dtype} {}

  Values normed() const { return reference::rms_norm(hidden.values, norm.values, kEps); }
  bool unchanged() const {
    return hidden_array.read<char>() == hidden.bytes && matrix_array.read<char>() == matrix.bytes &&
           norm_array.read<char>() == norm.bytes && workspace.guards_intact();
  }

  static constexpr double kEps = 1e-6;
  Random random;
  const Encoded hidden, norm, matrix;
  const DeviceArray hidden_array, norm_array, matrix_array, workspace;
  const WeightMatrix weight;
};

kernels::NormQkvArgs norm_qkv_args(const Inputs& in, const DeviceArray& out, int64_t tokens,
                                   DType dtype) {
  kernels::NormQkvArgs args;
  args.qkv = out.data();
  args.hidden = in.hidden_array.data();
  args.norm_weight = in.norm_array.as<float>();
  args.weight = in.weight;
  args.workspace = in.workspace.data();
  args.num_tokens = tokens;
  args.eps = static_cast<float>(Inputs::kEps);
  args.dtype = dtype;
  return args;
}

}  // namespace

#define FETCH_SHAPE()                                                \
  QFETCH(int, device);                                               \
  QFETCH(DType, dtype);                                              \
  QFETCH(int, tokens);                                               \
  QFETCH(int, rows);                                                 \
  QFETCH(int, cols);                                                 \
  TestDevice& target = *test_devices()[static_cast<size_t>(device)]; \
  [[maybe_unused]] const int64_t value_bytes = kernels::dtype_size(target.dtype())

void DenseOpsTest::embedding_data() { add_rows(); }

void DenseOpsTest::embedding() {
  FETCH_SHAPE();
  Inputs in(target, dtype, tokens, rows, cols);
  std::vector<int32_t> ids;
  for (int t = 0; t < tokens; ++t) ids.push_back(in.random.integer(0, rows - 1));
  ids.back() = rows - 1;
  const DeviceArray ids_array(target, ids), out(target, tokens * cols * value_bytes);
  kernels::EmbeddingArgs args;
  args.out = out.data();
  args.token_ids = ids_array.as<int32_t>();
  args.table = in.weight;
  args.num_tokens = tokens;
  args.dtype = target.dtype();
  target.embedding(args);

  Values want;
  for (const int32_t id : ids) {
    const auto row = in.matrix.values.begin() + id * cols;
    want.insert(want.end(), row, row + cols);
  }
  COMPARE_ARRAYS(decode(out, target.dtype()), want,
                 target.dtype() == DType::F32 ? 0 : target.tolerance());
  QVERIFY(out.guards_intact() && in.unchanged());
}

void DenseOpsTest::norm_qkv_data() { add_rows(); }

void DenseOpsTest::norm_qkv() {
  FETCH_SHAPE();
  const Inputs in(target, dtype, tokens, rows, cols);
  const DeviceArray out(target, tokens * rows * value_bytes);
  target.norm_qkv(norm_qkv_args(in, out, tokens, target.dtype()));
  const Values want = reference::matmul(in.normed(), in.matrix.values, cols);
  COMPARE_ARRAYS(decode(out, target.dtype()), want, target.tolerance());
  QVERIFY(out.guards_intact() && in.unchanged());
}

void DenseOpsTest::linear_residual_data() { add_rows(); }

void DenseOpsTest::linear_residual() {
  FETCH_SHAPE();
  Inputs in(target, dtype, tokens, rows, cols);
  const Encoded residual = encode(in.random.normals(tokens * rows, 5), target.dtype());
  const DeviceArray out(target, residual.bytes);
  kernels::LinearResidualArgs args;
  args.hidden = out.data();
  args.x = in.hidden_array.data();
  args.weight = in.weight;
  args.num_tokens = tokens;
  args.dtype = target.dtype();
  target.linear_residual(args);

  Values want = reference::matmul(in.hidden.values, in.matrix.values, cols);
  for (size_t i = 0; i < want.size(); ++i) want[i] += residual.values[i];
  COMPARE_ARRAYS(decode(out, target.dtype()), want, target.tolerance());
  QVERIFY(out.guards_intact() && in.unchanged());
}

void DenseOpsTest::norm_gate_up_data() { add_rows(); }

void DenseOpsTest::norm_gate_up() {
  FETCH_SHAPE();
  const Inputs in(target, dtype, tokens, 2 * rows, cols);
  const DeviceArray out(target, tokens * rows * value_bytes);
  kernels::NormGateUpArgs args;
  args.out = out.data();
  args.hidden = in.hidden_array.data();
  args.norm_weight = in.norm_array.as<float>();
  args.weight = in.weight;
  args.workspace = in.workspace.data();
  args.num_tokens = tokens;
  args.eps = static_cast<float>(Inputs::kEps);
  args.dtype = target.dtype();
  target.norm_gate_up(args);

  const Values gate_up = reference::matmul(in.normed(), in.matrix.values, cols);
  COMPARE_ARRAYS(decode(out, target.dtype()), reference::silu_multiply(gate_up),
                 target.tolerance());
  QVERIFY(out.guards_intact() && in.unchanged());
}

void DenseOpsTest::lm_head_data() { add_rows(); }

// Some of the tokens, out of order, one of them twice.
void DenseOpsTest::lm_head() {
  FETCH_SHAPE();
  Inputs in(target, dtype, tokens, rows, cols);
  std::vector<int32_t> wanted;
  for (int t = 0; t < tokens; t += 2) wanted.push_back(t);
  in.random.shuffle(&wanted);
  wanted.push_back(tokens - 1);
  wanted.push_back(tokens - 1);
  const int64_t num_rows = static_cast<int64_t>(wanted.size());
  const DeviceArray wanted_array(target, wanted), workspace(target, num_rows * cols * 4);
  const DeviceArray out(target, num_rows * rows * 4);
  kernels::LmHeadArgs args;
  args.logits = out.as<float>();
  args.hidden = in.hidden_array.data();
  args.rows = wanted_array.as<int32_t>();
  args.norm_weight = in.norm_array.as<float>();
  args.weight = in.weight;
  args.workspace = workspace.data();
  args.num_rows = num_rows;
  args.eps = static_cast<float>(Inputs::kEps);
  args.dtype = target.dtype();
  target.lm_head(args);

  const Values normed = in.normed();
  Values picked;
  for (const int32_t row : wanted)
    picked.insert(picked.end(), normed.begin() + row * cols, normed.begin() + (row + 1) * cols);
  COMPARE_ARRAYS(decode(out, DType::F32), reference::matmul(picked, in.matrix.values, cols),
                 target.tolerance());
  QVERIFY(out.guards_intact() && workspace.guards_intact() && in.unchanged());
}

void DenseOpsTest::rope_cos_sin_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("head_dim");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    for (const int head_dim : {2, 64, 80, 128}) {
      if (test_devices()[device]->supports_head_dim(head_dim))
        QTest::newRow(device_row(device, std::to_string(head_dim)).c_str())
            << static_cast<int>(device) << head_dim;
    }
  }
}

void DenseOpsTest::rope_cos_sin() {
  QFETCH(int, device);
  QFETCH(int, head_dim);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  kernels::RopeConfig config;
  config.head_dim = head_dim;
  config.theta = 5e6;
  config.attention_factor = 1.25;
  const kernels::RopeFrequencies rope = kernels::rope_frequencies(config);
  const std::vector<int32_t> positions = {0, 1, 2, 63, 1000, 40959, 262143};
  const int64_t tokens = static_cast<int64_t>(positions.size());
  const DeviceArray positions_array(target, positions), frequencies(target, rope.inv_freq);
  const DeviceArray out(target, tokens * head_dim * 4);
  kernels::RopeCosSinArgs args;
  args.cos_sin = out.as<float>();
  args.positions = positions_array.as<int32_t>();
  args.inv_freq = frequencies.as<float>();
  args.num_tokens = tokens;
  args.head_dim = head_dim;
  args.attention_factor = rope.attention_factor;
  const std::vector<int32_t> ids(positions.size(), 0);
  const DeviceArray ids_array(target, ids), table(target, std::vector<uint16_t>(8, 0x3f80));
  const DeviceArray rows(target, tokens * 8 * kernels::dtype_size(target.dtype()));
  kernels::EmbeddingArgs embedding;
  embedding.out = rows.data();
  embedding.token_ids = ids_array.as<int32_t>();
  embedding.table = {table.data(), 1, 8,
                     target.dtype() == DType::F32 ? DType::BF16 : target.dtype()};
  embedding.num_tokens = tokens;
  embedding.dtype = target.dtype();
  embedding.rope = &args;
  target.embedding(embedding);

  Values want;
  for (const int32_t position : positions) {
    Values sines;
    for (const float frequency : rope.inv_freq) {
      const double angle = static_cast<float>(position) * frequency;  // rounded to float32
      want.push_back(1.25 * std::cos(angle));
      sines.push_back(1.25 * std::sin(angle));
    }
    want.insert(want.end(), sines.begin(), sines.end());
  }
  COMPARE_ARRAYS(decode(out, DType::F32), want, 1e-6);
  QVERIFY(out.guards_intact() && rows.guards_intact());
}

// Against the formulas in float64, default and yarn (with settings of published models).
void DenseOpsTest::rope_frequencies() {
  kernels::RopeConfig config;
  config.head_dim = 128;
  config.theta = 1e6;
  kernels::RopeFrequencies plain = kernels::rope_frequencies(config);
  QCOMPARE(plain.inv_freq.size(), size_t{64});
  QCOMPARE(plain.attention_factor, 1.0f);
  for (size_t i = 0; i < 64; ++i) {
    const double want = std::pow(1e6, -static_cast<double>(i) / 64);
    QVERIFY(std::abs(plain.inv_freq[i] - want) < 2e-7 * want);
  }

  config.yarn = true;
  config.factor = 4;
  config.original_max_positions = 32768;
  const kernels::RopeFrequencies yarn = kernels::rope_frequencies(config);
  QVERIFY(std::abs(yarn.attention_factor - (0.1 * std::log(4.0) + 1)) < 1e-7);
  // bound(32) = 23.6 and bound(1) = 39.7: kept up to 23, divided by 4 from 40, a ramp between.
  for (size_t i = 0; i < 64; ++i) {
    const double ramp = std::min(1.0, std::max(0.0, (static_cast<double>(i) - 23) / (40 - 23)));
    const double base = std::pow(1e6, -static_cast<double>(i) / 64);
    const double want = base / 4 * ramp + base * (1 - ramp);
    QVERIFY2(std::abs(yarn.inv_freq[i] - want) < 1e-6 * want, qPrintable(QString::number(i)));
  }
  config.attention_factor = 1.5;
  QCOMPARE(kernels::rope_frequencies(config).attention_factor, 1.5f);
}

void DenseOpsTest::bits_do_not_depend_on_other_tokens_data() { add_rows(); }

// Every token alone must give the bits that it gives among others.
void DenseOpsTest::bits_do_not_depend_on_other_tokens() {
  FETCH_SHAPE();
  if (!target.batch_invariant()) QSKIP("this device does not promise it");
  const Inputs in(target, dtype, tokens, rows, cols);
  const DeviceArray together(target, tokens * rows * value_bytes);
  const DeviceArray alone(target, tokens * rows * value_bytes);
  target.norm_qkv(norm_qkv_args(in, together, tokens, target.dtype()));
  for (int first = 0, count = 1; first < tokens; first += count, count = 1 + first % 4) {
    count = std::min(count, tokens - first);
    kernels::NormQkvArgs args = norm_qkv_args(in, alone, count, target.dtype());
    args.hidden = in.hidden_array.as<char>() + first * cols * value_bytes;
    args.qkv = alone.as<char>() + first * rows * value_bytes;
    target.norm_qkv(args);
  }
  QCOMPARE(alone.read<char>(), together.read<char>());
}
