// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/matmul.h"

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <cstring>
#include <map>
#include <tuple>

namespace kernels {

namespace {

// Sums in one sequence, or parts of it in float32, added by a kernel of their own in a fixed order.
constexpr uint32_t kReductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;

cudaDataType_t data_type(DType dtype) { return dtype == DType::F16 ? CUDA_R_16F : CUDA_R_16BF; }

static_assert(sizeof(CudaMatmul::Algorithm) == sizeof(cublasLtMatmulAlgo_t));

cublasLtMatmulAlgo_t as_library(const CudaMatmul::Algorithm& algorithm) {
  cublasLtMatmulAlgo_t result;
  std::memcpy(&result, algorithm.data(), sizeof result);
  return result;
}

CudaMatmul::Algorithm as_bytes(const cublasLtMatmulAlgo_t& algorithm) {
  CudaMatmul::Algorithm result;
  std::memcpy(result.data(), &algorithm, sizeof algorithm);
  return result;
}

bool is_allowed(const cublasLtMatmulAlgo_t& algorithm) {
  uint32_t scheme = 0;
  size_t written = 0;
  return cublasLtMatmulAlgoConfigGetAttribute(&algorithm, CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME,
                                              &scheme, sizeof scheme, &written) == 0 &&
         (scheme & ~kReductions) == 0;
}

CudaStatus cuda_status(cublasStatus_t status) {
  if (status == CUBLAS_STATUS_SUCCESS) return cudaSuccess;
  const cudaError_t last = cudaGetLastError();
  if (last != cudaSuccess) return last;
  return status == CUBLAS_STATUS_NOT_SUPPORTED ? cudaErrorNotSupported : cudaErrorLaunchFailure;
}

// A product with a number of tokens, in column-major words for row-major data:
// out^T [rows x tokens] = weight [cols x rows]^T * x^T.
struct Operation {
  cublasLtMatmulDesc_t description = nullptr;
  cublasLtMatrixLayout_t weight = nullptr, x = nullptr, out = nullptr;
  bool usable = false;

  Operation(const MatmulProduct& product, int64_t tokens) {
    const cudaDataType_t type = data_type(product.dtype);
    const cublasOperation_t transposed = CUBLAS_OP_T;
    usable =
        cublasLtMatmulDescCreate(&description, CUBLAS_COMPUTE_32F, CUDA_R_32F) == 0 &&
        cublasLtMatmulDescSetAttribute(description, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                       sizeof transposed) == 0 &&
        cublasLtMatrixLayoutCreate(&weight, type, product.cols, product.rows, product.cols) == 0 &&
        cublasLtMatrixLayoutCreate(&x, type, product.cols, tokens, product.cols) == 0 &&
        cublasLtMatrixLayoutCreate(&out, product.out_f32 ? CUDA_R_32F : type, product.rows, tokens,
                                   product.rows) == 0;
  }
  ~Operation() {
    if (out) cublasLtMatrixLayoutDestroy(out);
    if (x) cublasLtMatrixLayoutDestroy(x);
    if (weight) cublasLtMatrixLayoutDestroy(weight);
    if (description) cublasLtMatmulDescDestroy(description);
  }
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;

  bool accepts(cublasLtHandle_t handle, const cublasLtMatmulAlgo_t& algorithm) const {
    cublasLtMatmulHeuristicResult_t result = {};
    return usable && is_allowed(algorithm) &&
           cublasLtMatmulAlgoCheck(handle, description, weight, x, out, out, &algorithm, &result) ==
               0 &&
           result.state == CUBLAS_STATUS_SUCCESS &&
           result.workspaceSize <= static_cast<size_t>(CudaMatmul::kWorkspaceBytes);
  }
};

// An operation ready to run.
struct Plan {
  Operation operation;
  cublasLtMatmulAlgo_t algorithm = {};
  bool usable = false;
  bool is_choice = false;  // else the first proposal
  Plan(const MatmulProduct& product, int64_t tokens) : operation(product, tokens) {}
};

using Key = std::tuple<int64_t, int64_t, int, bool, bool, int64_t>;  // the last: tokens

Key key_of(const MatmulProduct& product, int64_t tokens) {
  return {product.rows, product.cols,    static_cast<int>(product.dtype),
          product.add,  product.out_f32, tokens};
}

}  // namespace

struct CudaMatmul::Impl {
  cublasLtHandle_t handle = nullptr;
  void* workspace = nullptr;
  std::map<Key, Plan> plans;
  std::map<Key, cublasLtMatmulAlgo_t> choices;

  ~Impl() {
    plans.clear();
    if (workspace) cudaFree(workspace);
    if (handle) cublasLtDestroy(handle);
  }

  int propose(const Operation& operation, int max_count,
              cublasLtMatmulHeuristicResult_t* results) const {
    if (!operation.usable) return 0;
    cublasLtMatmulPreference_t preference = nullptr;
    const size_t bytes = kWorkspaceBytes;
    int found = 0;
    const bool good =
        cublasLtMatmulPreferenceCreate(&preference) == 0 &&
        cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                             &bytes, sizeof bytes) == 0 &&
        cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
                                             &kReductions, sizeof kReductions) == 0 &&
        cublasLtMatmulAlgoGetHeuristic(handle, operation.description, operation.weight, operation.x,
                                       operation.out, operation.out, preference, max_count, results,
                                       &found) == 0;
    if (preference) cublasLtMatmulPreferenceDestroy(preference);
    return good ? found : 0;
  }

  Plan& plan(const MatmulProduct& product, int64_t tokens) {
    const auto [entry, created] = plans.try_emplace(key_of(product, tokens), product, tokens);
    Plan& plan = entry->second;
    if (!created) return plan;
    const auto choice = choices.find(entry->first);
    if (choice != choices.end() && plan.operation.accepts(handle, choice->second)) {
      plan.algorithm = choice->second;
      plan.usable = plan.is_choice = true;
    } else {
      take_first_proposal(&plan);
    }
    return plan;
  }

  void take_first_proposal(Plan* plan) const {
    cublasLtMatmulHeuristicResult_t result = {};
    plan->usable = propose(plan->operation, 1, &result) == 1;
    plan->algorithm = result.algo;
    plan->is_choice = false;
  }

  cublasStatus_t run(const Operation& operation, const cublasLtMatmulAlgo_t& algorithm, void* out,
                     const void* x, const void* weight, bool add, void* stream) const {
    const float one = 1, beta = add ? 1 : 0;
    return cublasLtMatmul(handle, operation.description, &one, weight, operation.weight, x,
                          operation.x, &beta, out, operation.out, out, operation.out, &algorithm,
                          workspace, kWorkspaceBytes, static_cast<cudaStream_t>(stream));
  }
};

CudaMatmul::CudaMatmul(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CudaMatmul::~CudaMatmul() = default;

std::unique_ptr<CudaMatmul> CudaMatmul::create(const char** problem) {
  auto impl = std::make_unique<Impl>();
  if (cublasLtCreate(&impl->handle) != CUBLAS_STATUS_SUCCESS) {
    *problem = "cuBLASLt could not be initialised";
    return nullptr;
  }
  if (cudaMalloc(&impl->workspace, kWorkspaceBytes) != cudaSuccess) {
    *problem = "no GPU memory left for cuBLASLt's workspace";
    return nullptr;
  }
  return std::unique_ptr<CudaMatmul>(new CudaMatmul(std::move(impl)));
}

CudaStatus CudaMatmul::multiply(void* out, bool out_f32, const void* x, const WeightMatrix& weight,
                                int64_t num_tokens, bool add, void* stream) {
  Plan& plan = impl_->plan({weight.rows, weight.cols, weight.dtype, add, out_f32}, num_tokens);
  if (!plan.usable) return cudaErrorNotSupported;
  const auto run = [&] {
    return impl_->run(plan.operation, plan.algorithm, out, x, weight.data, add, stream);
  };
  const cublasStatus_t status = run();
  if (!plan.is_choice || status == CUBLAS_STATUS_SUCCESS) return cuda_status(status);
  // Refused although the check had found nothing wrong: as if it had not been chosen.
  impl_->take_first_proposal(&plan);
  return plan.usable ? cuda_status(run()) : cudaErrorNotSupported;
}

std::vector<CudaMatmul::Algorithm> CudaMatmul::proposals(const MatmulProduct& product,
                                                         int64_t num_tokens, int max_count) {
  const Operation operation(product, num_tokens);
  std::vector<cublasLtMatmulHeuristicResult_t> results(static_cast<size_t>(max_count));
  results.resize(static_cast<size_t>(impl_->propose(operation, max_count, results.data())));
  std::vector<Algorithm> algorithms;
  for (const cublasLtMatmulHeuristicResult_t& result : results) {
    if (result.state == CUBLAS_STATUS_SUCCESS && is_allowed(result.algo))
      algorithms.push_back(as_bytes(result.algo));
  }
  return algorithms;
}

bool CudaMatmul::choose(const MatmulProduct& product, int64_t num_tokens,
                        const Algorithm& algorithm) {
  const cublasLtMatmulAlgo_t wanted = as_library(algorithm);
  if (!Operation(product, num_tokens).accepts(impl_->handle, wanted)) return false;
  const Key key = key_of(product, num_tokens);
  impl_->choices[key] = wanted;
  impl_->plans.erase(key);
  return true;
}

CudaStatus CudaMatmul::multiply_by(const Algorithm& algorithm, void* out, bool out_f32,
                                   const void* x, const WeightMatrix& weight, int64_t num_tokens,
                                   bool add, void* stream) {
  const Operation operation({weight.rows, weight.cols, weight.dtype, add, out_f32}, num_tokens);
  if (!operation.usable) return cudaErrorNotSupported;
  return cuda_status(
      impl_->run(operation, as_library(algorithm), out, x, weight.data, add, stream));
}

std::vector<uint32_t> CudaMatmul::kernel_of(const Algorithm& algorithm) {
  const cublasLtMatmulAlgo_t asked = as_library(algorithm);
  std::vector<uint32_t> values;
  for (const auto& [attribute, size] : {std::pair{CUBLASLT_ALGO_CONFIG_ID, size_t{4}},
                                        {CUBLASLT_ALGO_CONFIG_TILE_ID, 4},
                                        {CUBLASLT_ALGO_CONFIG_STAGES_ID, 4},
                                        {CUBLASLT_ALGO_CONFIG_SPLITK_NUM, 4},
                                        {CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, 4},
                                        {CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, 2},
                                        {CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, 2}}) {
    uint32_t value = 0;
    size_t written = 0;
    cublasLtMatmulAlgoConfigGetAttribute(&asked, attribute, &value, size, &written);
    values.push_back(value);
  }
  return values;
}

int64_t CudaMatmul::library_version() { return static_cast<int64_t>(cublasLtGetVersion()); }

}  // namespace kernels
