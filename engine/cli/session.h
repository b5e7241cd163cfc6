// SPDX-License-Identifier: Apache-2.0
// What the subcommands share: common options, loading a model with progress, running requests to
// their end.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/cli/option_parser.h"
#include "engine/document.h"
#include "engine/engine.h"
#include "engine/role.h"

namespace engine::cli {

// --model, --device, --threads, --max-model-len, --max-num-seqs, --max-num-batched-tokens,
// --block-size, --kv-cache-dtype, --gpu-memory-utilization, --no-prefix-cache, --batch-invariant.
struct CommonOptions {
  EngineConfig config;
  bool no_prefix_cache = false;

  void add_to(OptionParser& parser);
};

// --max-tokens, --temperature, --top-p, ... into SamplingParams.
void add_sampling_options(OptionParser& parser, SamplingParams& sampling);

// What the command line sets wins over what the role sets; a greedy model stays greedy in every
// role.
SamplingParams merged_sampling(const SamplingParams& role, SamplingParams own, bool greedy);

// A built-in role. Throws Error{NotFound} that names the ones there are.
Role find_role(const std::string& id, const std::string& language);

// The folder --model names, else FIRESIDE_MODEL, else the best model found; says on stderr which
// one when --model does not. Throws Error{NotFound} when there is none.
std::string choose_model(const std::string& option);

// Loads with a progress line on stderr; Ctrl+C while loading throws Error{Cancelled}.
std::unique_ptr<Engine> load_engine(CommonOptions options);

// Steps until the request is finished. Ctrl+C aborts it; the last output says so.
void run_to_end(Engine& engine, uint64_t request_id, const bool& finished);

// Submits, streams every piece of text to `on_text` (may be empty) and returns all pieces put
// together.
RequestOutput run_request(Engine& engine, TokenRequest request,
                          const std::function<void(const std::string& text)>& on_text);

// Says on stderr when an answer ended because the context or a limit was used up that the command
// line (`own`) does not set.
void report_cut(const RequestOutput& output, const SamplingParams& own);

nlohmann::json usage_json(const Usage& usage);
nlohmann::json timings_json(const Timings& timings);

// Reads a document with a progress line on stderr; asks for the password of an encrypted one when
// there is a person to ask. Throws as read_document() does; Error{Cancelled} after Ctrl+C.
Document open_document(const std::string& path);

// Messages of a JSON file ("-" is standard input): [{"role", "content"}, ...] or {"messages":
// [...]}.
std::vector<ChatMessage> read_messages(const std::string& file);
std::vector<ChatMessage> parse_messages(const nlohmann::json& json, const std::string& where);

// One line of JSON output. File names need not be UTF-8: what is not becomes U+FFFD.
std::string json_line(const nlohmann::json& json);

// "1 page", "3 pages"
std::string counted(size_t number, const std::string& noun);

// "1,234,567"
std::string grouped(int64_t number);

}  // namespace engine::cli
