// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/matmul_tuner.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <utility>

namespace kernels {

namespace {

constexpr int kThreads = 256;
constexpr int kFinalists = 4;  // of the candidates, after a first look
constexpr int kFinalRounds = 5;
constexpr float kHopeless = 1.2f;  // times the fastest, at the first look
constexpr int kLaunchNs = 8000;    // of the host, for a product and two events

__device__ uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
  return value ^ (value >> 31);
}

// Sums of four uniform numbers: no logarithms, and the tails that matter to the power taken.
template <typename T>
__global__ void random_numbers(T* out, int64_t count) {
  const int64_t stride = static_cast<int64_t>(gridDim.x) * kThreads;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x; i < count;
       i += stride) {
    const uint64_t bits = mix(static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15ull + 1);
    const int sum = static_cast<int>((bits & 0xffff) + (bits >> 16 & 0xffff) +
                                     (bits >> 32 & 0xffff) + (bits >> 48)) -
                    2 * 0xffff;
    out[i] = static_cast<T>(static_cast<float>(sum) * (1.7320508f / 65536));
  }
}

// A number that tells outputs apart by their bits, whatever the order of threads.
__global__ void digest(const uint32_t* words, int64_t count, unsigned long long* out) {
  const int64_t stride = static_cast<int64_t>(gridDim.x) * kThreads;
  uint64_t sum = 0;
  for (int64_t i = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x; i < count;
       i += stride)
    sum += mix(words[i] + static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15ull);
  for (int lane = 16; lane > 0; lane /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lane);
  if (threadIdx.x % 32 == 0) atomicAdd(out, static_cast<unsigned long long>(sum));
}

// Keeps the device busy until the host has launched what comes behind.
__global__ void hold(int64_t nanoseconds) {
  int64_t begin = 0, now = 0;
  asm volatile("mov.u64 %0, %globaltimer;" : "=l"(begin));
  do {
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(now));
  } while (now - begin < nanoseconds);
}

float median(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Candidate {
  CudaMatmul::Algorithm algorithm = {};
  unsigned long long digest = 0;
  std::vector<float> us;
};

}  // namespace

struct MatmulTuner::Impl {
  cudaStream_t stream = nullptr;
  std::vector<cudaEvent_t> events;  // begin and end of each launch of a round
  unsigned long long* digests = nullptr;
  size_t turn = 0;  // which matrix comes next

  ~Impl() {
    for (const cudaEvent_t event : events) cudaEventDestroy(event);
    if (digests) cudaFree(digests);
  }

  CudaStatus take_resources() {
    if (digests) return cudaSuccess;
    while (events.size() < size_t{2} * kMaxCandidates * kFinalRounds) {
      cudaEvent_t event = nullptr;
      const cudaError_t status = cudaEventCreate(&event);
      if (status != cudaSuccess) return status;
      events.push_back(event);
    }
    return cudaMalloc(&digests, kMaxCandidates * sizeof *digests);
  }

  CudaStatus run(CudaMatmul* matmul, const MatmulTrial& trial, const Candidate& candidate,
                 const WeightMatrix& weight) const {
    return matmul->multiply_by(candidate.algorithm, trial.out, trial.product.out_f32, trial.x,
                               weight, trial.num_tokens, trial.product.add, stream);
  }

  // Each candidate once on the same numbers: those that run, with their digests. Loads kernels too.
  CudaStatus compare_bits(CudaMatmul* matmul, const MatmulTrial& trial,
                          std::vector<Candidate>* candidates) const {
    const int64_t bytes = trial.num_tokens * trial.product.rows * (trial.product.out_f32 ? 4 : 2);
    cudaMemsetAsync(digests, 0, kMaxCandidates * sizeof *digests, stream);
    std::vector<Candidate> runnable;
    for (const Candidate& candidate : *candidates) {
      cudaMemsetAsync(trial.out, 0, static_cast<size_t>(bytes), stream);
      const CudaStatus status = run(matmul, trial, candidate, trial.weights[0]);
      if (status == cudaErrorNotSupported) continue;
      if (status != cudaSuccess) return status;
      digest<<<512, kThreads, 0, stream>>>(static_cast<const uint32_t*>(trial.out), bytes / 4,
                                           digests + runnable.size());
      runnable.push_back(candidate);
    }
    unsigned long long found[kMaxCandidates];
    cudaMemcpyAsync(found, digests, sizeof found, cudaMemcpyDeviceToHost, stream);
    const cudaError_t status = cudaStreamSynchronize(stream);
    for (size_t i = 0; i < runnable.size(); ++i) runnable[i].digest = found[i];
    *candidates = std::move(runnable);
    return status;
  }

  // Adds `rounds` times to each candidate: forwards, then backwards, that none always follows the
  // same other one.
  CudaStatus time(CudaMatmul* matmul, const MatmulTrial& trial, int rounds,
                  std::vector<Candidate>* candidates) {
    const size_t count = candidates->size(), launches = count * static_cast<size_t>(rounds);
    const auto candidate = [&](size_t launch) -> Candidate& {
      const size_t place = launch % count;
      return (*candidates)[launch / count % 2 == 0 ? place : count - 1 - place];
    };
    hold<<<1, 1, 0, stream>>>(static_cast<int64_t>(launches) * kLaunchNs);
    for (size_t i = 0; i < launches; ++i) {
      cudaEventRecord(events[2 * i], stream);
      const CudaStatus status =
          run(matmul, trial, candidate(i), trial.weights[turn++ % trial.weights.size()]);
      if (status != cudaSuccess) return status;
      cudaEventRecord(events[2 * i + 1], stream);
    }
    cudaError_t status = cudaStreamSynchronize(stream);
    for (size_t i = 0; i < launches && status == cudaSuccess; ++i) {
      float ms = 0;
      status = cudaEventElapsedTime(&ms, events[2 * i], events[2 * i + 1]);
      candidate(i).us.push_back(ms * 1e3f);
    }
    return status;
  }

  // Drops what the first look shows to be hopeless; the first stays first.
  static void keep_finalists(std::vector<Candidate>* candidates) {
    const auto first_look = [](const Candidate& a, const Candidate& b) {
      return a.us[0] < b.us[0];
    };
    std::stable_sort(candidates->begin() + 1, candidates->end(), first_look);
    const float fastest =
        std::min_element(candidates->begin(), candidates->end(), first_look)->us[0];
    size_t count = 1;
    while (count < candidates->size() && count < kFinalists &&
           (*candidates)[count].us[0] < fastest * kHopeless)
      ++count;
    candidates->resize(count);
  }

  // Of candidates[0], the first proposal, and others.
  static void decide(const std::vector<Candidate>& candidates, MatmulChoice* choice) {
    const Candidate &first = candidates[0], *same = &first, *other = nullptr;
    for (const Candidate& candidate : candidates) {
      const Candidate*& best = candidate.digest == first.digest ? same : other;
      if (best == nullptr || median(candidate.us) < median(best->us)) best = &candidate;
    }
    choice->first_us = median(first.us);
    if (median(same->us) * kSameBitsGain > choice->first_us) same = &first;
    const bool takes_other =
        other != nullptr && median(other->us) * kOtherBitsGain < median(same->us);
    const Candidate* chosen = takes_other ? other : same;
    choice->algorithm = chosen->algorithm;
    choice->is_first = chosen == &first;
    choice->same_bits = !takes_other;
    choice->chosen_us = median(chosen->us);
  }

  CudaStatus compete(CudaMatmul* matmul, const MatmulTrial& trial,
                     std::vector<Candidate> candidates, MatmulChoice* choice) {
    CudaStatus status = take_resources();
    if (status == cudaSuccess) status = compare_bits(matmul, trial, &candidates);
    if (status != cudaSuccess) return status;
    if (candidates.empty()) return cudaErrorNotSupported;
    if (trial.same_bits) {
      const auto differs = [bits = candidates[0].digest](const Candidate& candidate) {
        return candidate.digest != bits;
      };
      candidates.erase(std::remove_if(candidates.begin(), candidates.end(), differs),
                       candidates.end());
    }
    if (candidates.size() > 1) {
      status = time(matmul, trial, 1, &candidates);
      if (status != cudaSuccess) return status;
      keep_finalists(&candidates);
    }
    if (candidates.size() > 1 || candidates[0].us.empty())
      status = time(matmul, trial, kFinalRounds, &candidates);
    if (status == cudaSuccess) decide(candidates, choice);
    return status;
  }
};

MatmulTuner::MatmulTuner(void* stream) : impl_(std::make_unique<Impl>()) {
  impl_->stream = static_cast<cudaStream_t>(stream);
}
MatmulTuner::~MatmulTuner() = default;

CudaStatus MatmulTuner::fill_random(void* x, int64_t count, DType dtype) {
  if (dtype == DType::F16)
    random_numbers<<<1024, kThreads, 0, impl_->stream>>>(static_cast<__half*>(x), count);
  else
    random_numbers<<<1024, kThreads, 0, impl_->stream>>>(static_cast<__nv_bfloat16*>(x), count);
  return cudaGetLastError();
}

CudaStatus MatmulTuner::tune(CudaMatmul* matmul, const MatmulTrial& trial, MatmulChoice* choice) {
  std::vector<Candidate> candidates;
  for (const auto& algorithm : matmul->proposals(trial.product, trial.num_tokens, kMaxCandidates))
    candidates.push_back({algorithm, 0, {}});
  return impl_->compete(matmul, trial, std::move(candidates), choice);
}

}  // namespace kernels
