// SPDX-License-Identifier: Apache-2.0
// What a file is called and what kind of text its name promises.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// Last part of a path, fit to be shown: valid UTF-8, control and direction-changing characters
// replaced by U+FFFD (a name can otherwise pretend another ending), at most 200 bytes, never empty.
std::string display_name(std::string_view path);

// "markdown", "csv", "json", "code", "log" or "text", by the ending of the name.
std::string text_type_of_name(std::string_view name);

bool has_pdf_name(std::string_view name);

}  // namespace engine
