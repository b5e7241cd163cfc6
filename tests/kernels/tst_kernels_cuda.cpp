// SPDX-License-Identifier: Apache-2.0
// Every op on the GPU against float64. Options, before those of Qt Test:
//   --part NAME      one of dense, attention, sampling, e4m3, borders, prefill, long, bits, matmul,
//                    invariance (several processes side by side need less time)
//   --small          for compute-sanitizer, which makes kernels a hundred times slower: every
//                    kernel at least once, on operands as small as its borders allow; its parts are
//                    products, attention, draws
//   --kernels FILE   the names of the kernels that were launched
#include <QtTest>
#include <functional>
#include <string>

#include "tests/kernels/attention_test.h"
#include "tests/kernels/batch_invariance_test.h"
#include "tests/kernels/cuda_matmul_test.h"
#include "tests/kernels/cuda_shapes_test.h"
#include "tests/kernels/dense_ops_test.h"
#include "tests/kernels/e4m3_cache_test.h"
#include "tests/kernels/launched_kernels.h"
#include "tests/kernels/sampling_test.h"

namespace {

struct Options {
  bool small = false;
  std::string part, kernels;
  QStringList rest;  // the program's name, then what is Qt Test's
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 0; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--small")
      options.small = true;
    else if (argument == "--part" && i + 1 < argc)
      options.part = argv[++i];
    else if (argument == "--kernels" && i + 1 < argc)
      options.kernels = argv[++i];
    else
      options.rest << argv[i];
  }
  return options;
}

struct Part {
  const char* name;
  std::function<int()> run;  // returns the number of failures
};

int run_class(QObject&& test, const QStringList& arguments) {
  return QTest::qExec(&test, arguments);
}

std::vector<Part> all_parts(const QStringList& arguments) {
  const auto shapes = [&arguments](const QStringList& functions) {
    return [=] { return run_class(CudaShapesTest(), arguments + functions); };
  };
  return {{"dense", [=] { return run_class(DenseOpsTest(), arguments); }},
          {"attention", [=] { return run_class(AttentionTest(), arguments); }},
          {"sampling", [=] { return run_class(SamplingTest(), arguments); }},
          {"e4m3", [=] { return run_class(E4m3CacheTest(), arguments); }},
          {"borders", shapes({"linear_at_kernel_borders"})},
          {"prefill", shapes({"prefill_at_every_block_size", "few_tokens"})},
          {"long", shapes({"long_contexts_in_splits"})},
          {"bits", shapes({"same_bits_every_time"})},
          {"matmul", [=] { return run_class(CudaMatmulTest(), arguments); }},
          {"invariance", [=] { return run_class(BatchInvarianceTest(), arguments); }}};
}

// Which kernel a shape goes to: kernels/cuda/linear.cu, by tokens, columns (multiples of 64 or not,
// 512 and more) and rows, here for 8 multiprocessors.
QStringList small_products() {
  QStringList tests = {"tests", "-silent", "rope_cos_sin", "embedding:cuda-bf16 BF16 3x8x640",
                       "embedding:cuda-f16 F16 3x8x640"};
  const auto add = [&tests](const char* device, const QStringList& shapes) {
    const char* dtype = QString(device).contains("bf16") ? "BF16" : "F16";
    for (const QString& shape : shapes)
      for (const char* op : {"norm_qkv", "linear_residual", "norm_gate_up", "lm_head"})
        tests << QString("%1:%2 %3 %4").arg(op, device, dtype, shape);
  };
  for (const char* device : {"cuda-bf16", "cuda-f16"}) {
    // Rows in streams for one and two tokens; in tiles of 8, 16, 32 and 64 tokens: clusters of four
    // and of two, few rows, many, in several passes.
    add(device, {"1x64x16",    "1x24x5192", "2x72x24",    "2x24x5192",  "7x72x640",
                 "15x72x640",  "25x72x640", "57x72x640",  "9x136x576",  "31x136x576",
                 "40x136x576", "4x424x128", "12x424x128", "32x424x128", "64x424x128",
                 "3x8x640",    "10x200x64", "17x200x64",  "63x200x64",  "5x72x648"});
    // Columns that no copy engine takes; cuBLASLt.
    add(device, {"24x200x72", "30x40x88", "9x328x104", "50x328x104", "47x40x48", "97x200x40"});
  }
  for (const char* device : {"cuda-bf16-as-sm80", "cuda-f16-as-sm80"})
    add(device, {"3x8x640", "12x424x128", "17x200x64", "30x40x88", "50x328x104", "57x72x640"});
  for (const char* device : {"cuda-bf16-invariant", "cuda-f16-invariant"})
    add(device, {"7x72x640", "15x72x640", "25x72x640", "57x72x640", "64x424x128", "97x200x40",
                 "200x200x448", "200x424x320"});
  return tests;
}

QStringList small_attention() {
  QStringList tests = {"tests", "-silent"};
  for (const char* device :
       {"cuda-bf16", "cuda-f16", "cuda-bf16-as-sm80", "cuda-f16-as-sm80", "cuda-bf16-invariant"})
    for (const char* rest : {"128", "128 e4m3", "64", "64 e4m3"})
      tests << QString("few_tokens:%1 %2").arg(device, rest);
  return tests;
}

std::vector<Part> small_parts() {
  qputenv("FIRESIDE_TEST_SMS", "8");
  const QStringList draws = {"tests", "-silent", "every_way_to_draw:cuda-bf16",
                             "every_way_to_draw:cuda-bf16-as-sm80",
                             "tokens_make_the_next_batch:cuda-bf16"};
  return {{"products", [] { return run_class(DenseOpsTest(), small_products()); }},
          {"attention", [] { return run_class(CudaShapesTest(), small_attention()); }},
          {"draws", [=] { return run_class(SamplingTest(), draws); }}};
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  const std::vector<Part> parts = options.small ? small_parts() : all_parts(options.rest);
  if (test_devices().empty()) {
    qInfo("no usable GPU: nothing to test");
    return 0;
  }
  int failures = 0, run = 0;
  for (const Part& part : parts) {
    if (!options.part.empty() && options.part != part.name) continue;
    failures += part.run();
    ++run;
  }
  if (run == 0) {
    qCritical("there is no part of that name");
    return 2;
  }
  if (!options.kernels.empty() && !write_launched_kernels(options.kernels.c_str())) return 2;
  return failures;
}
