// SPDX-License-Identifier: Apache-2.0
// Command line options of one subcommand: --name VALUE, --name=VALUE, --flag, and positional
// arguments.
//
// Values are parsed strictly: "12x", "" or an overflow is an error that names the option and the
// value. An unknown option is refused. "--" ends the options. All errors are
// Error{InvalidArgument}.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace engine::cli {

class OptionParser {
 public:
  // usage: "generate --model DIR --prompt TEXT [options]"; about: one or two sentences.
  OptionParser(std::string usage, std::string about);

  // The targets must outlive parse(). value_name is what --help shows ("N", "DIR"). A string may
  // not be empty, as "$UNSET" is in a script; an optional one may: it is text.
  void flag(const std::string& name, bool& target, const std::string& help);
  void option(const std::string& name, const std::string& value_name, std::string& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name,
              std::optional<std::string>& target, const std::string& help);
  void option(const std::string& name, const std::string& value_name, int& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name, std::optional<int>& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name, float& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name, double& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name, std::optional<float>& target,
              const std::string& help);
  void option(const std::string& name, const std::string& value_name,
              std::optional<uint64_t>& target, const std::string& help);
  // Read by `set`, which throws Error{InvalidArgument} for what it does not know.
  void option_read_by(const std::string& name, const std::string& value_name,
                      std::function<void(const std::string& value)> set, const std::string& help);
  // "auto" is 0, "choose".
  void option_or_auto(const std::string& name, int& target, const std::string& help);
  // May be given several times.
  void repeated(const std::string& name, const std::string& value_name,
                std::vector<std::string>& target, const std::string& help);
  // "1,2,3"
  void list(const std::string& name, const std::string& value_name, std::vector<int>& target,
            const std::string& help);

  // Returns the positional arguments. The error of an option that is not known names the nearest
  // one. --help is not an error: help_requested() is true then and
  // nothing else counts.
  std::vector<std::string> parse(std::span<const std::string> arguments);
  bool help_requested() const { return help_requested_; }
  std::string help() const;

 private:
  struct Option {
    std::string name, value_name, help;
    std::function<void(const std::string& value)> set;
  };

  const Option& find(const std::string& name) const;

  std::string usage_, about_;
  std::vector<Option> options_;
  bool help_requested_ = false;
};

// Strict conversions; `what` names the value in errors.
int parse_int(std::string_view text, const std::string& what);
std::vector<int> parse_int_list(std::string_view text, const std::string& what);

}  // namespace engine::cli
