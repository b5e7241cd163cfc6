// SPDX-License-Identifier: Apache-2.0
// JSON lines on standard input: one call for each line that is not blank.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace engine::cli {

// `where` is "line 3". Stops at the first error: Error{InvalidFile} names the line. Lines up to 256
// MB; throws as read_line() does.
void for_each_json_line(
    const std::function<void(const nlohmann::json& object, const std::string& where)>& handle);

}  // namespace engine::cli
