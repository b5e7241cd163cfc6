// SPDX-License-Identifier: Apache-2.0
// What every piece of document text goes through before anything else sees it.
//
// Line ends become "\n" (CR, CRLF, form feed, vertical tab, U+0085, U+2028, U+2029). Terminal
// escape sequences, control characters but tab, byte order marks, noncharacters and invisible tag
// characters (outside emoji flags) go. Soft hyphens go, with the line end behind them. CJK radicals
// (U+2E80-2FD5), which many PDFs write in place of the ideographs they look like, become those
// ideographs: the Kangxi ones through Unicode's NFKC, the supplement through Unicode's
// EquivalentUnifiedIdeograph property. Everything else stays byte for byte. Idempotent. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// `text` must be valid UTF-8; so is the result.
std::string clean_text(std::string_view text);

// For pages of a PDF: blanks at line ends, the margin that all lines share, empty lines at both
// ends and more than one empty line in a row go, leader dots become three.
std::string tidy_layout(std::string_view text);

// True when nothing but blanks is in it (Unicode's included).
bool is_blank(std::string_view text);

}  // namespace engine
