// SPDX-License-Identifier: GPL-2.0-or-later
// Text of a PDF, page by page, through poppler (GPL: see README.md in this folder).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/documents/helper/frame_writer.h"

namespace document_helper {

// Where poppler keeps the tables of unembedded Chinese, Japanese and Korean fonts.
inline constexpr char kPopplerDataFolder[] = "/usr/share/poppler";

// True when the bytes begin with "%PDF-"; in a file named .pdf it may stand anywhere in the first
// 1,024 bytes, where readers look for it. (Text about PDF may hold it there, too.)
bool is_pdf(std::string_view bytes, bool named_pdf);

// Reads a tiny PDF of our own, so that everything poppler loads from disk is loaded; it stays so
// while the result is held. Call before the sandbox closes.
std::shared_ptr<void> prime_pdf();

// Writes Begin, the pages and nothing else. Throws Failed.
void extract_pdf(std::string_view bytes, const std::string& password, uint32_t max_pages,
                 FrameWriter& writer);

}  // namespace document_helper
