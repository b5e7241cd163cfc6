// SPDX-License-Identifier: Apache-2.0
// Moves the tensors of a plan into an arena in host memory.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "engine/models/weight_plan.h"
#include "kernels/thread_pool.h"

namespace engine {

// Every byte is read once, straight from the file into its place: memory holds the arena and
// whatever the system caches of the file, which it drops when it needs room. The threads share the
// work; progress (0 to 1) is called on the calling thread, every few hundredths of a second.
// Throws Error{Cancelled} soon after a stop request, and what the source's read_rows() throws.
void copy_weights(const WeightPlan& plan, char* arena, kernels::ThreadPool* pool,
                  const std::function<void(double done)>& progress, const std::stop_token& stop);

}  // namespace engine
