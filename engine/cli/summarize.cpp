// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/document.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/prompt.h"
#include "engine/role.h"
#include "engine/summary.h"

namespace engine::cli {
namespace {

struct Job {
  Engine& engine;
  Role role;
  SamplingParams sampling;
  std::string language;
  ProgressLine progress;
};

struct Summary {
  std::string text;
  std::vector<std::string> sections;
  int num_pages = 0;
  Usage usage;
  FinishReason finish_reason = FinishReason::None;
};

Role find_role(const std::string& id, const std::string& language) {
  std::string known;
  for (Role& role : built_in_roles(language)) {
    if (role.id == id) return role;
    known += (known.empty() ? "" : ", ") + role.id;
  }
  throw Error(ErrorCode::NotFound,
              "role '" + printable(id) + "' is not known; choose one of " + known);
}

// Submits all requests at once, so that they share the engine's batches, and returns their texts in
// order.
std::vector<std::string> run_together(Job& job,
                                      const std::vector<std::vector<ChatMessage>>& requests,
                                      int max_tokens, const std::string& what, Summary& summary) {
  std::vector<std::string> texts(requests.size());
  size_t num_finished = 0;
  std::string failure;
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < requests.size(); ++i) {
    SamplingParams sampling = job.sampling;
    if (!sampling.max_tokens) sampling.max_tokens = max_tokens;
    ids.push_back(job.engine.submit(
        job.engine.encoder()->encode({requests[i], sampling}), [&, i](const RequestOutput& output) {
          texts[i] += output.text;
          if (!output.finished()) return;
          ++num_finished;
          summary.usage.prompt_tokens += output.usage.prompt_tokens;
          summary.usage.cached_tokens += output.usage.cached_tokens;
          summary.usage.completion_tokens += output.usage.completion_tokens;
          if (output.finish_reason == FinishReason::Error) failure = output.error;
        }));
  }
  while (num_finished < requests.size() && !interrupted()) {
    job.progress.show(what + " " + std::to_string(num_finished) + " of " +
                      std::to_string(requests.size()));
    job.engine.step();
  }
  job.progress.clear();
  for (const uint64_t id : ids) job.engine.abort(id);
  if (interrupted()) throw Error(ErrorCode::Cancelled, "stopped before the summary was complete");
  if (!failure.empty()) throw Error(ErrorCode::Device, failure);
  return texts;
}

// One prompt whose answer is shown as it comes.
void run_last(Job& job, const std::vector<ChatMessage>& messages, int max_tokens, bool stream,
              Summary& summary) {
  SamplingParams sampling = job.sampling;
  if (!sampling.max_tokens) sampling.max_tokens = max_tokens;
  bool first = true;
  job.progress.show("Reading");
  const RequestOutput output = run_request(
      job.engine, job.engine.encoder()->encode({messages, sampling}), [&](const std::string& text) {
        if (first) job.progress.clear();
        first = false;
        if (stream) write_text(stdout, text);
      });
  job.progress.clear();
  if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  summary.text = output.text;
  summary.finish_reason = output.finish_reason;
  summary.usage.prompt_tokens += output.usage.prompt_tokens;
  summary.usage.cached_tokens += output.usage.cached_tokens;
  summary.usage.completion_tokens += output.usage.completion_tokens;
}

Summary summarize_document(Job& job, const Document& document, bool stream) {
  const TokenCounter count = [&](std::string_view text) {
    return job.engine.encoder()->count_tokens(text);
  };
  const SummaryPlan plan =
      plan_summary(document, job.engine.config().max_model_len, job.role.system_prompt, count);
  Summary summary;
  summary.num_pages = plan.num_pages;
  if (plan.whole_document) {
    const std::vector<Turn> turns = {{"user", summary_instruction(job.language), {&document}}};
    run_last(job, build_messages(job.role.system_prompt, turns), plan.max_answer_tokens, stream,
             summary);
    return summary;
  }
  std::vector<std::vector<ChatMessage>> requests;
  for (int i = 0; i < static_cast<int>(plan.sections.size()); ++i)
    requests.push_back(section_request(plan, i, document, job.role.system_prompt, job.language));
  summary.sections = run_together(job, requests, plan.max_answer_tokens, "Section", summary);

  std::vector<std::string> parts = summary.sections;
  while (true) {
    requests = reduce_requests(plan, parts, document, job.role.system_prompt, job.language, count);
    if (requests.size() == 1) break;
    parts = run_together(job, requests, plan.max_answer_tokens, "Combining", summary);
  }
  run_last(job, requests[0], plan.max_answer_tokens, stream, summary);
  return summary;
}

nlohmann::json summary_json(const std::string& file, const Document& document,
                            const Summary& summary) {
  return {{"file", file},
          {"pages", document.pages.size()},
          {"empty_pages", document.empty_pages},
          {"summary", summary.text},
          {"sections", summary.sections},
          {"finish_reason", finish_reason_name(summary.finish_reason)},
          {"usage", usage_json(summary.usage)}};
}

void report_coverage(const Document& document, const Summary& summary) {
  std::string line = "fireside-cli: read all of " + printable(document.name) + ": " +
                     counted(document.pages.size(), document.has_real_pages ? "page" : "part");
  if (!summary.sections.empty()) line += " in " + counted(summary.sections.size(), "section");
  if (!document.empty_pages.empty())
    line += "; " + std::to_string(document.empty_pages.size()) + " without text";
  line += "; " + grouped(summary.usage.prompt_tokens) + " tokens read, " +
          grouped(summary.usage.completion_tokens) + " written";
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace

int summarize(std::span<const std::string> arguments) {
  OptionParser parser("summarize FILE... [--role ID] [--model DIR] [options]",
                      "Summarises each document (PDF, text, Markdown, code, CSV, JSON, logs), "
                      "every page of it: in one\n"
                      "prompt when it fits the context, otherwise section by section.");
  CommonOptions common;
  SamplingParams sampling;
  std::string role_id = "summarizer", language = "en";
  bool json = false;
  parser.option("--role", "ID", role_id, "who summarises (default: summarizer)");
  parser.option("--language", "L", language, "en or zh_CN: language of the instructions");
  parser.flag("--json", json, "print one object for each file instead of text");
  add_sampling_options(parser, sampling);
  common.add_to(parser);
  const auto files = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (files.empty()) throw Error(ErrorCode::InvalidArgument, "summarize needs at least one FILE");
  if (language != "en" && language != "zh_CN")
    throw Error(ErrorCode::InvalidArgument,
                "--language is '" + printable(language) + "'; it must be en or zh_CN");
  sampling.validate();
  const Role role = find_role(role_id, language);

  // Every file is read before the model is loaded: a wrong name is said at once.
  std::vector<Document> documents;
  for (const std::string& file : files) documents.push_back(open_document(file));

  const auto engine = load_engine(common);
  engine->encoder()->require_chat_template();
  Job job{*engine, role, merged_sampling(role.sampling, sampling), language, {}};
  int result = kDone;
  for (size_t i = 0; i < documents.size() && result == kDone; ++i) {
    if (!json && documents.size() > 1) write_text(stdout, "# " + documents[i].name + "\n\n");
    const Summary summary = summarize_document(job, documents[i], !json);
    write_text(stdout, json ? json_line(summary_json(files[i], documents[i], summary)) : "\n");
    report_coverage(documents[i], summary);
    if (summary.finish_reason == FinishReason::Abort) result = kInterrupted;
  }
  return result;
}

}  // namespace engine::cli
