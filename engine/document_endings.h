// SPDX-License-Identifier: Apache-2.0
// The endings of names that are known to be documents or text: what a file dialog offers first.
// Whatever else holds text is read as well.
#pragma once

#include <string>
#include <vector>

namespace engine {

std::vector<std::string> document_endings();  // "pdf", "txt", "md", ...; small letters, no dot

}  // namespace engine
