// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/json_lines.h"

#include <iostream>

#include "engine/base/json.h"
#include "engine/cli/terminal.h"
#include "engine/error.h"

namespace engine::cli {

void for_each_json_line(
    const std::function<void(const nlohmann::json&, const std::string&)>& handle) {
  constexpr size_t kMaxLineBytes = 256 << 20;
  std::string line;
  for (int number = 1; !interrupted() && std::getline(std::cin, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::string where = "line " + std::to_string(number);
    if (line.size() > kMaxLineBytes)
      throw Error(ErrorCode::InvalidFile, where + " is longer than 256 MB");
    const nlohmann::json object = parse_json(line, where);
    if (!object.is_object()) throw Error(ErrorCode::InvalidFile, where + " is not a JSON object");
    handle(object, where);
  }
}

}  // namespace engine::cli
