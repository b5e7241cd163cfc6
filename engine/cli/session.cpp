// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/session.h"

#include <unistd.h>

#include <cstdio>

#include "engine/base/json.h"
#include "engine/cli/input.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine::cli {
namespace {

constexpr int64_t kMaxMessagesFile = 256 << 20;

}  // namespace

void CommonOptions::add_to(OptionParser& parser) {
  parser.option("--model", "DIR", config.model, "model folder (default: the best one found)");
  parser.option("--device", "NAME", config.device, "auto, cpu, cuda or cuda:N");
  parser.option("--threads", "N", config.num_threads,
                "CPU threads, at most one for each processor (0: one for each core)");
  parser.option_or_auto("--max-model-len", config.max_model_len,
                        "tokens of one sequence (auto: what model and memory allow)");
  parser.option("--max-num-seqs", "N", config.max_num_seqs, "sequences computed together");
  parser.option("--max-num-batched-tokens", "N", config.max_num_batched_tokens,
                "token budget of one step (0: chosen)");
  parser.option("--block-size", "N", config.block_size, "tokens in one KV block");
  parser.option_read_by(
      "--kv-cache-dtype", "NAME",
      [this](const std::string& value) { config.kv_cache_dtype = parse_kv_cache_dtype(value); },
      "auto; on a GPU also bf16, f16 or fp8 (half the memory, less precise)");
  parser.option("--gpu-memory-utilization", "F", config.gpu_memory_utilization,
                "share of the GPU's memory to use, above 0 and at most 1 (default 0.9)");
  parser.flag("--no-prefix-cache", no_prefix_cache, "compute every prompt from its first token");
  parser.flag("--batch-invariant", config.batch_invariant,
              "on a GPU: the same bits alone and in any batch; slower");
}

void add_sampling_options(OptionParser& parser, SamplingParams& sampling) {
  parser.option("--max-tokens", "N", sampling.max_tokens,
                "stop after N tokens (default: at the end of the context)");
  parser.option("--temperature", "F", sampling.temperature, "0 is greedy (default: the model's)");
  parser.option("--top-p", "F", sampling.top_p,
                "keep the most likely tokens up to this probability");
  parser.option("--top-k", "N", sampling.top_k, "keep the N most likely tokens, 0 keeps all");
  parser.option("--min-p", "F", sampling.min_p,
                "drop tokens below this share of the likeliest one");
  parser.option("--seed", "N", sampling.seed, "same seed, same tokens");
  parser.option("--repetition-penalty", "F", sampling.repetition_penalty, "1 is none");
  parser.option("--presence-penalty", "F", sampling.presence_penalty, "from -2 to 2");
  parser.option("--frequency-penalty", "F", sampling.frequency_penalty, "from -2 to 2");
  parser.repeated("--stop", "S", sampling.stop, "end before this text; may be given several times");
  parser.flag("--ignore-eos", sampling.ignore_eos, "go on after the model's end-of-text token");
}

SamplingParams merged_sampling(const SamplingParams& role, SamplingParams own, bool greedy) {
  if (!own.temperature && !greedy) own.temperature = role.temperature;
  if (!own.top_k) own.top_k = role.top_k;
  if (!own.top_p) own.top_p = role.top_p;
  if (!own.min_p) own.min_p = role.min_p;
  if (!own.repetition_penalty) own.repetition_penalty = role.repetition_penalty;
  if (!own.max_tokens) own.max_tokens = role.max_tokens;
  if (own.presence_penalty == 0) own.presence_penalty = role.presence_penalty;
  if (own.frequency_penalty == 0) own.frequency_penalty = role.frequency_penalty;
  return own;
}

Role find_role(const std::string& id, const std::string& language) {
  std::string known;
  for (Role& role : built_in_roles(language)) {
    if (role.id == id) return role;
    known += (known.empty() ? "" : ", ") + role.id;
  }
  throw Error(ErrorCode::NotFound,
              "role '" + printable(id) + "' is not known; choose one of " + known);
}

std::string choose_model(const std::string& option) {
  if (!option.empty()) return option;
  if (const std::string chosen = model_from_environment(); !chosen.empty()) {
    std::fprintf(stderr, "fireside-cli: using %s (FIRESIDE_MODEL)\n", printable(chosen).c_str());
    return chosen;
  }
  const std::vector<ModelInfo> models = find_models();
  for (const ModelInfo& model : models) {
    if (!model.unsupported.empty()) continue;
    std::fprintf(stderr, "fireside-cli: using %s (%s)\n", printable(model.name).c_str(),
                 printable(model.path).c_str());
    return model.path;
  }
  throw Error(ErrorCode::NotFound,
              "no model found; put a folder such as Qwen3-4B-Instruct-2507 into "
              "~/.local/share/fireside/models or "
              "name one with --model");
}

std::unique_ptr<Engine> load_engine(CommonOptions options) {
  options.config.model = choose_model(options.config.model);
  options.config.enable_prefix_caching = !options.no_prefix_cache;
  ProgressLine line;
  const StopOnInterrupt stop;
  return Engine::load(
      options.config,
      [&](const std::string& stage, double progress) {
        line.show(stage + " " + std::to_string(static_cast<int>(progress * 100)) + " %");
      },
      stop.token());
}

void run_to_end(Engine& engine, uint64_t request_id, const bool& finished) {
  while (!finished) {
    if (interrupted()) {
      engine.abort(request_id);
      return;
    }
    if (!engine.step() && !finished)
      throw Error(ErrorCode::Internal,
                  "the engine has nothing to do but the request is not finished");
  }
}

RequestOutput run_request(Engine& engine, TokenRequest request,
                          const std::function<void(const std::string& text)>& on_text) {
  RequestOutput all;
  bool finished = false;
  const uint64_t id = engine.submit(std::move(request), [&](const RequestOutput& output) {
    all.text += output.text;
    all.token_ids.insert(all.token_ids.end(), output.token_ids.begin(), output.token_ids.end());
    all.logprobs.insert(all.logprobs.end(), output.logprobs.begin(), output.logprobs.end());
    all.request_id = output.request_id;
    all.num_computed_prompt_tokens = output.num_computed_prompt_tokens;
    all.finish_reason = output.finish_reason;
    all.error = output.error;
    all.usage = output.usage;
    all.timings = output.timings;
    finished = output.finished();
    if (on_text && !output.text.empty()) on_text(output.text);
  });
  run_to_end(engine, id, finished);
  return all;
}

void report_cut(const RequestOutput& output, const SamplingParams& own) {
  if (output.finish_reason != FinishReason::Length) return;
  if (own.max_tokens && output.usage.completion_tokens >= *own.max_tokens) return;
  std::fprintf(stderr,
               "fireside-cli: the answer was cut after %s; raise --max-tokens or "
               "--max-model-len\n",
               counted(static_cast<size_t>(output.usage.completion_tokens), "token").c_str());
}

nlohmann::json usage_json(const Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens},
          {"cached_tokens", usage.cached_tokens},
          {"completion_tokens", usage.completion_tokens}};
}

nlohmann::json timings_json(const Timings& timings) {
  return {{"queue_ms", timings.queue_ms},
          {"ttft_ms", timings.ttft_ms},
          {"total_ms", timings.total_ms},
          {"tokens_per_s", timings.tokens_per_s}};
}

Document open_document(const std::string& path) {
  ProgressLine progress;
  const auto show = [&](int done, int pages) {
    progress.show("Reading page " + std::to_string(done) + " of " + std::to_string(pages));
  };
  std::string password;
  while (true) {
    try {
      // A single page may take minutes, without a word.
      const StopOnInterrupt stop;
      return read_document(path, password, {}, show, stop.token(), path);
    } catch (const Error& error) {
      progress.clear();
      if (error.code() != ErrorCode::PasswordRequired || !isatty(STDIN_FILENO)) throw;
      std::fprintf(stderr, "%s\n", escape_controls(error.what()).c_str());
      if (ask_password(password)) continue;
      if (interrupted()) throw Error(ErrorCode::Cancelled, "no password was given");
      throw;
    }
  }
}

std::vector<ChatMessage> parse_messages(const nlohmann::json& json, const std::string& where) {
  const nlohmann::json* list = &json;
  if (json.is_object() && json.contains("messages")) list = &json["messages"];
  if (!list->is_array() || list->empty())
    throw Error(ErrorCode::InvalidFile,
                where + ": expected a list of {\"role\", \"content\"} objects");
  std::vector<ChatMessage> messages;
  for (size_t i = 0; i < list->size(); ++i) {
    const nlohmann::json& item = (*list)[i];
    const std::string place = where + ": message " + std::to_string(i + 1);
    if (!item.is_object()) throw Error(ErrorCode::InvalidFile, place + " is not an object");
    for (const char* key : {"role", "content"})
      if (!item.contains(key) || !item[key].is_string())
        throw Error(ErrorCode::InvalidFile, place + ": \"" + key + "\" must be a string");
    messages.push_back({item["role"].get<std::string>(), item["content"].get<std::string>()});
  }
  return messages;
}

std::vector<ChatMessage> read_messages(const std::string& file) {
  if (file == "-") {
    const std::string text = read_input("standard input");
    if (interrupted()) throw Error(ErrorCode::Cancelled, "reading standard input was interrupted");
    return parse_messages(parse_json(text, "standard input"), "standard input");
  }
  return parse_messages(read_json_file(file, kMaxMessagesFile), printable(file));
}

std::string json_line(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string counted(size_t number, const std::string& noun) {
  return grouped(static_cast<int64_t>(number)) + " " + noun + (number == 1 ? "" : "s");
}

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  const size_t sign = number < 0 ? 1 : 0;
  for (size_t i = text.size(); i > sign + 3;) text.insert(i -= 3, 1, ',');
  return text;
}

}  // namespace engine::cli
