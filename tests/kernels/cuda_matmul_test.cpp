// SPDX-License-Identifier: Apache-2.0
#include "tests/kernels/cuda_matmul_test.h"

#include <QtTest>
#include <cmath>

#include "kernels/cuda/matmul_tuner.h"
#include "tests/kernels/arrays.h"
#include "tests/kernels/random.h"
#include "tests/kernels/reference.h"

using kernels::CudaMatmul;
using kernels::DType;
using kernels::MatmulProduct;
using kernels::MatmulTuner;
using reference::index;
using reference::Values;

Q_DECLARE_METATYPE(kernels::DType)

namespace {

void product_rows() {
  QTest::addColumn<DType>("dtype");
  QTest::addColumn<int>("tokens");
  QTest::addColumn<int>("rows");
  QTest::addColumn<int>("cols");
  QTest::addColumn<bool>("add");
  for (const DType dtype : {DType::BF16, DType::F16}) {
    for (const auto& [rows, cols] : {std::pair{6144, 2560}, {2560, 9728}, {1000, 264}, {8, 4096}}) {
      for (const int tokens : {65, 96, 200, 257, 512}) {
        if (rows > 1000 && tokens != 96 && tokens != 257) continue;
        const bool add = rows != 6144;
        const std::string name = std::string(kernels::dtype_name(dtype)) + " " +
                                 std::to_string(tokens) + "x" + std::to_string(rows) + "x" +
                                 std::to_string(cols) + (add ? " added" : "");
        QTest::newRow(name.c_str()) << dtype << tokens << rows << cols << add;
      }
    }
  }
}

TestDevice& device_of(DType dtype) {
  const auto& devices = test_devices();
  return **std::ranges::find_if(devices,
                                [dtype](const auto& device) { return device->dtype() == dtype; });
}

// Operands on the device, and results expected at some places.
struct Case {
  Case(DType dtype, int64_t num_tokens, int64_t rows, int64_t cols, bool add)
      : target(device_of(dtype)),
        product{rows, cols, dtype, add, false},
        tokens(num_tokens),
        random(static_cast<uint64_t>(tokens * 7919 + rows * 31 + cols)),
        x(encode(random.normals(tokens * cols), dtype)),
        matrix(
            encode(random.normals(rows * cols, 1 / std::sqrt(static_cast<double>(cols))), dtype)),
        residual(encode(random.normals(tokens * rows), dtype)),
        x_array(target, x.bytes),
        matrix_array(target, matrix.bytes),
        out(target, residual.bytes),
        weight{matrix_array.data(), rows, cols, dtype} {
    const char* problem = "";
    matmul = CudaMatmul::create(&problem);
    if (!matmul) qFatal("%s", problem);
    for (int i = 0; i < 200; ++i) {
      const int64_t t = i < 2 ? i * (tokens - 1) : random.integer(0, static_cast<int>(tokens) - 1);
      const int64_t r = i < 2 ? i * (rows - 1) : random.integer(0, static_cast<int>(rows) - 1);
      double sum = add ? residual.values[index(t * rows + r)] : 0;
      for (int64_t c = 0; c < cols; ++c)
        sum += x.values[index(t * cols + c)] * matrix.values[index(r * cols + c)];
      places.push_back(index(t * rows + r));
      want.push_back(sum);
    }
  }

  // The residual, or NaN where nothing is added.
  void reset() {
    const std::vector<char> poison(residual.bytes.size(), '\xff');
    target.copy_in(out.data(), product.add ? residual.bytes.data() : poison.data(),
                   out.num_bytes());
  }
  std::vector<char> by(const CudaMatmul::Algorithm& algorithm) {
    reset();
    status = matmul->multiply_by(algorithm, out.data(), false, x_array.data(), weight, tokens,
                                 product.add, nullptr);
    return out.read<char>();
  }
  std::vector<char> by_choice() {
    reset();
    status =
        matmul->multiply(out.data(), false, x_array.data(), weight, tokens, product.add, nullptr);
    return out.read<char>();
  }
  QString problem() const {
    const Values all = decode(out, product.dtype);
    Values got;
    for (const size_t place : places) got.push_back(all[place]);
    for (const double value : all) {
      if (!std::isfinite(value)) return "not every value is finite";
    }
    return difference(got, want, target.tolerance());
  }

  TestDevice& target;
  const MatmulProduct product;
  const int64_t tokens;
  Random random;
  const Encoded x, matrix, residual;
  const DeviceArray x_array, matrix_array, out;
  const kernels::WeightMatrix weight;
  std::unique_ptr<CudaMatmul> matmul;
  std::vector<size_t> places;
  Values want;
  int status = 0;
};

}  // namespace

#define FETCH_PRODUCT() \
  QFETCH(DType, dtype); \
  QFETCH(int, tokens);  \
  QFETCH(int, rows);    \
  QFETCH(int, cols);    \
  QFETCH(bool, add);    \
  Case item(dtype, tokens, rows, cols, add)

void CudaMatmulTest::every_proposal_is_right_data() { product_rows(); }

void CudaMatmulTest::every_proposal_is_right() {
  FETCH_PRODUCT();
  const auto proposals = item.matmul->proposals(item.product, tokens, MatmulTuner::kMaxCandidates);
  QVERIFY(!proposals.empty());
  for (const auto& algorithm : proposals) {
    const std::vector<char> first = item.by(algorithm);
    QCOMPARE(item.status, 0);
    QCOMPARE(item.problem(), QString());
    for (int repeat = 0; repeat < 5; ++repeat) QVERIFY(item.by(algorithm) == first);
    QVERIFY(item.out.guards_intact());
  }
}

void CudaMatmulTest::choices_are_taken_data() { product_rows(); }

// What the tuner chooses is right, is what multiply() then does, and gives the bits that it said.
void CudaMatmulTest::choices_are_taken() {
  FETCH_PRODUCT();
  const std::vector<char> unchosen = item.by_choice();
  const auto proposals = item.matmul->proposals(item.product, tokens, 1);
  QVERIFY(item.by(proposals.at(0)) == unchosen);

  MatmulTuner tuner(nullptr);
  const DeviceArray noise(item.target, item.tokens * cols * 2);
  const DeviceArray scratch(item.target, item.tokens * rows * 2);
  QCOMPARE(tuner.fill_random(noise.data(), item.tokens * cols, dtype), 0);
  kernels::MatmulTrial trial;
  trial.product = item.product;
  trial.weights = {item.weight};
  trial.num_tokens = tokens;
  trial.x = noise.data();
  trial.out = scratch.data();
  for (const bool same_bits : {true, false}) {
    trial.same_bits = same_bits;
    kernels::MatmulChoice choice;
    QCOMPARE(tuner.tune(item.matmul.get(), trial, &choice), 0);
    QVERIFY(choice.same_bits || !same_bits);
    QVERIFY(choice.first_us > 0 && choice.chosen_us > 0 && choice.chosen_us <= choice.first_us);
    QVERIFY(item.matmul->choose(item.product, tokens, choice.algorithm));
    const std::vector<char> chosen = item.by_choice();
    QCOMPARE(item.problem(), QString());
    QVERIFY(chosen == item.by(choice.algorithm));
    QCOMPARE(chosen == unchosen, choice.same_bits);
  }
  QVERIFY(noise.guards_intact() && scratch.guards_intact() && item.out.guards_intact());
}

// Such a choice is not made, or at least not obeyed.
void CudaMatmulTest::refuses_what_is_no_algorithm() {
  Case item(DType::BF16, 96, 1000, 264, true);
  const std::vector<char> unchosen = item.by_choice();
  const CudaMatmul::Algorithm nothing = {};
  const bool taken = item.matmul->choose(item.product, 96, nothing);
  const std::vector<char> after = item.by_choice();
  QCOMPARE(item.status, 0);
  QCOMPARE(item.problem(), QString());
  if (!taken) QVERIFY(after == unchosen);
}
