// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/document.h"
#include "engine/error.h"
#include "engine/log.h"
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

// One request's answer.
struct Part {
  std::string text;
  bool is_complete = false;
  bool is_cut = false;  // complete, but ended by the limit of its tokens
};

struct Summary {
  std::string text;
  SummaryPlan plan;
  std::vector<Part> sections;  // one for each of the plan's, none when the document went in whole
  Usage usage;
  FinishReason finish_reason = FinishReason::None;
  std::string failure;  // with FinishReason::Error

  bool is_complete() const {
    return finish_reason == FinishReason::Stop || finish_reason == FinishReason::Length;
  }
};

void add_usage(Summary& summary, const Usage& usage) {
  summary.usage.prompt_tokens += usage.prompt_tokens;
  summary.usage.cached_tokens += usage.cached_tokens;
  summary.usage.completion_tokens += usage.completion_tokens;
}

// to_combine: the answer becomes part of another prompt, for which the plan has that much room.
TokenRequest token_request(const Job& job, const Summary& summary,
                           const std::vector<ChatMessage>& messages, bool to_combine) {
  SamplingParams sampling = job.sampling;
  const int planned = summary.plan.max_answer_tokens;
  if (!sampling.max_tokens || (to_combine && *sampling.max_tokens > planned))
    sampling.max_tokens = planned;
  return job.engine.encoder()->encode({messages, sampling});
}

// Submits all requests at once, so that they share the engine's batches. `parts` are their answers
// in order. False when not all came to their end: the summary's finish reason says why, and the
// parts that are complete stand.
bool run_together(Job& job, const std::vector<std::vector<ChatMessage>>& requests,
                  const std::string& what, std::vector<Part>& parts, Summary& summary) {
  parts.assign(requests.size(), {});
  size_t num_finished = 0;
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < requests.size(); ++i) {
    ids.push_back(job.engine.submit(
        token_request(job, summary, requests[i], true), [&, i](const RequestOutput& output) {
          parts[i].text += output.text;
          if (!output.finished()) return;
          ++num_finished;
          add_usage(summary, output.usage);
          if (output.finish_reason == FinishReason::Error) summary.failure = output.error;
          parts[i].is_cut = output.finish_reason == FinishReason::Length;
          parts[i].is_complete = output.finish_reason == FinishReason::Stop || parts[i].is_cut;
        }));
  }
  while (num_finished < requests.size() && !interrupted() && summary.failure.empty()) {
    job.progress.show(what + " " + std::to_string(num_finished) + " of " +
                      std::to_string(requests.size()));
    job.engine.step();
  }
  job.progress.clear();
  for (const uint64_t id : ids) job.engine.abort(id);
  if (std::ranges::all_of(parts, &Part::is_complete)) return true;
  summary.finish_reason = summary.failure.empty() ? FinishReason::Abort : FinishReason::Error;
  return false;
}

// One prompt whose answer is shown as it comes.
void run_last(Job& job, const std::vector<ChatMessage>& messages, bool stream, Summary& summary) {
  bool first = true;
  job.progress.show("Reading");
  const RequestOutput output = run_request(job.engine, token_request(job, summary, messages, false),
                                           [&](const std::string& text) {
                                             if (first) job.progress.clear();
                                             first = false;
                                             if (stream) write_text(stdout, text);
                                           });
  job.progress.clear();
  summary.text = output.text;
  summary.finish_reason = output.finish_reason;
  summary.failure = output.error;
  add_usage(summary, output.usage);
}

Summary summarize_document(Job& job, const Document& document, bool stream) {
  const TokenCounter count = [&](std::string_view text) {
    return job.engine.encoder()->count_tokens(text);
  };
  const std::string& role = job.role.system_prompt;
  Summary summary;
  summary.plan = plan_summary(document, job.engine.config().max_model_len, role, count);
  const SummaryPlan& plan = summary.plan;
  if (plan.whole_document) {
    run_last(job, whole_request(document, role, job.language), stream, summary);
    return summary;
  }
  std::vector<std::vector<ChatMessage>> requests;
  for (int i = 0; i < static_cast<int>(plan.sections.size()); ++i)
    requests.push_back(section_request(plan, i, document, role, job.language));
  if (!run_together(job, requests, "Section", summary.sections, summary)) return summary;

  std::vector<Part> parts = summary.sections;
  int rounds = 0;
  while (true) {
    std::vector<std::string> texts;
    for (const Part& part : parts) texts.push_back(part.text);
    requests = reduce_requests(plan, texts, document, role, job.language, count);
    if (requests.size() == 1) break;
    check_progress(parts.size(), requests.size(), &rounds);
    if (!run_together(job, requests, "Combining", parts, summary)) return summary;
  }
  run_last(job, requests[0], stream, summary);
  return summary;
}

// What would be sent first: one conversation for each section, or one for the whole document.
// Reduce requests hold answers, so they cannot be known before.
nlohmann::json requests_json(const Job& job, const std::string& file, const Document& document) {
  const TokenCounter count = [&](std::string_view text) {
    return job.engine.encoder()->count_tokens(text);
  };
  const std::string& role = job.role.system_prompt;
  const SummaryPlan plan = plan_summary(document, job.engine.config().max_model_len, role, count);
  std::vector<std::vector<ChatMessage>> requests;
  if (plan.whole_document) requests.push_back(whole_request(document, role, job.language));
  for (int i = 0; i < static_cast<int>(plan.sections.size()) && !plan.whole_document; ++i)
    requests.push_back(section_request(plan, i, document, role, job.language));
  nlohmann::json conversations = nlohmann::json::array();
  for (const auto& messages : requests) {
    nlohmann::json conversation = nlohmann::json::array();
    for (const ChatMessage& message : messages)
      conversation.push_back({{"role", message.role}, {"content", message.content}});
    conversations.push_back(std::move(conversation));
  }
  return {{"file", file}, {"requests", std::move(conversations)}};
}

nlohmann::json summary_json(const std::string& file, const Document& document,
                            const Summary& summary) {
  nlohmann::json sections = nlohmann::json::array(), unfinished = nlohmann::json::array();
  nlohmann::json cut = nlohmann::json::array();
  for (const Part& part : summary.sections) {
    sections.push_back(part.text);
    if (part.is_cut) cut.push_back(sections.size());
    if (!part.is_complete) unfinished.push_back(sections.size());  // numbers from 1
  }
  return {{"file", file},
          {"pages", document.pages.size()},
          {"empty_pages", document.empty_pages},
          {"summary", summary.text},
          {"sections", sections},
          {"unfinished_sections", unfinished},
          {"cut_sections", cut},
          {"finish_reason", finish_reason_name(summary.finish_reason)},
          {"usage", usage_json(summary.usage)}};
}

void report_coverage(const Document& document, const Summary& summary) {
  std::string line = "fireside-cli: read all of " + printable(document.name) + ": " +
                     counted(document.pages.size(), document.has_real_pages ? "page" : "part");
  if (!summary.sections.empty()) line += " in " + counted(summary.sections.size(), "section");
  const auto num_cut = std::ranges::count_if(summary.sections, &Part::is_cut);
  if (num_cut > 0)
    line += "; cut at the limit of tokens: " + counted(static_cast<size_t>(num_cut), "section");
  if (summary.finish_reason == FinishReason::Length)
    line += "; the summary was cut at the limit of tokens, raise --max-tokens or --max-model-len";
  if (!document.empty_pages.empty())
    line += "; " + std::to_string(document.empty_pages.size()) + " without text";
  line += "; " + grouped(summary.usage.prompt_tokens) + " tokens read, " +
          grouped(summary.usage.completion_tokens) + " written";
  std::fprintf(stderr, "%s\n", line.c_str());
}

// What an incomplete summary has: work that was done is not thrown away.
void print_sections(const Document& document, const Summary& summary) {
  const std::vector<SummarySection>& sections = summary.plan.sections;
  for (size_t i = 0; i < summary.sections.size(); ++i) {
    const Part& part = summary.sections[i];
    if (part.text.empty()) continue;
    const int first = sections[i].first_page, last = sections[i].last_page;
    const std::string noun = document.has_real_pages ? "page" : "part";
    std::string heading = "\n## Section " + std::to_string(i + 1) + " of " +
                          std::to_string(sections.size()) + ", " + noun;
    if (first != last) heading += 's';
    heading += ' ' + std::to_string(first);
    if (first != last) heading += '-' + std::to_string(last);
    if (!sections[i].title.empty()) heading += ": " + sections[i].title;
    if (!part.is_complete) heading += " (unfinished)";
    write_text(stdout, heading + "\n\n" + part.text + "\n");
  }
}

void report_incomplete(const Document& document, const Summary& summary, size_t num_not_begun) {
  const auto num_complete = std::ranges::count_if(summary.sections, &Part::is_complete);
  std::string line = std::string("fireside-cli: ") +
                     (summary.failure.empty() ? "interrupted" : "stopped by an error") +
                     ": the summary of " + printable(document.name) + " is incomplete";
  if (!summary.sections.empty())
    line += "; " + std::to_string(num_complete) + " of " +
            counted(summary.sections.size(), "section") +
            (num_complete == 1 ? " is done" : " are done");
  if (num_not_begun > 0) line += "; " + counted(num_not_begun, "file") + " not begun";
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace

int summarize(std::span<const std::string> arguments) {
  OptionParser parser("summarize FILE... [--role ID] [--model DIR] [options]",
                      "Summarises each document (PDF, text, Markdown, code, CSV, JSON, logs), "
                      "every page of it: in one\n"
                      "prompt when it fits the context, otherwise section by section. Ctrl+C "
                      "prints the sections that are\n"
                      "done, says that the summary is incomplete, and exits with 130.");
  CommonOptions common;
  SamplingParams sampling;
  std::string role_id = "summarizer", language = "en";
  bool json = false, dry_run = false;
  parser.option("--role", "ID", role_id, "who summarises (default: summarizer)");
  parser.option("--language", "L", language, "en or zh_CN: language of the instructions");
  parser.flag("--json", json, "print one object for each file instead of text");
  parser.flag("--dry-run", dry_run,
              "print the conversations of the first step as JSON, ask nothing");
  add_sampling_options(parser, sampling);
  common.add_to(parser);
  const auto files = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (files.empty()) throw Error(ErrorCode::InvalidArgument, "summarize needs at least one FILE");
  if (std::ranges::find(files, "-") != files.end())
    throw Error(ErrorCode::InvalidArgument,
                "summarize reads files only; save the standard input to a file and name that");
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
  Job job{*engine,
          role,
          merged_sampling(role.sampling, sampling, engine->model_info().greedy),
          language,
          {}};
  for (size_t i = 0; i < documents.size(); ++i) {
    if (dry_run) {
      write_text(stdout, json_line(requests_json(job, files[i], documents[i])));
      continue;
    }
    if (!json && documents.size() > 1) write_text(stdout, "# " + documents[i].name + "\n\n");
    const Summary summary = summarize_document(job, documents[i], !json);
    write_text(stdout, json ? json_line(summary_json(files[i], documents[i], summary)) : "\n");
    if (summary.is_complete()) {
      report_coverage(documents[i], summary);
      continue;
    }
    if (!json) print_sections(documents[i], summary);
    report_incomplete(documents[i], summary, documents.size() - i - 1);
    if (!summary.failure.empty()) throw Error(ErrorCode::Device, summary.failure);
    return kInterrupted;
  }
  return kDone;
}

}  // namespace engine::cli
