// SPDX-License-Identifier: Apache-2.0
// bench: what a user waits for. Prompts from 128 to 255K tokens, answers of one to 32 conversations
// and deep in a document, a new question on a document that is cached, a long prompt that arrives
// while others are being answered; each beside its limit.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/cli/bench_load.h"

namespace engine::cli {

// A row that would take longer than the limit of its set (a few seconds, or minutes with `full`),
// or that the context or the cache has no room for, is left out and named. Prints a row for each
// figure, unless `quiet`; returns all of them.
nlohmann::json run_suite(BenchLoad& load, const LoadLimits& limits, bool full, bool quiet);

}  // namespace engine::cli
