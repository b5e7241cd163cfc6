// SPDX-License-Identifier: Apache-2.0
// The words around documents and summaries, and what they cost: shared by the plan and the
// requests.
#pragma once

#include <string>
#include <string_view>

#include "engine/document.h"
#include "engine/summary.h"

namespace engine {

// Tokens of the chat template around a system and a user message, generously.
inline constexpr int kTemplateTokens = 48;

// Tokens of the frame around one summary in a reduce prompt, generously.
inline constexpr int kSummaryFrameTokens = 48;

// What an answer may take of a context of that size.
int summary_answer_tokens(int context_tokens);

// The user's message of a section. `section` counts from 0.
std::string section_text(const SummaryPlan& plan, const SummarySection& section, int index,
                         int num_sections, const Document& document, const std::string& language);

// The user's message over all `total` summaries: the last one of a summary.
std::string final_text(const std::string& blocks, int total, const Document& document,
                       int answer_tokens, const std::string& language);

// The user's message over the summaries first..last of `total` (from 1), when they do not all fit
// one prompt.
std::string group_text(const std::string& blocks, int first, int last, int total, int answer_tokens,
                       const std::string& language);

// One summary in its frame. `section` is null when the summary stands for a group of an earlier
// level.
std::string summary_block(const std::string& summary, int number, int total,
                          const SummarySection* section);

// Tokens of a prompt without the document text: system prompt, instruction in the longer language,
// frame, template.
int section_overhead(const Document& document, const std::string& system_prompt,
                     const TokenCounter& count_tokens);
int reduce_overhead(const Document& document, const std::string& system_prompt,
                    const TokenCounter& count_tokens);

}  // namespace engine
