// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/batch_invariance_test.h"

#include <QtTest>
#include <array>
#include <cstring>

#include "tests/kernels/attention_case.h"
#include "tests/kernels/cheap_numbers.h"

namespace {

using kernels::DType;

enum class Op { Qkv, Residual, GateUp, Head };
constexpr const char* kOpNames[] = {"norm_qkv", "linear_residual", "norm_gate_up", "lm_head"};

// One matrix and inputs of many tokens; run() computes some of them.
class Product {
 public:
  Product(TestDevice& device, Op op, int64_t rows, int64_t cols, int64_t tokens)
      : device_(device),
        op_(op),
        rows_(rows),
        cols_(cols),
        out_row_bytes_(op == Op::Head     ? rows * 4
                       : op == Op::GateUp ? rows
                                          : rows * 2),
        residual_(random_numbers(tokens * rows, device.dtype(), 3)),
        norm_(device, std::vector<float>(static_cast<size_t>(cols), 1.0f)),
        x_(device, random_numbers(tokens * cols, device.dtype(), 1)),
        weight_(device, random_numbers(rows * cols, device.dtype(), 2)) {}

  // Results of `tokens`, in that order.
  std::vector<char> run(const std::vector<int32_t>& tokens) {
    const auto count = static_cast<int64_t>(tokens.size());
    const kernels::WeightMatrix weight = {weight_.data(), rows_, cols_, device_.dtype()};
    const DeviceArray out(device_, count * out_row_bytes_);
    char* x = x_.as<char>() + tokens[0] * cols_ * 2;
    if (op_ == Op::Head) {
      const DeviceArray wanted(device_, tokens);
      kernels::LmHeadArgs args;
      args.logits = out.as<float>();
      args.hidden = x_.data();
      args.rows = wanted.as<int32_t>();
      args.norm_weight = norm_.as<float>();
      args.weight = weight;
      args.num_rows = count;
      args.eps = 1e-6f;
      args.dtype = device_.dtype();
      device_.lm_head(args);
    } else if (op_ == Op::Qkv) {
      kernels::NormQkvArgs args;
      args.qkv = out.data();
      set_inputs(&args, x, weight, count);
      device_.norm_qkv(args);
    } else if (op_ == Op::GateUp) {
      kernels::NormGateUpArgs args;
      args.out = out.data();
      set_inputs(&args, x, weight, count);
      device_.norm_gate_up(args);
    } else {
      device_.copy_in(out.data(), residual_.data() + tokens[0] * rows_, count * out_row_bytes_);
      kernels::LinearResidualArgs args;
      args.hidden = out.data();
      args.x = x;
      args.weight = weight;
      args.num_tokens = count;
      args.dtype = device_.dtype();
      device_.linear_residual(args);
    }
    intact_ = intact_ && out.guards_intact();
    return out.read<char>();
  }
  int64_t out_row_bytes() const { return out_row_bytes_; }
  bool intact() const { return intact_; }

 private:
  template <typename Args>
  void set_inputs(Args* args, const void* x, const kernels::WeightMatrix& weight, int64_t count) {
    args->hidden = x;
    args->norm_weight = norm_.as<float>();
    args->weight = weight;
    args->num_tokens = count;
    args->eps = 1e-6f;
    args->dtype = device_.dtype();
  }

  TestDevice& device_;
  const Op op_;
  const int64_t rows_, cols_, out_row_bytes_;
  const std::vector<uint16_t> residual_;
  const DeviceArray norm_, x_, weight_;
  bool intact_ = true;
};

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

void BatchInvarianceTest::matrix_products_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("op");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("cols");
  // Qwen3-4B's matrices, a head, and sizes that no tile divides. The head's float32 shows every
  // bit.
  struct Case {
    Op op;
    int rows, cols;
  };
  constexpr Case kCases[] = {
      {Op::Qkv, 6144, 2560},     {Op::Residual, 2560, 4096}, {Op::Residual, 2560, 9728},
      {Op::GateUp, 19456, 2560}, {Op::Head, 8192, 2560},     {Op::Head, 2560, 9728},
      {Op::Head, 6144, 2560},    {Op::Head, 1000, 264},      {Op::GateUp, 1000, 264},
      {Op::Head, 8040, 648},     {Op::Residual, 1096, 1088}};
  for (size_t device = 0; device < test_devices().size(); ++device) {
    if (!test_devices()[device]->batch_invariant()) continue;
    const bool large = test_devices()[device]->name() == "cuda-bf16-invariant";
    for (const Case& c : kCases) {
      if (!large && c.rows * c.cols > 20'000'000) continue;
      const std::string name = std::string(kOpNames[static_cast<int>(c.op)]) + " " +
                               std::to_string(c.rows) + "x" + std::to_string(c.cols);
      QTest::newRow(device_row(device, name).c_str())
          << static_cast<int>(device) << static_cast<int>(c.op) << c.rows << c.cols;
    }
  }
}

// Tokens alone and in groups of many sizes, at other places in their group: always the bits of all
// tokens together.
void BatchInvarianceTest::matrix_products() {
  QFETCH(int, device);
  QFETCH(int, op);
  QFETCH(int, rows);
  QFETCH(int, cols);
  constexpr int kTokens = 640;
  Product product(*test_devices()[static_cast<size_t>(device)], static_cast<Op>(op), rows, cols,
                  kTokens);
  std::vector<int32_t> all(kTokens);
  std::iota(all.begin(), all.end(), 0);
  const std::vector<char> together = product.run(all);
  const auto row_bytes = static_cast<size_t>(product.out_row_bytes());
  for (const int count : {1, 3, 8, 9, 17, 33, 64, 65, 200}) {
    for (const int first : {0, kTokens - count}) {
      const std::vector<int32_t> some(all.begin() + first, all.begin() + first + count);
      const std::vector<char> got = product.run(some);
      int different = 0;
      for (size_t t = 0; t < some.size(); ++t) {
        different += std::memcmp(got.data() + t * row_bytes,
                                 together.data() + (static_cast<size_t>(first) + t) * row_bytes,
                                 row_bytes) != 0;
      }
      QVERIFY2(
          different == 0,
          qPrintable(
              QString("%1 of %2 tokens from %3 on differ").arg(different).arg(count).arg(first)));
    }
  }
  QVERIFY(product.intact());
}

void BatchInvarianceTest::attention_data() {
  QTest::addColumn<int>("device");
  QTest::addColumn<int>("heads");
  QTest::addColumn<int>("kv_heads");
  QTest::addColumn<int>("head_dim");
  for (size_t device = 0; device < test_devices().size(); ++device) {
    if (!test_devices()[device]->batch_invariant()) continue;
    const bool all = test_devices()[device]->name() == "cuda-bf16-invariant";
    for (const auto& [heads, kv_heads, head_dim] :
         {std::array{8, 2, 128}, {7, 1, 128}, {2, 2, 128}, {6, 2, 64}}) {
      if (!all && heads != 8 && head_dim != 64) continue;
      const std::string name =
          std::to_string(heads) + "/" + std::to_string(kv_heads) + "x" + std::to_string(head_dim);
      QTest::newRow(device_row(device, name).c_str())
          << static_cast<int>(device) << heads << kv_heads << head_dim;
    }
  }
}

// Contexts of several splits: in one go, in chunks, token by token over the borders of splits,
// alone and with others, from blocks of another size.
void BatchInvarianceTest::attention() {
  QFETCH(int, device);
  QFETCH(int, heads);
  QFETCH(int, kv_heads);
  QFETCH(int, head_dim);
  TestDevice& target = *test_devices()[static_cast<size_t>(device)];
  const AttentionData data({heads, kv_heads, head_dim, 16}, {4300, 2100, 130}, target.dtype());
  AttentionRun all(target, data, 16, 1, true);
  all.run_all();

  AttentionRun alone(target, data, 64, 2, true);
  alone.step({2045, 0, 0});
  for (int i = 0; i < 6; ++i) alone.step({1, 0, 0});
  alone.step({2, 0, 0});
  alone.step({1000, 0, 0});
  alone.step({1040, 0, 0});
  for (int i = 0; i < 7; ++i) alone.step({1, 0, 0});
  alone.step({200, 0, 0});
  QVERIFY(same_bits(alone.out(0), all.out(0)));

  AttentionRun mixed(target, data, 8, 3, true);
  mixed.step({3000, 1, 0});
  mixed.step({1, 2040, 100});
  for (int i = 0; i < 20; ++i) mixed.step({1, 1, 1});
  mixed.step({1000, 1, 10});
  mixed.step({1, 38, 0});
  mixed.step({278, 0, 0});
  for (size_t s = 0; s < 3; ++s) QVERIFY(same_bits(mixed.out(s), all.out(s)));
  QVERIFY(all.intact() && alone.intact() && mixed.intact());
}
