// SPDX-License-Identifier: Apache-2.0
// One block a row; eight for the usual settings of a chat, where clusters exist. Usual settings
// (top_k up to 1,024, or top_p within the 512 likeliest tokens) are settled among candidates: the
// k-th largest of the threads' own maxima is a bound that at least k tokens reach, so that one more
// pass collects few tokens and all of those that matter.
#include "kernels/sampling.h"

#include "kernels/cuda/launch.h"
#include "kernels/cuda/sampling_cluster.cuh"

namespace kernels::cuda {

namespace {

constexpr float kGreedyTemperature = 1e-5f;
constexpr int kTopPCandidates = 512;

// What is left to draw from: keys >= cut, among the sorted candidates when there are any.
struct Selection {
  TokenKey cut = 1;
  int candidates = 0;  // of scratch.keys; 0: the whole row
};

__device__ float clamped(double logit) {
  return static_cast<float>(
      fmin(fmax(logit, -static_cast<double>(FLT_MAX)), static_cast<double>(FLT_MAX)));
}

// Steps 1 to 3; the logits as they were go to `saved` (biases first, then counts).
__device__ void adjust(const SamplingArgs& args, const SamplingRow& row, float* logits,
                       float* saved) {
  for (int i = row.bias_begin + threadIdx.x; i < row.bias_end; i += kRowThreads) {
    const TokenBias bias = args.biases[i];
    const float logit = logits[bias.token_id];
    saved[i] = logit;
    if (isfinite(logit)) logits[bias.token_id] = clamped(static_cast<double>(logit) + bias.bias);
  }
  __syncthreads();
  for (int i = row.count_begin + threadIdx.x; i < row.count_end; i += kRowThreads) {
    const TokenCount count = args.counts[i];
    const float logit = logits[count.token_id];
    saved[args.num_biases + i] = logit;
    if (!isfinite(logit)) continue;
    double value = logit;
    value = value > 0 ? value / row.repetition_penalty : value * row.repetition_penalty;
    if (count.output_count > 0) {
      value -= static_cast<double>(row.frequency_penalty) * count.output_count;
      value -= row.presence_penalty;
    }
    logits[count.token_id] = clamped(value);
  }
  __syncthreads();
}

// Step 0, before the logits change: the likeliest tokens and ln of the sum of exponentials.
__device__ float raw_logprobs(const SamplingArgs& args, const SamplingRow& row, const float* logits,
                              int32_t* ids, float* logprobs, RowScratch& scratch) {
  TokenKey top = 0;
  for_each_logit(logits, args.vocab_size, [&](float logit, int32_t id) {
    const TokenKey key = token_key(logit, id);
    top = key > top ? key : top;
  });
  top = block_max(top, scratch);
  const float largest = key_logit(top);
  float sum = 0;
  for_each_logit(logits, args.vocab_size, [&](float logit, int32_t) {
    if (fabsf(logit) <= FLT_MAX) sum += expf(logit - largest);
  });
  const float total = largest + logf(block_sum(sum, scratch.warp_sums, kRowWarps));
  TokenKey next = top;
  for (int n = 0; n < row.num_logprobs; ++n) {
    if (threadIdx.x == 0) {
      ids[1 + n] = next == 0 ? -1 : key_token(next);
      logprobs[1 + n] = next == 0 ? -INFINITY : key_logit(next) - total;
    }
    const TokenKey previous = next;
    next = 0;
    for_each_logit(logits, args.vocab_size, [&](float logit, int32_t id) {
      const TokenKey key = token_key(logit, id);
      if (key < previous && key > next) next = key;
    });
    next = block_max(next, scratch);
  }
  return total;
}

// The chosen token's raw logit: adjusted tokens were saved, biases before counts.
__device__ void chosen_logprob(const SamplingArgs& args, const SamplingRow& row,
                               const float* logits, const float* saved, int32_t chosen, float total,
                               int32_t* ids, float* logprobs, RowScratch& scratch) {
  __syncthreads();
  if (threadIdx.x == 0) scratch.count = -1;
  __syncthreads();
  for (int i = row.count_begin + threadIdx.x; i < row.count_end; i += kRowThreads) {
    if (args.counts[i].token_id == chosen) scratch.count = static_cast<int>(args.num_biases) + i;
  }
  __syncthreads();
  for (int i = row.bias_begin + threadIdx.x; i < row.bias_end; i += kRowThreads) {
    if (args.biases[i].token_id == chosen) scratch.count = i;
  }
  __syncthreads();
  if (threadIdx.x == 0) {
    ids[0] = chosen;
    logprobs[0] = -INFINITY;
    if (chosen >= 0) {
      logprobs[0] = (scratch.count >= 0 ? saved[scratch.count] : logits[chosen]) - total;
    }
  }
}

// Collects and sorts every token that reaches the k-th largest of the threads' maxima. Returns how
// many, or 0 when they are more than fit.
__device__ int collect(const float* logits, int64_t vocab_size, TokenKey mine, int k,
                       RowScratch& scratch) {
  scratch.keys[threadIdx.x] = mine;
  sort_keys(scratch, kRowThreads);
  const TokenKey bound = scratch.keys[k - 1];
  __syncthreads();
  if (threadIdx.x == 0) scratch.count = 0;
  __syncthreads();
  for_each_logit(logits, vocab_size, [&](float logit, int32_t id) {
    const TokenKey key = token_key(logit, id);
    // Equals of the k-th logit belong to it whatever their ids.
    if (key == 0 || key >> 32 < bound >> 32) return;
    const int place = atomicAdd(&scratch.count, 1);
    if (place < kMaxCandidates) scratch.keys[place] = key;
  });
  return sort_candidates(scratch);
}

// Steps 6 and 7 among sorted candidates. total < 0: the weights are summed over the candidates.
// Returns false when the candidates do not hold enough weight.
__device__ bool cut_candidates(const SamplingRow& row, int top_k, double total,
                               Selection& selection, RowScratch& scratch) {
  int kept = selection.candidates;
  if (top_k > 0 && top_k < kept) {
    const TokenKey threshold = scratch.keys[top_k - 1] >> 32 << 32;
    kept = __syncthreads_count(threadIdx.x < kept && scratch.keys[threadIdx.x] >= threshold) +
           __syncthreads_count(threadIdx.x + kRowThreads < kept &&
                               scratch.keys[threadIdx.x + kRowThreads] >= threshold);
  }
  if (row.top_p < 1) {
    const double top = key_logit(scratch.keys[0]);
    for (int i = threadIdx.x; i < kept; i += kRowThreads) {
      scratch.weights[i] = exp((key_logit(scratch.keys[i]) - top) / row.temperature);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      if (total < 0) {
        total = 0;
        for (int i = 0; i < kept; ++i) total += scratch.weights[i];
      }
      double reached = 0;
      int i = 0;
      while (i < kept && reached < row.top_p * total) reached += scratch.weights[i++];
      scratch.count = reached < row.top_p * total ? 0 : max(i, 1);
    }
    __syncthreads();
    if (scratch.count == 0) return false;
    kept = scratch.count;
  }
  selection.candidates = kept;
  return true;
}

// Steps 6 and 7 over the whole row.
__device__ Selection cut_row(const SamplingRow& row, int top_k, const float* logits,
                             int64_t vocab_size, float top, RowScratch& scratch) {
  Selection selection;
  if (top_k > 0) {
    selection.cut = radix_cut(logits, vocab_size, static_cast<TokenKey>(top_k), scratch,
                              [](float) { return TokenKey{1}; }) >>
                    32 << 32;
  }
  if (row.top_p < 1) {
    const TokenKey kept_cut = selection.cut;
    const auto weight = [&](float logit) {
      const bool kept = token_key(logit, 0x7fffffff) >> 32 >= kept_cut >> 32;
      return kept ? fixed_weight(logit, top, row.temperature) : TokenKey{0};
    };
    __syncthreads();
    if (threadIdx.x == 0) scratch.bins[0] = 0;
    __syncthreads();
    TokenKey sum = 0;
    for_each_logit(logits, vocab_size, [&](float logit, int32_t) {
      if (fabsf(logit) <= FLT_MAX) sum += weight(logit);
    });
    atomicAdd(&scratch.bins[0], sum);
    __syncthreads();
    const TokenKey target = static_cast<TokenKey>(static_cast<double>(scratch.bins[0]) * row.top_p);
    const TokenKey cut = radix_cut(logits, vocab_size, target > 0 ? target : 1, scratch, weight);
    selection.cut = cut > selection.cut ? cut : selection.cut;
  }
  return selection;
}

// Steps 8 and 9: one of what is left.
__device__ int32_t draw(const SamplingRow& row, const float* logits, int64_t vocab_size,
                        TokenKey top_key, const Selection& selection, RowScratch& scratch) {
  const float top = key_logit(top_key);
  const float threshold = row.min_p > 0 ? logf(row.min_p) : -INFINITY;
  TokenKey best = 0;
  const auto consider = [&](TokenKey key, float logit, int32_t id) {
    if (key < selection.cut || !((logit - top) / row.temperature >= threshold)) return;
    const TokenKey drawn = draw_key(logit, id, row.temperature, row.seed, row.position);
    best = drawn > best ? drawn : best;
  };
  if (selection.candidates > 0) {
    for (int i = threadIdx.x; i < selection.candidates; i += kRowThreads) {
      consider(scratch.keys[i], key_logit(scratch.keys[i]), key_token(scratch.keys[i]));
    }
  } else {
    for_each_logit(logits, vocab_size, [&](float logit, int32_t id) {
      const TokenKey key = token_key(logit, id);
      if (key != 0) consider(key, logit, id);
    });
  }
  best = block_max(best, scratch);
  return best == 0 ? key_token(top_key) : key_token(best);
}

__device__ int32_t sample_row(const SamplingRow& row, const float* logits, int64_t vocab_size,
                              RowScratch& scratch) {
  TokenKey mine = 0;
  int finite = 0;
  for_each_logit(logits, vocab_size, [&](float logit, int32_t id) {
    const TokenKey key = token_key(logit, id);
    mine = key > mine ? key : mine;
    finite += key != 0;
  });
  const TokenKey top_key = block_max(mine, scratch);
  if (top_key == 0) return -1;
  if (row.temperature < kGreedyTemperature) return key_token(top_key);
  const float top = key_logit(top_key);
  const int num_finite = static_cast<int>(
      block_sum(static_cast<float>(finite), scratch.warp_sums, kRowWarps));  // exact below 2^24
  const int top_k = row.top_k > 0 && row.top_k < num_finite ? row.top_k : 0;

  Selection selection;
  if (top_k > 0 || row.top_p < 1) {
    double total = -1;
    if (top_k == 0) {
      float sum = 0;
      for_each_logit(logits, vocab_size, [&](float logit, int32_t) {
        if (fabsf(logit) <= FLT_MAX) sum += expf((logit - top) / row.temperature);
      });
      total = block_sum(sum, scratch.warp_sums, kRowWarps);
    }
    bool settled = false;
    if (top_k <= kRowThreads) {
      __syncthreads();
      selection.candidates =
          collect(logits, vocab_size, mine, top_k > 0 ? top_k : kTopPCandidates, scratch);
      settled = selection.candidates > 0 && cut_candidates(row, top_k, total, selection, scratch);
    }
    if (!settled) selection = cut_row(row, top_k, logits, vocab_size, top, scratch);
  }

  return draw(row, logits, vocab_size, top_key, selection, scratch);
}

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
// The draw of a row by all blocks of a cluster, for the settings of a usual chat: the largest
// logit, or one of the top_k likeliest. False where the first block has to do it alone. `chosen` is
// right in the first block.
__device__ bool sample_together(const SamplingRow& row, const float* logits, int64_t vocab_size,
                                RowScratch& scratch, int32_t* chosen) {
  if (row.num_logprobs >= 0 || row.bias_end > row.bias_begin || row.count_end > row.count_begin)
    return false;
  if (row.temperature < kGreedyTemperature) {
    const TokenKey top = cluster_top(logits, vocab_size, scratch);
    *chosen = top == 0 ? -1 : key_token(top);
    return true;
  }
  if (row.top_k < 1 || row.top_k > kRowThreads) return false;
  TokenKey top = 0;
  Selection selection;
  selection.candidates = cluster_collect(logits, vocab_size, row.top_k, scratch, &top);
  if (selection.candidates == 0) return false;
  if (!cut_candidates(row, row.top_k, -1, selection, scratch)) return false;
  *chosen = draw(row, logits, vocab_size, top, selection, scratch);
  return true;
}
#endif

// kBlocks: of a cluster, which share a row. (Where the first of them draws alone, the others may
// find the position of this draw or of the next: they do not use it.)
template <int kBlocks>
__global__ void __launch_bounds__(kRowThreads) sampling_rows(const SamplingArgs args) {
  __shared__ RowScratch scratch;
  launch_dependents();
  wait_for_predecessor();
  const int index = blockIdx.x / kBlocks;
  const SamplingRow row = args.rows[index];
  if (row.logits_row < 0) return;
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
  if constexpr (kBlocks > 1) {
    int32_t together = -1;
    const bool done = sample_together(row, args.logits + row.logits_row * args.vocab_size,
                                      args.vocab_size, scratch, &together);
    if (done) {
      if (blockIdx.x % kBlocks == 0 && threadIdx.x == 0)
        deliver_token(args, index, row.position, together);
      return;
    }
    __syncthreads();
  }
#endif
  if (blockIdx.x % kBlocks != 0) return;
  float* logits = args.logits + row.logits_row * args.vocab_size;
  float* saved = static_cast<float*>(args.workspace);
  int32_t* ids = args.logprob_ids + index * (1 + kMaxLogprobs);
  float* logprobs = args.logprobs + index * (1 + kMaxLogprobs);
  float total = 0;
  if (row.num_logprobs >= 0) {
    total = raw_logprobs(args, row, logits, ids, logprobs, scratch);
    __syncthreads();
  }
  if (row.bias_end > row.bias_begin || row.count_end > row.count_begin) {
    adjust(args, row, logits, saved);
  }
  const int32_t chosen = sample_row(row, logits, args.vocab_size, scratch);
  if (threadIdx.x == 0) deliver_token(args, index, row.position, chosen);
  if (row.num_logprobs >= 0) {
    chosen_logprob(args, row, logits, saved, chosen, total, ids, logprobs, scratch);
  }
}

}  // namespace

CudaStatus sampling(const SamplingArgs& args, const CudaContext& context) {
  LaunchShape shape;
  shape.threads = kRowThreads;
  shape.cluster = context.compute_capability >= 90 ? kRowBlocks : 1;
  shape.grid = dim3(static_cast<unsigned>(args.num_rows * shape.cluster));
  return shape.cluster > 1 ? launch(context, sampling_rows<kRowBlocks>, shape, args)
                           : launch(context, sampling_rows<1>, shape, args);
}

int64_t sampling_workspace_bytes(int64_t num_biases, int64_t num_counts) {
  return (num_biases + num_counts) * static_cast<int64_t>(sizeof(float));
}

}  // namespace kernels::cuda
