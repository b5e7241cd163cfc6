// SPDX-License-Identifier: Apache-2.0
// Whether a page is set in columns, seen from its text laid out as on paper. Text in columns has to
// be read one column after the other; everything else (tables above all) is best left as it stands.
// Runs inside the helper.
#pragma once

#include <string_view>

namespace engine {

// `page`: valid UTF-8, lines padded with blanks so that things stand where they stand on paper.
// True when there is a place where many lines begin running text, many lines end such text before
// it, and fewer run across it. Tables have short cells, so they do not count.
bool is_set_in_columns(std::string_view page);

}  // namespace engine
