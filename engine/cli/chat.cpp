// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/input.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/document.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/prompt.h"
#include "engine/role.h"

namespace engine::cli {
namespace {

constexpr const char* kHelp =
    "/file PATH   attach a document to the next message\n"
    "/role ID     answer as another role from now on (/role lists them)\n"
    "/clear       forget the conversation\n"
    "/help        this list\n"
    "/exit        leave (also Ctrl+D)\n";

struct Conversation {
  std::string system_prompt;
  bool greedy = false;          // the model, whatever the role
  SamplingParams own_sampling;  // of the command line
  SamplingParams sampling;      // with what the role sets
  std::vector<Turn> turns;
  std::deque<Document> documents;            // a deque: turns point into it
  std::vector<const Document*> attachments;  // of the next message
};

void say(const std::string& text) { std::fprintf(stderr, "%s\n", escape_controls(text).c_str()); }

void list_roles() {
  std::string known;
  for (const Role& role : built_in_roles("en"))
    known += "  " + role.id + std::string(role.id.size() < 18 ? 18 - role.id.size() : 1, ' ') +
             role.description + "\n";
  say(known);
}

void set_role(Conversation& conversation, const std::string& id) {
  if (id.empty()) return list_roles();
  const Role role = find_role(id, "en");
  conversation.system_prompt = role.system_prompt;
  conversation.sampling =
      merged_sampling(role.sampling, conversation.own_sampling, conversation.greedy);
  say("Now answering: " + role.name + ". " + role.greeting);
}

void attach(Conversation& conversation, const std::string& path) {
  conversation.documents.push_back(open_document(path));
  const Document& document = conversation.documents.back();
  conversation.attachments.push_back(&document);
  say("attached " + document.name + ", " +
      counted(document.pages.size(), document.has_real_pages ? "page" : "part"));
}

// False: leave.
bool run_command(Conversation& conversation, const std::string& line) {
  const size_t space = std::min(line.find(' '), line.size());
  const std::string name = line.substr(0, space);
  const std::string rest = line.substr(std::min(line.find_first_not_of(' ', space), line.size()));
  if (name == "/exit" || name == "/quit") return false;
  if (name == "/help") {
    say(kHelp);
  } else if (name == "/role") {
    set_role(conversation, rest);
  } else if (name == "/file") {
    if (rest.empty())
      throw Error(ErrorCode::InvalidArgument, "/file needs the path of a document behind it");
    attach(conversation, rest);
  } else if (name == "/clear") {
    conversation.turns.clear();
    conversation.attachments.clear();
    conversation.documents.clear();
  } else {
    throw Error(ErrorCode::InvalidArgument, name + " is not known; /help lists the commands");
  }
  return true;
}

void ask(Engine& engine, Conversation& conversation, const std::string& line) {
  std::vector<Turn> turns = conversation.turns;
  turns.push_back({"user", line, conversation.attachments});
  const ChatRequest request = {build_messages(conversation.system_prompt, turns),
                               conversation.sampling};
  const RequestOutput output =
      run_request(engine, engine.encoder()->encode(request),
                  [](const std::string& text) { write_text(stdout, text); });
  write_text(stdout, "\n");
  // For a person, Ctrl+C stops the answer; at the prompt it leaves. A script that is interrupted
  // ends.
  if (isatty(STDIN_FILENO)) forget_ctrl_c();
  if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  report_cut(output, conversation.own_sampling);
  // Only now: a message that was refused leaves the conversation as it was.
  conversation.turns = std::move(turns);
  conversation.turns.push_back({"assistant", output.text, {}});
  conversation.attachments.clear();
  char figures[160];
  std::snprintf(figures, sizeof figures,
                "[%.1f tokens/s, first token %.2f s, %s reused, %s computed]",
                output.timings.tokens_per_s, output.timings.ttft_ms / 1000,
                grouped(output.usage.cached_tokens).c_str(),
                grouped(output.usage.prompt_tokens - output.usage.cached_tokens).c_str());
  if (isatty(STDERR_FILENO)) say(figures);
}

}  // namespace

int chat(std::span<const std::string> arguments) {
  OptionParser parser(
      "chat [--model DIR] [--role ID] [options]",
      "A conversation, one line a message; /help inside lists the commands. Ctrl+C stops an "
      "answer\n"
      "and keeps what was said; at the prompt it leaves. From a file or pipe every line is taken,\n"
      "also after one that failed, and the exit code is that of the first that failed.");
  CommonOptions common;
  SamplingParams own;
  std::string role = "assistant";
  parser.option("--role", "ID", role, "who answers (default: assistant)");
  add_sampling_options(parser, own);
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty()) throw Error(ErrorCode::InvalidArgument, "chat takes options only");
  own.validate();

  const auto engine = load_engine(common);
  engine->encoder()->require_chat_template();
  Conversation conversation;
  conversation.greedy = engine->model_info().greedy;
  conversation.own_sampling = own;
  set_role(conversation, role);

  const bool has_person = isatty(STDIN_FILENO);  // who sees what failed; a script does not
  int result = kDone;
  std::string line;
  while (true) {
    if (has_person) std::fputs("> ", stderr);
    if (!read_line(line, "the message")) break;
    if (line.ends_with('\r')) line.pop_back();  // of a file from Windows
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const bool is_command = line[0] == '/';
    try {
      if (is_command) {
        if (!run_command(conversation, line)) break;
      } else {
        ask(*engine, conversation, line);
      }
    } catch (const Error& error) {
      const bool is_fatal = error.code() == ErrorCode::Device ||
                            error.code() == ErrorCode::DeviceLost || error.code() == ErrorCode::Io;
      if (is_fatal && !is_command) throw;
      if (error.code() == ErrorCode::Cancelled && has_person) forget_ctrl_c();
      if (!has_person && result == kDone) result = exit_code_of(error.code());
      say(std::string("fireside-cli: ") + error.what());
    }
    if (interrupted()) break;
  }
  return interrupted() ? kInterrupted : result;
}

}  // namespace engine::cli
