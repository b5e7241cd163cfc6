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
#include "kernels/philox.h"

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
  // Row of SamplingArgs::logits; each row is drawn from at most once. CUDA: below 0, nothing
  // happens.
  int32_t logits_row = 0;
  float temperature = 1;  // >= 0
  int32_t top_k = 0;      // 0: off
  float top_p = 1;        // (0, 1]; 1: off
  float min_p = 0;        // [0, 1]; 0: off
  float repetition_penalty = 1, presence_penalty = 0, frequency_penalty = 0;
  uint64_t seed = 0;
  int64_t position = 0;       // index in the sequence of the token being drawn
  int32_t num_logprobs = -1;  // -1: none, else 0 .. kMaxLogprobs
  int32_t bias_begin = 0, bias_end = 0;
  int32_t count_begin = 0, count_end = 0;
};

// The decode batch whose logits these are, to be made the next one where it lies: row i is sequence
// i, which brings the token just drawn, one position further on.
//   token_ids[i] = drawn   positions[i] += 1   context_lens[i] += 1   slot_mapping[i] += 1
//   rows[i].position += 1
// Right where each new slot lies in the same block as the one before; else it must not be used.
struct NextBatch {
  int32_t* token_ids = nullptr;  // [num_rows]; null: nothing is made
  int32_t* positions = nullptr;
  int32_t* context_lens = nullptr;
  int64_t* slot_mapping = nullptr;
  SamplingRow* rows = nullptr;  // SamplingArgs::rows
};

struct SamplingArgs {
  int32_t* token_ids = nullptr;  // [num_rows]  drawn
  // [2, num_rows]  the same, to entry position % 2 of the row; null: nowhere else. May be pinned
  // memory of the host, which then reads a step's tokens while the next step writes its own.
  int32_t* echo = nullptr;
  NextBatch next;
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

// What a draw leaves behind. One thread, when nobody looks at the row any more.
KERNELS_HOST_DEVICE inline void deliver_token(const SamplingArgs& args, int64_t index,
                                              int64_t position, int32_t token_id) {
  args.token_ids[index] = token_id;
  if (args.echo != nullptr) args.echo[position % 2 * args.num_rows + index] = token_id;
  const NextBatch& next = args.next;
  if (next.token_ids == nullptr) return;
  next.token_ids[index] = token_id;
  next.positions[index] += 1;
  next.context_lens[index] += 1;
  next.slot_mapping[index] += 1;
  next.rows[index].position = position + 1;
}

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
