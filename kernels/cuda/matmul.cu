// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/matmul.h"

#include <cublasLt.h>
#include <cuda_runtime.h>

#include <map>
#include <tuple>

namespace kernels {

namespace {

cudaDataType_t data_type(DType dtype) { return dtype == DType::F16 ? CUDA_R_16F : CUDA_R_16BF; }

// One shape, ready to run.
struct Plan {
  cublasLtMatmulDesc_t operation = nullptr;
  cublasLtMatrixLayout_t weight = nullptr, x = nullptr, out = nullptr;
  cublasLtMatmulAlgo_t algorithm = {};
  bool usable = false;

  ~Plan() {
    if (out) cublasLtMatrixLayoutDestroy(out);
    if (x) cublasLtMatrixLayoutDestroy(x);
    if (weight) cublasLtMatrixLayoutDestroy(weight);
    if (operation) cublasLtMatmulDescDestroy(operation);
  }
};

using Shape = std::tuple<int64_t, int64_t, int64_t, int, bool>;  // rows, cols, tokens, dtype, f32

}  // namespace

struct CudaMatmul::Impl {
  cublasLtHandle_t handle = nullptr;
  void* workspace = nullptr;
  std::map<Shape, Plan> plans;

  ~Impl() {
    plans.clear();
    if (workspace) cudaFree(workspace);
    if (handle) cublasLtDestroy(handle);
  }

  // Column-major words for row-major data: out^T [rows x tokens] = weight [cols x rows]^T * x^T.
  Plan& plan(const WeightMatrix& weight, int64_t tokens, bool out_f32) {
    const Shape shape(weight.rows, weight.cols, tokens, static_cast<int>(weight.dtype), out_f32);
    const auto [entry, created] = plans.try_emplace(shape);
    Plan& plan = entry->second;
    if (!created) return plan;
    const cudaDataType_t type = data_type(weight.dtype);
    const cublasOperation_t transposed = CUBLAS_OP_T;
    cublasLtMatmulPreference_t preference = nullptr;
    const size_t workspace_bytes = kWorkspaceBytes;
    cublasLtMatmulHeuristicResult_t result = {};
    int found = 0;
    plan.usable =
        cublasLtMatmulDescCreate(&plan.operation, CUBLAS_COMPUTE_32F, CUDA_R_32F) == 0 &&
        cublasLtMatmulDescSetAttribute(plan.operation, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                       sizeof transposed) == 0 &&
        cublasLtMatrixLayoutCreate(&plan.weight, type, weight.cols, weight.rows, weight.cols) == 0 &&
        cublasLtMatrixLayoutCreate(&plan.x, type, weight.cols, tokens, weight.cols) == 0 &&
        cublasLtMatrixLayoutCreate(&plan.out, out_f32 ? CUDA_R_32F : type, weight.rows, tokens,
                                   weight.rows) == 0 &&
        cublasLtMatmulPreferenceCreate(&preference) == 0 &&
        cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                             &workspace_bytes, sizeof workspace_bytes) == 0 &&
        cublasLtMatmulAlgoGetHeuristic(handle, plan.operation, plan.weight, plan.x, plan.out,
                                       plan.out, preference, 1, &result, &found) == 0 &&
        found == 1;
    plan.algorithm = result.algo;
    if (preference) cublasLtMatmulPreferenceDestroy(preference);
    return plan;
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
  const Plan& plan = impl_->plan(weight, num_tokens, out_f32);
  if (!plan.usable) return cudaErrorNotSupported;
  const float one = 1, beta = add ? 1 : 0;
  const cublasStatus_t status = cublasLtMatmul(
      impl_->handle, plan.operation, &one, weight.data, plan.weight, x, plan.x, &beta, out, plan.out,
      out, plan.out, &plan.algorithm, impl_->workspace, kWorkspaceBytes,
      static_cast<cudaStream_t>(stream));
  if (status == CUBLAS_STATUS_SUCCESS) return cudaSuccess;
  const cudaError_t last = cudaGetLastError();
  return last != cudaSuccess ? last : cudaErrorLaunchFailure;
}

}  // namespace kernels
