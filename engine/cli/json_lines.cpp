// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/json_lines.h"

#include "engine/base/json.h"
#include "engine/cli/input.h"

namespace engine::cli {

void for_each_json_line(
    const std::function<void(const nlohmann::json&, const std::string&)>& handle,
    const std::function<void(const Error&)>& refused) {
  std::string line;
  for (int number = 1;; ++number) {
    const std::string where = "line " + std::to_string(number);
    if (!read_line(line, where)) return;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      const nlohmann::json object = parse_json(line, where);
      if (!object.is_object()) throw Error(ErrorCode::InvalidFile, where + " is not a JSON object");
      handle(object, where);
    } catch (const Error& error) {
      if (!refused) throw;
      refused(error);
    }
  }
}

}  // namespace engine::cli
