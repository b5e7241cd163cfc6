// SPDX-License-Identifier: Apache-2.0
// How documents look in a prompt: the pieces that prompt.cpp (whole documents) and summary*.cpp
// (sections) share, so that a page is written the same way wherever it appears.
#pragma once

#include <string>
#include <string_view>

#include "engine/document.h"

namespace engine {

inline constexpr char kDocumentCloseMark[] = "</document>";

// `name` without the characters that would end or open a mark; never empty.
std::string safe_document_name(const std::string& name);

// "<document name=\"report.pdf\" pages=\"12\">\n"
std::string document_open_mark(const Document& document);

// "[page 3]\n"
std::string page_mark(int page);

// Mark, text and a closing line end if the text lacks one.
void append_page(std::string& out, int page, std::string_view text);

}  // namespace engine
