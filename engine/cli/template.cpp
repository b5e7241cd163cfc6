// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/base/input_file.h"
#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/json_lines.h"
#include "engine/cli/option_parser.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/log.h"
#include "engine/text/chat_template.h"

namespace engine::cli {
namespace {

constexpr int64_t kMaxTemplateBytes = 1 << 20;

std::unique_ptr<const ChatTemplate> template_of_file(const std::string& path) {
  return ChatTemplate::from_text(read_file(path, kMaxTemplateBytes), printable(path));
}

std::string render(const ChatTemplate& chat_template, const nlohmann::json& object,
                   const std::string& where) {
  if (!object.contains("context") || !object["context"].is_object())
    throw Error(ErrorCode::InvalidFile, where + ": \"context\" must be an object");
  const nlohmann::json& context = object["context"];
  if (context.contains("tools") && !context["tools"].is_null() && !context["tools"].empty())
    throw Error(ErrorCode::Unsupported, where + ": tools are not supported");
  bool add_generation_prompt = false;
  if (const auto value = context.find("add_generation_prompt"); value != context.end()) {
    if (!value->is_boolean())
      throw Error(ErrorCode::InvalidFile, where + ": add_generation_prompt must be true or false");
    add_generation_prompt = value->get<bool>();
  }
  return joined_text(chat_template.render(parse_messages(context, where), add_generation_prompt));
}

}  // namespace

int render_template(std::span<const std::string> arguments) {
  OptionParser parser("template [--model DIR | --template FILE]",
                      "Reads JSON lines {\"context\": {\"messages\": [...], "
                      "\"add_generation_prompt\": true}} and prints\n"
                      "{\"rendered\"} or {\"error\"} for each.");
  std::string model, file;
  parser.option("--model", "DIR", model, "model folder");
  parser.option("--template", "FILE", file, "a chat template (Jinja)");
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty() || (!model.empty() && !file.empty()))
    throw Error(ErrorCode::InvalidArgument,
                "give one of --model and --template; the contexts come from standard input");

  const auto chat_template =
      file.empty() ? ChatTemplate::load(choose_model(model)) : template_of_file(file);
  for_each_json_line([&](const nlohmann::json& object, const std::string& where) {
    nlohmann::json result;
    try {
      result["rendered"] = render(*chat_template, object, where);
    } catch (const Error& error) {
      result["error"] = error.what();
    }
    write_text(stdout, json_line(result));
  });
  return interrupted() ? kInterrupted : kDone;
}

}  // namespace engine::cli
