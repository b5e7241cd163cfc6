// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/input.h"
#include "engine/cli/json_lines.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {
namespace {

nlohmann::json output_json(const RequestOutput& output) {
  return {{"ids", output.token_ids},
          {"text", output.text},
          {"finish_reason", finish_reason_name(output.finish_reason)},
          {"usage", usage_json(output.usage)},
          {"timings", timings_json(output.timings)}};
}

struct Answer {
  RequestOutput output;          // all pieces put together
  std::optional<Error> problem;  // why the engine did not take the conversation, or failed
  bool is_finished = false;
};

nlohmann::json answer_json(const Answer& answer) {
  return answer.problem ? nlohmann::json{{"error", answer.problem->what()}}
                        : output_json(answer.output);
}

// A conversation of the batch, or why it cannot be asked.
using BatchLine = std::variant<TokenRequest, Error>;

std::vector<BatchLine> read_batch(const PromptEncoder& encoder, const SamplingParams& sampling) {
  std::vector<BatchLine> lines;
  for_each_json_line(
      [&](const nlohmann::json& object, const std::string& where) {
        const std::vector<ChatMessage> messages = parse_messages(object, where);
        try {
          lines.emplace_back(encoder.encode({messages, sampling}));
        } catch (const Error& error) {
          throw Error(error.code(), where + ": " + error.what());
        }
      },
      [&](const Error& error) { lines.emplace_back(error); });
  return lines;
}

// Of the first conversation that has no answer; each has an "error" on its line.
int batch_exit_code(const std::vector<Answer>& answers) {
  size_t num_failed = 0;
  const Error* first = nullptr;
  for (const Answer& answer : answers) {
    if (!answer.problem) continue;
    if (num_failed++ == 0) first = &*answer.problem;
  }
  if (interrupted()) return kInterrupted;
  if (!first) return kDone;
  std::fprintf(stderr, "fireside-cli: %s of %s not answered; the \"error\" of each says why\n",
               grouped(static_cast<int64_t>(num_failed)).c_str(),
               counted(answers.size(), "conversation").c_str());
  return exit_code_of(first->code());
}

// All conversations at once, so that they share the engine's batches; answers in their order.
int generate_batch(Engine& engine, const SamplingParams& sampling) {
  std::vector<BatchLine> lines = read_batch(*engine.encoder(), sampling);
  if (interrupted()) return kInterrupted;  // before the first was asked
  std::vector<Answer> answers(lines.size());
  std::vector<uint64_t> ids;
  for (size_t i = 0; i < lines.size(); ++i) {
    Answer& answer = answers[i];
    try {
      if (const Error* refused = std::get_if<Error>(&lines[i])) throw *refused;
      auto& request = std::get<TokenRequest>(lines[i]);
      ids.push_back(engine.submit(std::move(request), [&answer](const RequestOutput& piece) {
        RequestOutput whole = piece;
        whole.text = answer.output.text + piece.text;
        whole.token_ids = answer.output.token_ids;
        whole.token_ids.insert(whole.token_ids.end(), piece.token_ids.begin(),
                               piece.token_ids.end());
        answer.output = std::move(whole);
        answer.is_finished = piece.finished();
        if (piece.finish_reason == FinishReason::Error)
          answer.problem = Error(ErrorCode::Device, piece.error);
      }));
    } catch (const Error& error) {
      answer.problem = error;
      answer.is_finished = true;
    }
  }
  for (const Answer& answer : answers) {
    try {
      while (!answer.is_finished && !interrupted()) engine.step();
    } catch (const Error& error) {
      // A device that fails has ended every request with its reason.
      if (!answer.is_finished) throw;
    }
    // What was said until then is printed: of each, the last output says that it was stopped.
    if (interrupted())
      for (const uint64_t id : ids) engine.abort(id);
    write_text(stdout, json_line(answer_json(answer)));
  }
  return batch_exit_code(answers);
}

// What a file or another program says, without the line end that it is closed with.
std::string read_text() {
  std::string text = read_input("standard input");
  if (interrupted()) throw Error(ErrorCode::Cancelled, "reading standard input was interrupted");
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty())
    throw Error(ErrorCode::InvalidArgument, "standard input is empty; there is nothing to answer");
  return text;
}

}  // namespace

int generate(std::span<const std::string> arguments) {
  OptionParser parser(
      "generate (--ask TEXT | --messages FILE.json | --batch) [options]\n"
      "       fireside-cli generate (--prompt TEXT | --prompt-ids 1,2,3) [options]",
      "Answers a question or a conversation with the model's chat template (FILE.json is a list "
      "of\n"
      "{\"role\", \"content\"}), or continues a text or token ids as they are: without the "
      "template a\n"
      "chat model writes on and on. A TEXT or FILE of - is standard input.");
  CommonOptions common;
  SamplingParams sampling;
  std::optional<std::string> question, prompt, messages;
  std::vector<int> prompt_ids;
  bool json = false, batch = false;
  parser.option("--ask", "TEXT", question, "question to answer");
  parser.option("--messages", "FILE", messages, "conversation to answer");
  parser.flag("--batch", batch,
              "answer {\"messages\"} lines of standard input together; print objects");
  parser.option("--prompt", "TEXT", prompt, "text to continue as it is");
  parser.list("--prompt-ids", "1,2,3", prompt_ids, "token ids to continue");
  parser.flag("--json", json,
              "print one object {ids, text, finish_reason, usage, timings} at the end");
  add_sampling_options(parser, sampling);
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty())
    throw Error(ErrorCode::InvalidArgument,
                "'" + positional[0] + "' is not an option; a question goes behind --ask");
  if (question.has_value() + prompt.has_value() + !prompt_ids.empty() + messages.has_value() +
          batch !=
      1)
    throw Error(ErrorCode::InvalidArgument,
                "give exactly one of --ask, --messages, --batch, --prompt and --prompt-ids");
  sampling.validate();

  for (std::optional<std::string>* text : {&question, &prompt})
    if (*text == "-") *text = read_text();

  std::vector<ChatMessage> conversation;
  if (messages) conversation = read_messages(*messages);
  if (question) conversation = {{"user", *question}};
  const auto engine = load_engine(common);
  if (batch) return generate_batch(*engine, sampling);
  TokenRequest request;
  if (!conversation.empty()) {
    request = engine->encoder()->encode({conversation, sampling});
  } else {
    request.sampling = sampling;
    request.prompt_token_ids = prompt ? engine->encoder()->encode_text(*prompt)
                                      : std::vector<int32_t>(prompt_ids.begin(), prompt_ids.end());
  }

  const RequestOutput output = run_request(
      *engine, std::move(request),
      json ? std::function<void(const std::string&)>()
           : [](const std::string& text) { write_text(stdout, text); });
  if (json) {
    write_text(stdout, json_line(output_json(output)));
  } else {
    write_text(stdout, "\n");
    report_cut(output, sampling);
  }
  if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  return output.finish_reason == FinishReason::Abort ? kInterrupted : kDone;
}

}  // namespace engine::cli
