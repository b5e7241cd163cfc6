// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {

int generate(std::span<const std::string> arguments) {
  OptionParser parser(
      "generate [--model DIR] (--prompt TEXT | --prompt-ids 1,2,3 | --messages FILE.json) "
      "[options]",
      "Continues a prompt (as it is, without chat template), token ids, or a conversation (with "
      "the\n"
      "model's chat template; FILE.json is a list of {\"role\", \"content\"}, - is standard "
      "input).");
  CommonOptions common;
  SamplingParams sampling;
  std::optional<std::string> prompt, messages;
  std::vector<int> prompt_ids;
  bool json = false;
  parser.option("--prompt", "TEXT", prompt, "text to continue");
  parser.list("--prompt-ids", "1,2,3", prompt_ids, "token ids to continue");
  parser.option("--messages", "FILE", messages, "conversation to answer");
  parser.flag("--json", json,
              "print one object {ids, text, finish_reason, usage, timings} at the end");
  add_sampling_options(parser, sampling);
  common.add_to(parser);
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty())
    throw Error(ErrorCode::InvalidArgument,
                "'" + positional[0] + "' is not an option; the text goes behind --prompt");
  if (prompt.has_value() + !prompt_ids.empty() + messages.has_value() != 1)
    throw Error(ErrorCode::InvalidArgument,
                "give exactly one of --prompt, --prompt-ids and --messages");
  sampling.validate();

  std::vector<ChatMessage> conversation;
  if (messages) conversation = read_messages(*messages);
  const auto engine = load_engine(common);
  TokenRequest request;
  if (messages) {
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
    const nlohmann::json object = {{"ids", output.token_ids},
                                   {"text", output.text},
                                   {"finish_reason", finish_reason_name(output.finish_reason)},
                                   {"usage", usage_json(output.usage)},
                                   {"timings", timings_json(output.timings)}};
    write_text(stdout, json_line(object));
  } else {
    write_text(stdout, "\n");
  }
  if (output.finish_reason == FinishReason::Error) throw Error(ErrorCode::Device, output.error);
  return output.finish_reason == FinishReason::Abort ? kInterrupted : kDone;
}

}  // namespace engine::cli
