// SPDX-License-Identifier: Apache-2.0
// One token through the whole model without borders between kernels: see decode_step.h.
//
// One block a multiprocessor, ten warps. Every matrix is shared out by rows: blocks get contiguous
// ranges, warps take turns in them, and the turns go on across matrices, so that all warps stream
// the same number of bytes. A warp owns slots in shared memory and sends for its next piece as soon
// as it has read one, whatever matrix or layer the piece belongs to: weights depend on nothing. So
// there are always a few microseconds of weights on their way (200 KB a multiprocessor), and the
// borders between matrices, where the blocks wait for one another's activations, cost only what the
// warps cannot catch up, which is little: tensor cores multiply several times faster than memory
// delivers.
//
// What a block computed, others see as words that carry the tag of the layer (step_words.cuh): a
// block starts a matrix as soon as its own reads find the whole vector.
#pragma once

#include "kernels/cuda/step_attention.cuh"

namespace kernels::cuda {

#if defined(__CUDACC__)

struct StepRange {
  int first, count;  // groups of a matrix that are this block's
};

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900

__device__ inline const unsigned char* step_weight(const StepParams& p, int layer, int kind) {
  const void* weight = p.head;
  if (kind == kStepQkv) weight = p.layers[layer].qkv;
  if (kind == kStepOutput) weight = p.layers[layer].output;
  if (kind == kStepGateUp) weight = p.layers[layer].gate_up;
  if (kind == kStepDown) weight = p.layers[layer].down;
  return static_cast<const unsigned char*>(weight);
}

// A warp's pieces of all matrices, one after another, and the slots they come into. All of it is
// the same in all lanes.
struct StepStream {
  const StepParams& p;
  const StepRange* ranges;  // [kStepKinds]
  unsigned char* ring;
  uint64_t* arrived;
  int warp, lane, slots, slot_bytes;
  // The next piece to send for.
  int layer = 0, kind = kStepQkv, turn = 0, index = 0, piece = 0, pieces = 0;
  uint32_t bytes = 0;
  const unsigned char* next = nullptr;
  // The next slot to read.
  int slot = 0;
  uint32_t parity = 0;

  // At the start of a matrix: this warp's first group of the block's range, given whose turn it is.
  __device__ int first_index(int whose_turn) const {
    const int ahead = warp - whose_turn;
    return ahead < 0 ? ahead + kGemvWarps : ahead;
  }
  __device__ void enter() {
    const StepMatrix& matrix = p.matrices[kind];
    index = first_index(turn);
    piece = 0;
    pieces = matrix.group_rows * matrix.parts;
    bytes = static_cast<uint32_t>(matrix.cols / matrix.parts) * 2;
    next = step_weight(p, layer, kind) +
           static_cast<int64_t>(ranges[kind].first + index) * pieces * bytes;
  }
  // Past matrices of which nothing is left for this warp.
  __device__ void skip() {
    while (kind < kStepKinds && index >= ranges[kind].count) {
      turn = (turn + ranges[kind].count) % kGemvWarps;
      if (kind == kStepDown) {
        kind = ++layer < p.num_layers ? kStepQkv : kStepHead;
      } else {
        ++kind;
      }
      if (kind < kStepKinds) enter();
    }
  }
  // The slot to read next, once its piece is there; then on to the one after it.
  __device__ int wait() const {
    mbarrier_wait(&arrived[slot], parity);
    return slot;
  }
  __device__ void step() {
    if (++slot == slots) {
      slot = 0;
      parity ^= 1;
    }
  }
  __device__ void fetch(int to) {
    if (kind == kStepKinds) return;
    if (lane == 0) {
      mbarrier_expect_bytes(&arrived[to], bytes);
      bulk_copy(ring + to * slot_bytes, next, bytes, &arrived[to]);
    }
    next += bytes;
    if (++piece < pieces) return;
    piece = 0;
    index += kGemvWarps;
    next += static_cast<int64_t>(kGemvWarps - 1) * pieces * bytes;
    skip();
  }
};

// One matrix: this warp's rows of it, into words (the head: floats). residual: words to add, or
// null for plain values `embedding` (the first layer). turn: whose turn it is at its start.
template <typename T, int kKind>
__device__ inline void step_matrix(StepStream& stream, const T* x, void* out, uint32_t tag,
                                   int turn, const uint32_t* residuals = nullptr,
                                   const T* embedding = nullptr, T* copy = nullptr) {
  constexpr bool kPairs = kKind == kStepGateUp;
  constexpr bool kResidual = kKind == kStepOutput || kKind == kStepDown;
  const StepMatrix& matrix = stream.p.matrices[kKind];
  const StepRange range = stream.ranges[kKind];
  const int chunks = matrix.cols / matrix.parts / 8;
  for (int i = stream.first_index(turn); i < range.count; i += kGemvWarps) {
    const int group = range.first + i;
    float residual = 0;
    if (kResidual && stream.lane == 0) {
      residual = residuals != nullptr ? word_value<T>(__ldcg(residuals + group))
                                      : load_activation(embedding + group);
    }
    float sums[2][1] = {};
    if (kPairs && matrix.parts == 1) {
      const int slot = stream.wait();
      stream.step();
      const int other = stream.wait();
      stream.step();
      gemv_dot_pair<T>(stream.ring + slot * stream.slot_bytes,
                       stream.ring + other * stream.slot_bytes, x, chunks, stream.lane, sums[0][0],
                       sums[1][0]);
      __syncwarp();
      stream.fetch(slot);
      stream.fetch(other);
    } else {
#pragma unroll
      for (int r = 0; r < (kPairs ? 2 : 1); ++r) {
        for (int part = 0; part < matrix.parts; ++part) {
          const int slot = stream.wait();
          stream.step();
          gemv_dot<T, 1>(stream.ring + slot * stream.slot_bytes, x + part * chunks * 8, 0, chunks,
                         stream.lane, sums[r]);
          __syncwarp();
          stream.fetch(slot);
        }
      }
    }
    const float one = warp_sum(sums[0][0]), two = kPairs ? warp_sum(sums[1][0]) : 0.0f;
    if (stream.lane != 0) continue;
    if (kKind == kStepHead) {
      static_cast<float*>(out)[group] = one;
    } else {
      const float value = kPairs ? silu(one) * two : residual + one;
      store_word(static_cast<uint32_t*>(out) + group, make_word<T>(value, tag));
      if (copy != nullptr) copy[group] = Elem<T>::from(value);
    }
  }
}

#endif  // __CUDA_ARCH__ >= 900

template <typename T>
__global__ void __launch_bounds__(kGemvThreads, 1)
    decode_step_kernel(const __grid_constant__ StepParams p) {
#if __CUDA_ARCH__ >= 900
  extern __shared__ __align__(128) unsigned char shared[];
  __shared__ uint64_t arrived[kGemvWarps * kStepMaxSlots];
  __shared__ float scratch[1][kGemvWarps];
  __shared__ StepRange ranges[kStepKinds];
  const int warp = warp_index(), lane = threadIdx.x % 32;
  unsigned char* memory = shared + kGemvWarps * p.slots * p.slot_bytes;
  T* x = reinterpret_cast<T*>(memory);

  if (threadIdx.x < kStepKinds) {
    const int64_t groups = p.matrices[threadIdx.x].groups;
    const int first = static_cast<int>(groups * blockIdx.x / gridDim.x);
    const int end = static_cast<int>(groups * (blockIdx.x + 1) / gridDim.x);
    ranges[threadIdx.x] = {first, end - first};
  }
  if (lane == 0) {
    for (int i = 0; i < p.slots; ++i) mbarrier_init(&arrived[warp * kStepMaxSlots + i], 1);
    mbarrier_fence_init();
  }
  __syncthreads();
  StepStream stream{p,
                    ranges,
                    shared + warp * p.slots * p.slot_bytes,
                    arrived + warp * kStepMaxSlots,
                    warp,
                    lane,
                    p.slots,
                    p.slot_bytes};
  stream.enter();
  stream.skip();
  for (int i = 0; i < p.slots; ++i) stream.fetch(i);

  wait_for_predecessor();
  // The number of this step, known to all blocks before the first of them counts it.
  const uint32_t epoch = __ldcg(p.epoch);
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    atomicAdd(p.epoch + 1, 1);
  }
  const StepSplit split = step_split(p.attention, max(*p.attention.context_lens, 1));
  const int hidden = p.matrices[kStepQkv].cols;
  T* plain = static_cast<T*>(p.hidden);

  // A block without rows of a matrix must not wait for its input: nobody would wait for the block.
  int turn = 0;
  uint32_t full_tag = epoch * p.num_layers, tag = 0;
  const auto stage = [&](int kind, const uint32_t* words, const float* norm) {
    if (ranges[kind].count == 0) return;
    step_stage<T>(words, tag, norm, p.eps, p.matrices[kind].cols, x, scratch[0]);
  };
  const auto pass = [&](int kind) { turn = (turn + ranges[kind].count) % kGemvWarps; };
  for (int layer = 0; layer < p.num_layers; ++layer) {
    const DecodeStepLayer& weights = p.layers[layer];
    if (layer == 0) {
      const GemvInput input = {plain, nullptr, weights.input_norm, p.eps, 1, hidden};
      gemv_stage_x<T, 1>(input, x, scratch, [] {});
    } else {
      stage(kStepQkv, p.after_layer, weights.input_norm);
    }
    ++full_tag;
    tag = full_tag << 16;
    step_matrix<T, kStepQkv>(stream, x, p.qkv, tag, turn);
    pass(kStepQkv);

    __syncthreads();  // attention uses the memory of x
    step_attention<T>(p, layer, split, memory, full_tag);

    stage(kStepOutput, p.attention_out, nullptr);
    step_matrix<T, kStepOutput>(stream, x, p.after_attention, tag, turn,
                                layer == 0 ? nullptr : p.after_layer, plain);
    pass(kStepOutput);

    stage(kStepGateUp, p.after_attention, weights.post_attention_norm);
    step_matrix<T, kStepGateUp>(stream, x, p.ffn, tag, turn);
    pass(kStepGateUp);

    stage(kStepDown, p.ffn, nullptr);
    step_matrix<T, kStepDown>(stream, x, p.after_layer, tag, turn, p.after_attention, nullptr,
                              layer + 1 == p.num_layers ? plain : nullptr);
    pass(kStepDown);
  }
  launch_dependents();
  stage(kStepHead, p.after_layer, p.final_norm);
  step_matrix<T, kStepHead>(stream, x, p.logits, tag, turn);
  if (blockIdx.x == 0 && threadIdx.x == 0) {
    while (atomicAdd(p.epoch + 1, 0) != gridDim.x) {
    }
    p.epoch[1] = 0;
    p.epoch[0] = epoch + 1;
  }
#endif
}

#endif  // __CUDACC__

}  // namespace kernels::cuda
