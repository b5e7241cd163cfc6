// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/json_lines.h"
#include "engine/cli/option_parser.h"
#include "engine/cli/session.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/text/tokenizer.h"

namespace engine::cli {

int tokenize(std::span<const std::string> arguments) {
  OptionParser parser("tokenize [--model DIR | --tokenizer FILE] [--no-added-tokens]",
                      "Reads JSON lines {\"text\"} and prints {\"ids\", \"decoded\"} for each.");
  std::string model, file;
  bool no_added_tokens = false;
  parser.option("--model", "DIR", model, "model folder");
  parser.option("--tokenizer", "FILE", file,
                "a tokenizer.json, or a tokenizer.model of SentencePiece");
  parser.flag("--no-added-tokens", no_added_tokens,
              "treat the text as content: <|im_start|> is twelve ordinary characters");
  const auto positional = parser.parse(arguments);
  if (parser.help_requested()) return write_text(stdout, parser.help()), kDone;
  if (!positional.empty() || (!model.empty() && !file.empty()))
    throw Error(ErrorCode::InvalidArgument,
                "give one of --model and --tokenizer; the texts come from standard input");

  const auto tokenizer =
      file.empty() ? Tokenizer::load_folder(choose_model(model)) : Tokenizer::load(file);
  for_each_json_line([&](const nlohmann::json& object, const std::string& where) {
    if (!object.contains("text") || !object["text"].is_string())
      throw Error(ErrorCode::InvalidFile, where + ": \"text\" must be a string");
    const auto ids =
        tokenizer->encode(object["text"].get_ref<const std::string&>(), !no_added_tokens);
    const nlohmann::json result = {{"ids", ids}, {"decoded", tokenizer->decode(ids)}};
    write_text(stdout, json_line(result));
  });
  return interrupted() ? kInterrupted : kDone;
}

}  // namespace engine::cli
