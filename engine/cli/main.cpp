// SPDX-License-Identifier: Apache-2.0
// fireside-cli: the engine without the window.
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "engine/cli/commands.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/suggestion.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"
#include "engine/log.h"

namespace {

using namespace engine;

struct Command {
  const char* name;
  int (*run)(std::span<const std::string>);
  const char* about;
};

constexpr std::array kCommands = {
    Command{"generate", cli::generate, "continue a prompt or a conversation"},
    Command{"chat", cli::chat, "talk to the model in the terminal"},
    Command{"summarize", cli::summarize, "summarise documents, every page of them"},
    Command{"logits", cli::logits, "write the logits of each prompt token to a file"},
    Command{"tokenize", cli::tokenize, "text to token ids, JSON lines in and out"},
    Command{"template", cli::render_template, "messages to prompt text, JSON lines in and out"},
    Command{"bench", cli::bench, "measure speed on this machine"},
    Command{"doctor", cli::doctor, "what this machine has, each problem with its fix"},
};

std::string overview() {
  std::string text =
      "usage: fireside-cli COMMAND [options]   (fireside-cli COMMAND --help lists them)\n"
      "       fireside-cli --help | --version\n\n";
  for (const Command& command : kCommands) {
    std::string name = command.name;
    name.resize(12, ' ');
    text += "  " + name + command.about + "\n";
  }
  text +=
      "\nA model is a folder with config.json, safetensors and tokenizer.json. Without --model it "
      "is\n"
      "$FIRESIDE_MODEL, or the best one found: in ~/.local/share/fireside/models, in the Hugging "
      "Face\n"
      "cache, at last the bundled one.\n"
      "Logs go to ~/.local/state/fireside/fireside.log; FIRESIDE_LOG=debug says more.\n"
      "\nexit codes: 0 done, 1 failed, 2 wrong command line, 3 a model or file is missing, broken "
      "or\n"
      "not supported, 4 does not fit the context or the memory, 130 interrupted (what was done "
      "until\n"
      "then is printed). Where one of several conversations or lines fails, the others are still\n"
      "answered, and the code is that of the first that failed.\n";
  return text;
}

const Command* find_command(const std::string& name) {
  for (const Command& command : kCommands)
    if (name == command.name) return &command;
  return nullptr;
}

[[noreturn]] void throw_no_command(const std::string& name) {
  if (name.starts_with('-'))
    throw Error(ErrorCode::InvalidArgument,
                "'" + printable(name) +
                    "' stands where a command is expected; options go behind "
                    "it: fireside-cli COMMAND [options]");
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  const std::string hint = cli::suggestion(name, names);
  throw Error(ErrorCode::InvalidArgument,
              "'" + printable(name) + "' is not a command" +
                  (hint.empty() ? "; fireside-cli --help lists them" : hint));
}

// Errors are one line, whatever is in them.
void print_error(const std::string& message) {
  std::string line = message;
  for (char& c : line)
    if (c == '\n') c = ' ';
  std::fprintf(stderr, "fireside-cli: %s\n", cli::escape_controls(line).c_str());
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    std::fputs(overview().c_str(), stderr);
    return cli::kUsage;
  }
  const std::string& name = arguments[0];
  if (name == "help" && arguments.size() > 1) {
    const Command* command = find_command(arguments[1]);
    if (!command) throw_no_command(arguments[1]);
    const std::vector<std::string> help{"--help"};
    return command->run(help);
  }
  if (name == "--help" || name == "-h" || name == "help") {
    cli::write_text(stdout, overview());
    return cli::kDone;
  }
  if (name == "--version" || name == "-V") {
    cli::write_text(stdout, "fireside-cli " FIRESIDE_VERSION "\n");
    return cli::kDone;
  }
  const Command* command = find_command(name);
  if (!command) throw_no_command(name);
  const char* level = std::getenv("FIRESIDE_LOG");
  init_logging(level && *level ? level : "info");
  cli::watch_interrupts();
  return command->run(std::span(arguments).subspan(1));
}

}  // namespace

int main(int argc, char** argv) {
  cli::open_missing_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write_text()
  std::signal(SIGXFSZ, SIG_IGN);  // and so is a file that has reached its limit
  try {
    return run(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const cli::ClosedPipe&) {
    // `| head` has read enough: as quiet an end as that of other programs.
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
    return cli::kFailed;
  } catch (const Error& error) {
    print_error(error.what());
    return cli::exit_code_of(error.code());
  } catch (const std::bad_alloc&) {
    print_error(
        "out of memory; close other programs, or choose a smaller model or --max-model-len");
    return cli::kDoesNotFit;
  } catch (const std::exception& error) {
    print_error(std::string("a fault of Fireside itself: ") + error.what());
    return cli::kFailed;
  }
}
