// SPDX-License-Identifier: Apache-2.0
// From a row of logits to one token. Order of operations, each step on the result of the one
// before:
//
//   0. logprobs, when asked for: log_softmax of the logits as they come, before everything below
//      (vLLM's "raw_logprobs"): of the chosen token, then of the num_logprobs most likely
//   1. bias: logit[i] += bias of i
//   2. repetition: of every token in prompt or output, logit > 0 ? logit / penalty
//      : logit * penalty (CTRL paper, Hugging Face)
//   3. frequency and presence: of every token in the output,
//      logit -= frequency * count + presence (OpenAI)
//   4. temperature 0 (below 1e-5): the largest logit wins, the lowest id among equals. Done.
//   5. temperature: logit /= temperature
//   6. top-k: tokens below the k-th largest logit go; equals of the k-th stay (Hugging Face, vLLM)
//   7. top-p: of the rest, most likely first (lower id first among equals), the shortest run whose
//      probability, normalised over the rest, reaches top_p stays; at least one token
//   8. min-p: tokens with probability < min_p * the largest probability go. (The ratio does not
//      depend on steps 6 and 7; Hugging Face does it here, vLLM before top-k.)
//   9. draw by Gumbel-max: word = Philox word of (seed, position, token), see philox.h;
//      v = (word + 0.5) / 2^32; e = -ln(1 - v), exponentially distributed; the token with the
//      largest logit - ln(e) wins, the lowest id among equals. It needs no normalisation and no
//      order of summation: the same seed gives the same token in any batch and, up to near ties
//      of rounding, on any device.
//
// A logit that is NaN counts as -infinity; a row without any finite logit yields token -1.
// Bias and penalties are lists of distinct token ids, so that no device scans whole prompts.
// Threads: parallel over rows. Logits are changed in place.
#pragma once

#include "kernels/cpu_context.h"
#include "kernels/cuda_context.h"

namespace kernels {

constexpr int kMaxLogprobs = 20;

struct TokenBias {
  int32_t token_id;  // in [0, vocab_size)
  float bias;
};

struct TokenCount {
  int32_t token_id;      // in [0, vocab_size), present in prompt or output
  int32_t output_count;  // how often in the output, 0 when only in the prompt
};

// One draw. Ranges index SamplingArgs::biases and ::counts.
struct SamplingRow {
  int32_t logits_row = 0;  // row of SamplingArgs::logits; each row is drawn from at most once
  float temperature = 1;   // >= 0
  int32_t top_k = 0;       // 0: off
  float top_p = 1;         // (0, 1]; 1: off
  float min_p = 0;         // [0, 1]; 0: off
  float repetition_penalty = 1, presence_penalty = 0, frequency_penalty = 0;
  uint64_t seed = 0;
  int64_t position = 0;       // index in the sequence of the token being drawn
  int32_t num_logprobs = -1;  // -1: none, else 0 .. kMaxLogprobs
  int32_t bias_begin = 0, bias_end = 0;
  int32_t count_begin = 0, count_end = 0;
};

struct SamplingArgs {
  int32_t* token_ids = nullptr;  // [num_rows]  drawn
  // [num_rows, 1 + kMaxLogprobs]  the chosen token first, then the most likely; entries past
  // num_logprobs are not written. Null when no row asks.
  int32_t* logprob_ids = nullptr;
  float* logprobs = nullptr;
  float* logits = nullptr;             // [*, vocab_size]
  const SamplingRow* rows = nullptr;   // [num_rows]
  const TokenBias* biases = nullptr;   // distinct ids within one row's range
  const TokenCount* counts = nullptr;  // distinct ids within one row's range
  void* workspace = nullptr;  // sampling_workspace_bytes(num_threads, vocab_size) on the CPU
  int64_t num_rows = 0;
  int64_t vocab_size = 0;
  int64_t num_biases = 0;  // entries of biases and counts; CUDA places its workspace by them
  int64_t num_counts = 0;
};

namespace cpu {
void sampling(const SamplingArgs& args, const CpuContext& context);
int64_t sampling_workspace_bytes(int num_threads, int64_t vocab_size);
}  // namespace cpu

namespace cuda {
// workspace: sampling_workspace_bytes() of the lengths of biases and counts. vocab_size below 2^31.
CudaStatus sampling(const SamplingArgs& args, const CudaContext& context);
int64_t sampling_workspace_bytes(int64_t num_biases, int64_t num_counts);
}  // namespace cuda

}  // namespace kernels
