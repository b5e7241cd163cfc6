// SPDX-License-Identifier: Apache-2.0
// The CPU runner: a dense decoder on a thread pool.
//
// Weights keep their stored dtype (BF16, F16, F32), activations and KV cache are float32. The
// logits of a token have the same bits alone, in any batch, with any chunking and after a prefix
// hit (kernels/cpu_context.h says why). The instruction set is the best the processor has;
// FIRESIDE_CPU_LEVEL=portable|avx2|avx512 lowers it.
#pragma once

#include <memory>
#include <stop_token>

#include "engine/config.h"
#include "engine/engine.h"
#include "engine/formats/weight_source.h"
#include "engine/runner/memory_plan.h"
#include "engine/runner/model_runner.h"

namespace engine {

// Plans memory, copies the weights (the source may go afterwards) and takes cache and workspace.
// config.num_threads, max_num_batched_tokens and max_model_len of 0 are chosen here as
// plan_cpu_memory() says. Throws Error{OutOfMemory, InvalidFile, Unsupported, InvalidArgument};
// Error{Cancelled} soon after a stop request.
std::unique_ptr<ModelRunner> make_cpu_runner(const EngineConfig& config, const ModelConfig& model,
                                             const WeightSource& weights,
                                             const LoadProgress& progress = {},
                                             std::stop_token stop = {});

// What make_cpu_runner() would take with `freed` bytes more than are free now; nothing is taken.
// Throws as it does.
MemoryPlan plan_cpu_runner(const EngineConfig& config, const ModelConfig& model,
                           const WeightSource& weights, int64_t freed = 0);

}  // namespace engine
