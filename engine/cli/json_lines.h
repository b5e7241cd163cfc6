// SPDX-License-Identifier: Apache-2.0
// JSON lines on standard input: one call for each line that is not blank.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/error.h"

namespace engine::cli {

// `where` is "line 3". An error of a line, Error{InvalidFile} that names it or one of `handle`, goes
// to `refused` and the next line follows; without `refused` it ends the reading. Lines up to 256 MB;
// throws as read_line() does.
void for_each_json_line(
    const std::function<void(const nlohmann::json& object, const std::string& where)>& handle,
    const std::function<void(const Error& error)>& refused = {});

}  // namespace engine::cli
