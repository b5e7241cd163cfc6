// SPDX-License-Identifier: Apache-2.0
// Everything that can be wrong with a document, in words. `name` is a display_name() or a
// printable() path.
#pragma once

#include <cstdint>
#include <string>

#include "engine/document.h"
#include "engine/documents/helper_protocol.h"
#include "engine/error.h"

namespace engine {

// "1.5 MB", "200 MB", "17 bytes" (powers of 1,024, as file managers count).
std::string readable_bytes(uint64_t bytes);

// What a Failure frame means. A code or figure that the protocol does not know is a broken answer.
Error failure_error(const std::string& name, helper::FailureCode code, uint64_t figure,
                    const DocumentLimits& limits);

// Error{InvalidFile}: "... could not be read safely: <why>". `why` is a clause without a full stop.
Error unsafe_error(const std::string& name, const std::string& why);

// The helper ended without a word: why, from its wait status (see waitpid(2)).
Error ended_error(const std::string& name, int wait_status);

// Error{Unsupported}: no page has text.
Error scanned_error(const std::string& name, int num_pages);

Error too_large_error(const std::string& name, uint64_t file_bytes, const DocumentLimits& limits);

}  // namespace engine
