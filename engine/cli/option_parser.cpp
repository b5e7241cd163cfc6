// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/option_parser.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "engine/cli/suggestion.h"
#include "engine/error.h"
#include "engine/log.h"

namespace engine::cli {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::InvalidArgument, message);
}

template <typename Number>
Number parse_number(std::string_view text, const std::string& what, const char* expected) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (text.empty() || result.ptr != end || result.ec != std::errc())
    fail(what + " is '" + printable(std::string(text)) + "'; it must be " + expected);
  return value;
}

constexpr const char* kInteger = "a whole number";
constexpr const char* kUnsigned = "a whole number from 0 to 18446744073709551615";
constexpr const char* kDecimal = "a number";

}  // namespace

int parse_int(std::string_view text, const std::string& what) {
  return parse_number<int>(text, what, kInteger);
}

std::vector<int> parse_int_list(std::string_view text, const std::string& what) {
  std::vector<int> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    values.push_back(parse_int(text.substr(begin, end - begin), what));
    begin = end + 1;
  }
  return values;
}

OptionParser::OptionParser(std::string usage, std::string about)
    : usage_(std::move(usage)), about_(std::move(about)) {}

void OptionParser::flag(const std::string& name, bool& target, const std::string& help) {
  options_.push_back({name, "", help, [&target](const std::string&) { target = true; }});
}

void OptionParser::option(const std::string& name, const std::string& value_name,
                          std::string& target, const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        if (value.empty())
                          fail(name + " is empty; give it a value or leave it out");
                        target = value;
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name,
                          std::optional<std::string>& target, const std::string& help) {
  options_.push_back(
      {name, value_name, help, [&target](const std::string& value) { target = value; }});
}

void OptionParser::option_read_by(const std::string& name, const std::string& value_name,
                                  std::function<void(const std::string& value)> set,
                                  const std::string& help) {
  options_.push_back({name, value_name, help, std::move(set)});
}

void OptionParser::option(const std::string& name, const std::string& value_name, int& target,
                          const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_int(value, name);
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name,
                          std::optional<int>& target, const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_int(value, name);
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name, float& target,
                          const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_number<float>(value, name, kDecimal);
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name, double& target,
                          const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_number<double>(value, name, kDecimal);
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name,
                          std::optional<float>& target, const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_number<float>(value, name, kDecimal);
                      }});
}

void OptionParser::option(const std::string& name, const std::string& value_name,
                          std::optional<uint64_t>& target, const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_number<uint64_t>(value, name, kUnsigned);
                      }});
}

void OptionParser::option_or_auto(const std::string& name, int& target, const std::string& help) {
  options_.push_back({name, "N|auto", help, [&target, name](const std::string& value) {
                        target = value == "auto"
                                     ? 0
                                     : parse_number<int>(value, name, "a whole number or auto");
                      }});
}

void OptionParser::repeated(const std::string& name, const std::string& value_name,
                            std::vector<std::string>& target, const std::string& help) {
  options_.push_back(
      {name, value_name, help, [&target](const std::string& value) { target.push_back(value); }});
}

void OptionParser::list(const std::string& name, const std::string& value_name,
                        std::vector<int>& target, const std::string& help) {
  options_.push_back({name, value_name, help, [&target, name](const std::string& value) {
                        target = parse_int_list(value, name);
                      }});
}

const OptionParser::Option& OptionParser::find(const std::string& name) const {
  for (const Option& option : options_)
    if (option.name == name) return option;
  std::vector<std::string> names{"--help"};
  for (const Option& option : options_) names.push_back(option.name);
  const std::string hint = suggestion(name, names);
  if (!hint.empty()) fail("option " + printable(name) + " is not known" + hint);
  if (std::error_code ignored; std::filesystem::exists(name, ignored))
    fail("option " + printable(name) + " is not known; for the file of that name write ./" +
         printable(name));
  fail("option " + printable(name) + " is not known; --help lists the options");
}

std::vector<std::string> OptionParser::parse(std::span<const std::string> arguments) {
  std::vector<std::string> positional;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      positional.insert(positional.end(), arguments.begin() + static_cast<long>(i) + 1,
                        arguments.end());
      break;
    }
    if (argument == "--help" || argument == "-h") {
      help_requested_ = true;
      return {};
    }
    if (argument.size() < 2 || argument[0] != '-') {
      positional.push_back(argument);
      continue;
    }
    const size_t equals = argument.find('=');
    const Option& option = find(argument.substr(0, equals));
    if (option.value_name.empty()) {
      if (equals != std::string::npos) fail("option " + option.name + " takes no value");
      option.set("");
    } else if (equals != std::string::npos) {
      option.set(argument.substr(equals + 1));
    } else {
      if (i + 1 == arguments.size())
        fail("option " + option.name + " needs a value (" + option.value_name + ")");
      option.set(arguments[++i]);
    }
  }
  return positional;
}

std::string OptionParser::help() const {
  std::string text = "usage: fireside-cli " + usage_ + "\n\n" + about_ + "\n\noptions:\n";
  size_t width = 0;
  const auto left = [](const Option& option) {
    return option.value_name.empty() ? option.name : option.name + " " + option.value_name;
  };
  for (const Option& option : options_) width = std::max(width, left(option).size());
  for (const Option& option : options_) {
    const std::string name = left(option);
    text += "  " + name + std::string(width - name.size() + 2, ' ') + option.help + "\n";
  }
  text += "  -h, --help" + std::string(std::max<size_t>(width, 10) - 8, ' ') + "this text\n";
  return text;
}

}  // namespace engine::cli
