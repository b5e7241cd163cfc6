// SPDX-License-Identifier: Apache-2.0
// The subcommands of fireside-cli. Each parses its own arguments (without the program's and its own
// name), prints its result to stdout and everything else to stderr, and returns an ExitCode. Errors
// are thrown as engine::Error.
#pragma once

#include <span>
#include <string>

namespace engine::cli {

int generate(std::span<const std::string> arguments);
int logits(std::span<const std::string> arguments);
int tokenize(std::span<const std::string> arguments);
int render_template(std::span<const std::string> arguments);
int summarize(std::span<const std::string> arguments);
int chat(std::span<const std::string> arguments);
int bench(std::span<const std::string> arguments);
int doctor(std::span<const std::string> arguments);

}  // namespace engine::cli
